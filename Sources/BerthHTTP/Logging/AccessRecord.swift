import Hummingbird
import Logging

/// What one line of the access log says.
struct AccessRecord: Sendable {
    let method: String
    let route: String
    let status: Int
    /// Bytes of the response body.
    let bytes: Int64
    let duration: Duration
    let client: String
    var account: String?
    var repository: String?
    var digest: String?
    /// What broke the response off.
    var failure: (any Error)?

    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "method": .string(method),
            "route": .string(route),
            "status": .string(String(status)),
            "bytes": .string(String(bytes)),
            "duration_ms": .string(String(duration / .milliseconds(1))),
        ]
        if !client.isEmpty { metadata["client"] = .string(client) }
        if let account { metadata["account"] = .string(account) }
        if let repository { metadata["repository"] = .string(repository) }
        if let digest { metadata["digest"] = .string(digest) }
        if let failure { metadata["broken_off"] = .string("\(failure)") }
        return metadata
    }
}

/// The access log for requests that have no context of their own.
struct AccessLog: Sendable {
    let logger: Logger

    /// An id as requests with a context have it.
    func nextID() -> String { RequestID().description }

    func write(_ record: AccessRecord, requestID: String) {
        guard logger.logLevel <= .info else { return }
        var metadata = record.metadata
        metadata["hb.request.id"] = .string(requestID)
        logger.info("request", metadata: metadata)
    }
}
