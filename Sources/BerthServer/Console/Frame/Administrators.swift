import BerthAccess
import BerthRegistry

extension Visit {
    /// The most administrators that a sentence names.
    private static let namedAdministrators = 3

    /// Whom a user asks for what it may not do: administrators of its account who can sign in, as a sentence names them;
    /// the operator where there is none.
    func administrators() async throws -> String {
        let users = try await registry.listUsers(of: .id(signedIn.account), by: actor)
        let names = users.filter { $0.isAdmin && !$0.isDisabled }.prefix(Self.namedAdministrators).map(
            \.name.description)
        return names.isEmpty ? texts["permissions.operator"] : names.joined(separator: texts["permissions.separator"])
    }
}
