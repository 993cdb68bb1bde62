import BerthOutbound
import BerthRegistry
import ServiceLifecycle

/// What a server does without being asked.
enum BackgroundWork {
    static func services(
        for registry: Registry, configuration: Server.Configuration, outbound: OutboundHTTP
    ) -> [any Service] {
        let webhooks = configuration.triggerReceiver.map { WebhookSender(outbound: outbound, receiver: $0) }
        var services: [any Service] = removals(for: registry)
        services += [
            UsageRecorder(registry: registry),
            WorkLoop(
                "triggers", on: registry.work.triggers, atLeastEvery: .seconds(10), logger: registry.logger
            ) { try await registry.makeDueTriggerCalls(through: webhooks) },
            Synchronizer(registry: registry, remotes: OutboundRegistries(configuration.regions, http: outbound)),
        ]
        if !configuration.isReadOnly {
            services += care(for: registry, configuration.care)
            services.append(
                WorkLoop(
                    "retention", on: registry.work.retention, atLeastEvery: .seconds(5 * 60), logger: registry.logger
                ) { try await registry.applyDueRetention() })
        }
        return services
    }
}
