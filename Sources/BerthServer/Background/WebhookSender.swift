import BerthIdentity
import BerthOutbound
import BerthRegistry
import Foundation
import HTTPTypes
import NIOCore

/// Who is told of pushes that triggers wait for.
package struct TriggerReceiver: Sendable, CustomStringConvertible {
    package let endpoint: OutboundURL
    /// What messages are signed with.
    let secret: String

    package init(endpoint: OutboundURL, secret: String) {
        self.endpoint = endpoint
        self.secret = secret
    }

    package var description: String { endpoint.description }
}

/// Posts messages to the receiver of triggers, signed so that it can tell that they are ours.
struct WebhookSender: WebhookSending {
    let outbound: OutboundHTTP
    let receiver: TriggerReceiver

    func send(_ delivery: WebhookDelivery) async throws {
        let headers: HTTPFields = [
            .contentType: "application/json",
            .userAgent: "Berth",
            .deliveryID: delivery.id,
            .timestamp: "\(Int64(delivery.sentAt.timeIntervalSince1970))",
            .signature: "sha256=" + MessageSignature.hex(of: delivery.body, secret: receiver.secret),
        ]
        let request = OutboundRequest(
            .post, receiver.endpoint, headers: headers, body: .bytes(ByteBuffer(bytes: delivery.body)),
            timeout: .seconds(10))
        let status: HTTPResponse.Status
        do {
            // What it says beside its status does not matter and is not waited for.
            status = try await outbound.send(request).status
        } catch let error as OutboundError {
            throw WebhookFailure(error)
        }
        guard status.kind == .successful else {
            throw WebhookFailure("the receiver answered with status \(status.code)", cause: "\(receiver)")
        }
    }
}

extension WebhookFailure {
    /// What the owner of a trigger may know, and beside it, for the log, what names the receiver.
    fileprivate init(_ error: OutboundError) {
        let (reason, isFinal) =
            switch error {
            case .invalidURL, .refusedAddress: ("the receiver has an address that this registry may not call", true)
            case .unreachable: ("the receiver could not be reached", false)
            case .timeout: ("the receiver did not answer in time", false)
            case .tooLarge: ("the receiver answered with too many bytes", false)
            }
        self.init(reason, cause: error.description, isFinal: isFinal)
    }
}

extension HTTPField.Name {
    fileprivate static let deliveryID = name("X-Berth-Delivery")
    fileprivate static let timestamp = name("X-Berth-Timestamp")
    fileprivate static let signature = name("X-Berth-Signature")

    private static func name(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(text)") else { preconditionFailure("not a header: \(text)") }
        return name
    }
}
