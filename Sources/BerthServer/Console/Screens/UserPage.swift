import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// One user: its access keys, its password, and whether it may sign in. For administrators and for the user itself.
enum UserPage {
    static let screen = ConsoleScreen(
        route: "users/{user}", owns: { $0.hasPrefix("users/") }, show: show, act: act)

    /// A user with what its page is about.
    struct Subject: Sendable {
        let user: User
        let keys: [AccessKey]
        /// Whether it is who asks.
        let isSelf: Bool

        var name: UserName { user.name.user }
    }

    private struct Content: Sendable {
        let name: String
        let address: String
        let state: UserState
        let notice: Notice?
        let keyCount: String
        let keys: [Key]
        /// `nil` where one page shows all.
        let paging: Paging?
        /// What only administrators are shown.
        let administration: Administration?
    }

    private struct Notice: Sendable {
        let words: String
        /// The class of its box.
        let mark: String
        /// How screen readers say it: what was refused at once.
        let role: String

        init(words: String, mark: String) {
            (self.words, self.mark, role) = (words, mark, mark == "bad" ? "alert" : "status")
        }
    }

    private struct Key: Sendable {
        let key: String
        let isDisabled: Bool
        let created: Moment
        let disabling: String?
        let deleting: String
    }

    private struct Administration: Sendable {
        let isSelf: Bool
        let hasPassword: Bool
        let password: PasswordFields
        let failure: String?
        let disabling: String
        let deleting: String
    }

    private static func show(_ visit: Visit) async throws -> Response {
        let subject = try await subject(visit)
        guard let action = visit.askedAction else { return try page(visit, subject, PasswordFields(visit.texts)) }
        return try UserQuestion.page(visit, subject, action)
    }

    private static func act(_ visit: Visit) async throws -> Response {
        let subject = try await subject(visit)
        do {
            return try await act(visit, subject)
        } catch let error as AdministrationError where error.code == .lastAdministrator {
            let words = visit.texts("user.error.lastAdministrator", ["user": subject.user.name.description])
            return try page(visit, subject, PasswordFields(visit.texts), refusal: Notice(words: words, mark: "bad"))
        }
    }

    private static func act(_ visit: Visit, _ subject: Subject) async throws -> Response {
        let (registry, actor, name) = (visit.registry, try visit.actor, subject.user.name)
        switch visit.formAction {
        case .addKey: return try await NewKey.submit(visit, subject)
        case .disableKey:
            let key = try key(visit, subject)
            try await registry.disableAccessKey(key, by: actor)
            return try done("key-disabled", ["key": key], visit, subject, ending: .key)
        case .deleteKey:
            let key = try key(visit, subject)
            try await registry.removeAccessKey(key, by: actor)
            return try done("key-deleted", ["key": key], visit, subject, ending: .key)
        case .setPassword:
            try visit.requireAdministrator(to: "set its passwords")
            let fields = PasswordFields(visit.form, isOptional: false, visit.texts)
            guard let password = fields.chosen, !fields.isRefused else { return try page(visit, subject, fields) }
            try await registry.setPassword(password, of: name, by: actor)
            return try done("password", [:], visit, subject, ending: .password)
        case .disableUser:
            try await registry.setDisabled(true, user: name, by: actor)
            return try done("disabled", [:], visit, subject, ending: .disabled)
        case .enableUser:
            try await registry.setDisabled(false, user: name, by: actor)
            return try done("enabled", [:], visit, subject)
        case .deleteUser:
            try await registry.removeUser(name, by: actor)
            guard !subject.isSelf else { return SignIn.redirect(after: .deleted, then: "") }
            return try visit.redirect(
                afterwards: "/console/users"
                    + ConsoleAddress.query([("done", "deleted"), ("user", subject.name.description)]))
        default: throw ConsoleError.notFound
        }
    }

    /// The key that a form is about, which must be one of the user's.
    ///
    /// - Throws: ``AdministrationError`` `accessKeyUnknown`.
    private static func key(_ visit: Visit, _ subject: Subject) throws -> String {
        guard let key = subject.keys.first(where: { $0.accessKey == visit.form["key"] }) else {
            throw AdministrationError(.accessKeyUnknown, "\(subject.user.name) has no such access key")
        }
        return key.accessKey
    }

    /// - Throws: ``AdministrationError``: `denied` for who is neither the user nor an administrator, `userUnknown`.
    private static func subject(_ visit: Visit) async throws -> Subject {
        let session = try visit.signedIn
        guard let user = try? UserName(parsing: visit.place.dropFirst("users/".count)) else {
            throw ConsoleError.notFound
        }
        let name = QualifiedUserName(account: session.user.account, user: user)
        return Subject(
            user: try await visit.registry.showUser(name, by: visit.actor),
            keys: try await visit.registry.listAccessKeys(of: name, by: visit.actor), isSelf: name == session.user)
    }

    /// Leads back to the user's page, or to signing in again where what was done has ended the session.
    private static func done(
        _ word: String, _ more: KeyValuePairs<String, String>, _ visit: Visit, _ subject: Subject,
        ending: SignIn.Ending? = nil
    ) throws -> Response {
        if subject.isSelf, let ending {
            let next = ending == .disabled ? "" : ConsoleAddress.user(subject.name)
            return SignIn.redirect(after: ending, then: next)
        }
        let parameters = [("done", word)] + more.map { ($0.key, $0.value) }
        return try visit.redirect(afterwards: ConsoleAddress.user(subject.name) + ConsoleAddress.query(parameters))
    }

    private static func page(
        _ visit: Visit, _ subject: Subject, _ password: PasswordFields, refusal: Notice? = nil
    ) throws -> Response {
        let texts = visit.texts
        let failure = password.isRefused ? texts["user.password.refused"] : nil
        let page = Paging.page(visit.query["page"], of: subject.keys.count)
        let content = Content(
            name: subject.user.name.description, address: ConsoleAddress.user(subject.name),
            state: UserState(subject.user), notice: refusal ?? notice(visit, subject),
            keyCount: "\(subject.keys.count)",
            keys: subject.keys.dropFirst((page - 1) * Paging.size).prefix(Paging.size).map { key in
                Key(
                    key: key.accessKey, isDisabled: key.isDisabled, created: Moment(key.createdAt),
                    disabling: key.isDisabled ? nil : address(of: subject, asking: .disableKey, key.accessKey),
                    deleting: address(of: subject, asking: .deleteKey, key.accessKey))
            },
            paging: subject.keys.count <= Paging.size
                ? nil
                : Paging(page: page, total: subject.keys.count, texts: texts) { number in
                    ConsoleAddress.user(subject.name, ["page": "\(number)"])
                },
            administration: try visit.signedIn.isAdmin
                ? Administration(
                    isSelf: subject.isSelf, hasPassword: subject.user.hasPassword, password: password,
                    failure: failure, disabling: address(of: subject, asking: .disableUser),
                    deleting: address(of: subject, asking: .deleteUser)) : nil)
        return ConsolePage(title: content.name, template: "user", section: .users, content: content)
            .response(
                visit, status: refusal != nil ? .conflict : password.isRefused ? .unprocessableContent : .ok)
    }

    private static func address(of subject: Subject, asking action: FormAction, _ key: String = "") -> String {
        ConsoleAddress.user(subject.name, ["do": action.rawValue, "key": key])
    }

    /// What was done by the form that led here, if that is how things are now.
    private static func notice(_ visit: Visit, _ subject: Subject) -> Notice? {
        guard let done = visit.done else { return nil }
        let key = subject.keys.first { $0.accessKey == visit.query["key"] }
        let isSo =
            switch done {
            case "added": true
            case "password": subject.user.hasPassword
            case "disabled": subject.user.isDisabled
            case "enabled": !subject.user.isDisabled
            case "key-disabled": key?.isDisabled == true
            case "key-deleted": key == nil
            case "keys-added": key != nil
            case "keys-changed": visit.query["keys"] != "\(subject.keys.count)"
            default: false
            }
        guard isSo else { return nil }
        let values: KeyValuePairs = ["user": subject.user.name.description, "key": key?.accessKey ?? ""]
        return Notice(
            words: visit.texts("user.done.\(done)", values), mark: done.hasPrefix("keys-") ? "warn" : "ok")
    }
}
