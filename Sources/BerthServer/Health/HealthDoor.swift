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
        let state = request.uri.path == Self.livePath ? .ready : await state()
        return switch state {
        case .ready: .json(Array(#"{"status":"ok"}"#.utf8))
        case .readOnly: .json(Array(#"{"status":"read-only"}"#.utf8))
        case .unavailable: .json(Array(#"{"status":"unavailable"}"#.utf8), status: .serviceUnavailable)
        }
    }

    /// What can be done now; nothing while the server is stopping.
    private func state() async -> ReadinessState {
        guard !readiness.isStopping else { return .unavailable }
        do {
            return try await registry.readiness()
        } catch {
            registry.logger.error("not ready", metadata: ["error": "\(error)"])
            return .unavailable
        }
    }
}
