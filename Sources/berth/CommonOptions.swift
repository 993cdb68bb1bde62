import ArgumentParser
import BerthRegistry
import BerthServer
import Logging

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Settings file, by default berth.yaml where there is one.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Blobs, uploads and the database (default ./storage).", valueName: "directory"))
    var storage: String?

    @Option(help: ArgumentHelp("Token signing key and TLS files (default ./certs).", valueName: "directory"))
    var certs: String?

    @Flag(help: "Print JSON.")
    var json = false

    var output: Output { Output(isJSON: json) }

    /// The settings, with these flags and those of the command over environment, file and defaults.
    ///
    /// - Throws: ``SettingsError``.
    func settings(_ flags: SettingFlags = SettingFlags()) throws -> Settings {
        var flags = flags
        flags.add(storage, for: "storage", flag: "--storage")
        flags.add(certs, for: "certs", flag: "--certs")
        return try Settings.load(flags: flags, file: config)
    }

    /// Opens the registry that the settings name, which must be there already.
    ///
    /// - Throws: ``SettingsError``, ``Failure``, and what opening throws, each one sentence.
    func openRegistry() async throws -> Registry {
        let settings = try settings()
        guard Registry.holdsData(settings.storage) else {
            throw Failure(
                "there is no registry in \(settings.storage): start one with berth serve, or name another --storage")
        }
        return try await Self.open(settings)
    }

    /// Opens the registry that the settings name, or makes it.
    static func open(_ settings: Settings) async throws -> Registry {
        try await Registry.open(
            storage: settings.storage, certificates: settings.certificates, region: settings.region,
            settings: settings.registry, issuer: settings.tokenIssuer, service: settings.tokenService,
            logger: Logger(label: "berth") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// A command on the data of a registry that is there.
protocol RegistryCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    func run(on registry: Registry, output: Output) async throws
}

extension RegistryCommand {
    func run() async throws {
        try await run(on: try await common.openRegistry(), output: common.output)
    }
}
