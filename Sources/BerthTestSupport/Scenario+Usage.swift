import BerthAccess
import BerthCatalog
import BerthRegistry

extension Scenario {
    /// What an account uses by its counters.
    ///
    /// - Throws: ``ToolFailure`` when there is no such account.
    package func usage(of account: String) async throws -> AccountUsage {
        let name = try AccountName(parsing: account)
        let usage = try await registry.catalog.read { catalog in
            try catalog.account(named: name).flatMap { try catalog.usage(of: $0.id) }
        }
        guard let usage else { throw ToolFailure("there is no account \(account)") }
        return usage
    }
}
