import BerthRegistry
import Foundation

extension Scenario {
    /// Sends a request of the management API, signed with an access key of the persona.
    ///
    /// - Parameters:
    ///   - target: The path with its query, sent as it is.
    ///   - json: The body.
    package func manage(
        _ method: String, _ target: String, as persona: Persona = .owner, headers: [(String, String)] = [],
        json: String? = nil
    ) async throws -> TestResponse {
        let key = try await registry.addAccessKey(to: persona.qualifiedName(), by: .dataOperator)
        let body = json.map { Array($0.utf8) } ?? []
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let host = headers.contains { $0.0 == "Host" } ? [] : [("Host", "127.0.0.1:\(server.port)")]
        let sent = host + [("Content-Type", "application/json")] + headers
        let signature = RequestSigner(accessKey: key.accessKey, secretKey: key.secretKey).headers(
            signing: method, parts[0], query: parts.count > 1 ? parts[1] : "", headers: sent, body: body,
            at: server.clock.now)
        return try await client.send(
            method, target, headers: sent + signature, body: json == nil ? .none : .bytes(body))
    }
}
