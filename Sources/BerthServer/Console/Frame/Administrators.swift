import BerthAccess
import BerthRegistry

extension Visit {
    /// The most administrators that a sentence names.
    private static let namedAdministrators = 3

    /// Whom a user asks for what it may not do: administrators of its account who can sign in, as a sentence names them.
    func administrators() async throws -> String {
        Self.administrators(
            among: try await registry.listUsers(of: .id(signedIn.account), by: actor), texts)
    }

    static func administrators(among users: [User], _ texts: Texts) -> String {
        let names = users.filter { $0.isAdmin && !$0.isDisabled }.prefix(namedAdministrators).map(\.name.description)
        return names.isEmpty ? texts["permissions.operator"] : names.joined(separator: texts["permissions.separator"])
    }
}
