import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Who holds what on an organization or an image, and giving and taking it: the same on the pages of both.
struct PermissionList: Sendable {
    /// What the template `permissions` shows: the list with its form, or what is asked before a permission is taken.
    struct View: Sendable {
        var list: List?
        var question: Question?
    }

    struct List: Sendable {
        let introduction: String
        let caption: String
        let isOfImage: Bool
        let isEmpty: Bool
        let rows: [Row]
        /// `nil` where one page shows all.
        let paging: Paging?
        let administrators: String
        let form: PermissionForm
    }

    struct Row: Sendable {
        let name: String
        let isAdministrator: Bool
        let isDisabled: Bool
        let permission: String
        let abilities: String
        /// What the permission was given on.
        let origin: String
        /// `nil` where it was given on the organization.
        let links: Links?
        let elsewhere: Elsewhere?
    }

    /// Where a row is changed.
    struct Links: Sendable {
        let edit: String
        let remove: String
        /// What they are about, for screen readers.
        let about: String
    }

    /// The page where a row is changed that comes from there.
    struct Elsewhere: Sendable {
        let address: String
        let label: String
    }

    struct Question: Sendable {
        let title: String
        let consequence: String
        let name: String
        let permission: String
        let action: String
    }

    /// What became of a form.
    enum Outcome: Sendable {
        case done(Response)
        /// Something in it was refused: it is shown again.
        case refused(View)
    }

    let visit: Visit
    let target: PermissionTarget

    /// - Parameter refused: The form as it was sent; `nil` for the page as it is asked for.
    /// - Throws: ``ConsoleError/notFound`` for a question about a permission that nobody has, and errors of the use cases:
    ///   `denied` for who may not manage the target.
    func view(_ refused: PermissionForm.Typed? = nil) async throws -> View {
        let given = try await visit.registry.listPermissions(on: target, by: visit.actor)
        guard refused == nil, visit.askedAction == .revoke else {
            return View(list: try await list(of: given, refused))
        }
        guard let asked = given.first(where: { $0.user == named(visit.query["user"]) }) else {
            throw ConsoleError.notFound
        }
        return View(question: try await question(about: asked))
    }

    /// Gives the permission that the form names.
    func grant() async throws -> Outcome {
        var typed = PermissionForm.Typed(visit.form)
        guard let name = named(typed.user), let permission = Permission(word: typed.permission) else {
            if named(typed.user) == nil { typed.userError = typed.user.isEmpty ? "noUser" : "userForm" }
            if Permission(word: typed.permission) == nil { typed.permissionError = "noPermission" }
            return .refused(try await view(typed))
        }
        do {
            try await visit.registry.setPermission(permission, on: target, of: name, by: visit.actor)
            return .done(try visit.redirect(afterwards: address(["done": "granted", "user": name.description])))
        } catch let error as AdministrationError where error.code == .userUnknown || error.code == .valueInvalid {
            typed.userError = error.code == .userUnknown ? "userUnknown" : "userForeign"
            return .refused(try await view(typed))
        }
    }

    /// Takes the permission that the form names. Who has taken its own goes on where it may still go.
    func revoke() async throws -> Outcome {
        guard let name = named(visit.form["user"]) else { throw ConsoleError.notFound }
        try await visit.registry.removePermission(on: target, of: name, by: visit.actor)
        guard try isOwn(name) else {
            return .done(try visit.redirect(afterwards: address(["done": "revoked", "user": name.description])))
        }
        return .done(ConsoleResponse.redirect(to: isOfImage ? "/console/images" : "/console/organizations"))
    }

    /// What was done by the form that led here, if that is how things are now.
    func notice() async throws -> String? {
        guard let done = visit.done, ["granted", "revoked"].contains(done),
            let name = named(visit.query["user"])
        else { return nil }
        let held = try await visit.registry.listPermissions(on: target, by: visit.actor).first { $0.user == name }
        guard (held != nil) == (done == "granted") else { return nil }
        return visit.texts(
            "permissions.done.\(done)",
            [
                "user": name.description, "target": target.description,
                "permission": held.map { label($0.permission) } ?? "",
            ])
    }

    private func list(of given: [GrantedPermission], _ refused: PermissionForm.Typed?) async throws -> List {
        let texts = visit.texts
        let session = try visit.signedIn
        let users = try await visit.registry.listUsers(of: .id(session.account), by: visit.actor)
        let inherited = try await givenOnOrganization()
        let rows = (given + inherited).map { row($0, users) }
        let page = Paging.page(visit.query["page"], of: rows.count)
        let kind = isOfImage ? "image" : "organization"
        return List(
            introduction: texts("permissions.introduction.\(kind)", ["target": target.description]),
            caption: texts("permissions.caption", ["target": target.description]), isOfImage: isOfImage,
            isEmpty: rows.isEmpty, rows: Array(rows.dropFirst((page - 1) * Paging.size).prefix(Paging.size)),
            paging: rows.count <= Paging.size
                ? nil : Paging(page: page, total: rows.count, texts: texts) { address(["page": "\($0)"]) },
            administrators: texts("permissions.administrators", ["account": session.user.account.description]),
            form: PermissionForm(
                refused ?? asked(among: given), on: target, action: address(), users: users,
                account: session.user.account, texts))
    }

    /// What is given on the whole organization of an image, for who may see that.
    private func givenOnOrganization() async throws -> [GrantedPermission] {
        guard let organization, isOfImage else { return [] }
        let found = try await visit.registry.listOrganizations(named: organization, by: visit.actor)
        guard found.first?.permission == .manage else { return [] }
        return try await visit.registry.listPermissions(on: .organization(organization), by: visit.actor)
    }

    private func row(_ given: GrantedPermission, _ users: [User]) -> Row {
        let texts = visit.texts
        let user = users.first { $0.name == given.user }
        let isOwn = given.target == target
        let name = given.user.description
        return Row(
            name: name, isAdministrator: user?.isAdmin ?? false, isDisabled: user?.isDisabled ?? false,
            permission: label(given.permission), abilities: texts["permissions.may.\(given.permission)"],
            origin: isOwn
                ? texts["permissions.origin.image"]
                : texts("permissions.origin.organization", ["organization": given.target.description]),
            links: isOwn
                ? Links(
                    edit: address(["do": FormAction.grant.rawValue, "user": name]) + "#grant",
                    remove: address(["do": FormAction.revoke.rawValue, "user": name]),
                    about: texts("permissions.about", ["user": name])) : nil,
            elsewhere: isOwn
                ? nil
                : organization.map {
                    Elsewhere(
                        address: ConsoleAddress.organization($0),
                        label: texts("permissions.elsewhere", ["organization": $0.description]))
                })
    }

    private func question(about given: GrantedPermission) async throws -> Question {
        let values: KeyValuePairs = ["user": given.user.description, "target": target.description]
        let users = try await visit.registry.listUsers(of: .id(visit.signedIn.account), by: visit.actor)
        let isAdministrator = users.contains { $0.name == given.user && $0.isAdmin }
        let place = isOfImage ? "image" : "organization"
        let kind = try isAdministrator ? "administrator" : isOwn(given.user) ? "own" : place
        return Question(
            title: visit.texts("permissions.revoke.title", values),
            consequence: visit.texts("permissions.revoke.\(kind)", values), name: given.user.description,
            permission: label(given.permission), action: address())
    }

    /// What the form holds at first: the permission that is to be changed, if the address names one.
    private func asked(among given: [GrantedPermission]) -> PermissionForm.Typed {
        guard visit.askedAction == .grant, let found = given.first(where: { $0.user == named(visit.query["user"]) })
        else { return PermissionForm.Typed() }
        return PermissionForm.Typed(user: found.user.description, permission: found.permission.description)
    }

    /// A user as forms and addresses name it: by its name within the account, or with an account before that.
    private func named(_ text: String?) -> QualifiedUserName? {
        guard let text = text?.filter({ !$0.isWhitespace }), let account = visit.session?.user.account else {
            return nil
        }
        guard !text.contains("/") else { return try? QualifiedUserName(parsing: text) }
        return (try? UserName(parsing: text)).map { QualifiedUserName(account: account, user: $0) }
    }

    /// Whether the user is the one who asks, and holds nothing but what it is given.
    private func isOwn(_ name: QualifiedUserName) throws -> Bool {
        let session = try visit.signedIn
        return name == session.user && !session.isAdmin
    }

    private func label(_ permission: Permission) -> String { visit.texts["permissions.\(permission)"] }

    private var isOfImage: Bool { if case .repository = target { true } else { false } }

    private var organization: OrganizationName? {
        switch target {
        case .organization(let name): name
        case .repository(let name): try? OrganizationName(parsing: name.organization)
        }
    }

    /// The page that the list is on.
    private func address(_ more: KeyValuePairs<String, String> = [:]) -> String {
        switch target {
        case .organization(let name): ConsoleAddress.organization(name, more)
        case .repository(let name): ConsoleAddress.image(name, tab: "permissions", more)
        }
    }
}
