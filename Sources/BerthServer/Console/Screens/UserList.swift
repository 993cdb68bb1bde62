import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// *Users*: who belongs to the account, for its administrators.
enum UserList {
    static let screen = ConsoleScreen(route: "users", owns: { $0 == "users" }, show: show, act: act)

    private struct Content: Sendable {
        let notice: String?
        let introduction: String
        let rows: [Row]
        let paging: Paging?
    }

    private struct Row: Sendable {
        let address: String
        let name: String
        let state: UserState
        let keys: String
        let created: Moment
    }

    /// - Throws: ``AdministrationError`` `denied` for who is no administrator.
    private static func show(_ visit: Visit) async throws -> Response {
        let session = try visit.signedIn
        let keys = try await visit.registry.countAccessKeys(of: .id(session.account), by: visit.actor)
        guard visit.askedAction != .addUser else { return try UserForm.page(visit) }
        let users = try await visit.registry.listUsers(of: .id(session.account), by: visit.actor)
        let page = Paging.page(visit.query["page"], of: users.count)
        let content = Content(
            notice: notice(visit, of: session.user.account, users),
            introduction: visit.texts("users.introduction", ["account": session.user.account.description]),
            rows: users.dropFirst((page - 1) * Paging.size).prefix(Paging.size).map { user in
                Row(
                    address: ConsoleAddress.user(user.name.user), name: user.name.description,
                    state: UserState(user), keys: Figures.count(keys[user.id] ?? 0), created: Moment(user.createdAt))
            },
            paging: Paging(page: page, total: users.count, texts: visit.texts) { number in
                "/console/users" + ConsoleAddress.query([("page", "\(number)")])
            })
        return ConsolePage(title: visit.texts["users.title"], template: "users", section: .users, content: content)
            .response(visit)
    }

    private static func act(_ visit: Visit) async throws -> Response {
        guard visit.formAction == .addUser else { throw ConsoleError.notFound }
        return try await UserForm.submit(visit)
    }

    /// What was done by the form that led here, if that is how things are now.
    private static func notice(_ visit: Visit, of account: AccountName, _ users: [User]) -> String? {
        guard visit.done == "deleted", let name = visit.query["user"].flatMap({ try? UserName(parsing: $0) }),
            !users.contains(where: { $0.name.user == name })
        else { return nil }
        return visit.texts("users.done.deleted", ["user": "\(account)/\(name)"])
    }
}

/// How a user stands, as pages show it.
struct UserState: Sendable {
    let isAdmin: Bool
    let isDisabled: Bool

    init(_ user: User) {
        isAdmin = user.isAdmin
        isDisabled = user.isDisabled
    }
}
