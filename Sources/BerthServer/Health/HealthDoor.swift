import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird
import Logging

/// `/healthz` says that the process answers, `/readyz` that it can do its work; neither says more.
struct HealthDoor: Sendable {
    static let livePath = "/healthz"
    static let readyPath = "/readyz"

    let registry: Registry
    let readiness: Readiness

    func respond(to request: Request) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw RegistryError.methodNotAllowed(request.method, allowed: [.get, .head])
        }
        let isWell = request.uri.path == Self.livePath ? true : await isReady()
        return .json(
            Array((isWell ? #"{"status":"ok"}"# : #"{"status":"unavailable"}"#).utf8),
            status: isWell ? .ok : .serviceUnavailable)
    }

    /// Whether the server is not stopping, and the catalog and the blobs answer.
    private func isReady() async -> Bool {
        guard !readiness.isStopping else { return false }
        do {
            return try await registry.isReady()
        } catch {
            registry.logger.error("not ready", metadata: ["error": "\(error)"])
            return false
        }
    }
}
