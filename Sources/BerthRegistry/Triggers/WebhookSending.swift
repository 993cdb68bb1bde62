import BerthAccess
import BerthCatalog
import Foundation

/// Carries messages to the receiver of triggers.
package protocol WebhookSending: Sendable {
    /// Delivers a message; it has arrived when this returns.
    ///
    /// - Throws: ``WebhookFailure``, `CancellationError`.
    func send(_ delivery: WebhookDelivery) async throws
}

/// A message to the receiver of triggers.
package struct WebhookDelivery: Sendable, Hashable {
    /// The same for every attempt at one call, and for no other call.
    package let id: String
    /// When this attempt is made.
    package let sentAt: Date
    /// JSON.
    package let body: [UInt8]
}

/// Why a message did not arrive.
package struct WebhookFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for the owner of the trigger, which does not say where the receiver is.
    package let reason: String
    /// One sentence for the log.
    package let cause: String
    /// Whether trying again is of no use.
    package let isFinal: Bool

    package init(_ reason: String, cause: String, isFinal: Bool = false) {
        self.reason = reason
        self.cause = cause
        self.isFinal = isFinal
    }

    package var description: String { "\(reason) (\(cause))" }
}

/// What the receiver of triggers is told.
struct TriggerMessage: Encodable {
    let deliveryId: String
    let sentAt: Date
    let trigger: String
    let action: String
    let appType: String
    let application: String
    let clusterId: String
    let clusterName: String
    let clusterNs: String
    let container: String
    let repository: String
    let tag: String
    let digest: String
    let pusher: String
    let region: String
    let pushedAt: Date

    init(_ due: DueTriggerCall, region: Region, now: Date) {
        let fields = due.trigger.fields
        deliveryId = "\(region)-\(due.call.id)"
        sentAt = now
        trigger = fields.name
        action = fields.action
        appType = fields.appType
        application = fields.application
        clusterId = fields.clusterID
        clusterName = fields.clusterName
        clusterNs = fields.clusterNamespace
        container = fields.container
        repository = "\(due.repository)"
        tag = "\(due.call.tag)"
        digest = "\(due.call.digest)"
        pusher = due.call.pushedBy
        self.region = "\(region)"
        pushedAt = due.call.createdAt
    }

    func delivery() throws -> WebhookDelivery {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return WebhookDelivery(id: deliveryId, sentAt: sentAt, body: Array(try encoder.encode(self)))
    }
}
