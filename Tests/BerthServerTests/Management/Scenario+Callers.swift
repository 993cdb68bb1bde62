import BerthRegistry
import BerthTestSupport

extension Scenario {
    /// A persona, signed in with its password.
    func caller(_ persona: Persona) async throws -> Caller {
        try await registry.authenticate(username: persona.rawValue, password: persona.password, from: .commandLine)
    }
}
