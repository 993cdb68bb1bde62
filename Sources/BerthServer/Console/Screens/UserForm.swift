import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// The form that adds a user to the account.
enum UserForm {
    private struct Content: Sendable {
        let failure: String?
        let name: FormField
        let nameHint: String
        let adminLabel: String
        let isAdmin: Bool
        let password: PasswordFields
    }

    static func page(_ visit: Visit) throws -> Response {
        try page(visit, name: FormField(), isAdmin: false, PasswordFields(visit.texts))
    }

    /// Adds the user, or tells at each field what is wrong with it.
    static func submit(_ visit: Visit) async throws -> Response {
        let texts = visit.texts
        try visit.requireAdministrator(to: "add users")
        let typed = (visit.form["name"] ?? "").shownAgain
        let isAdmin = visit.form["admin"] == "1"
        let password = PasswordFields(visit.form, isOptional: true, texts)
        var error: String?
        do {
            let user = try UserName(parsing: typed)
            if !password.isRefused {
                let name = QualifiedUserName(account: try visit.signedIn.user.account, user: user)
                try await visit.registry.addUser(
                    name, isAdmin: isAdmin, password: password.chosen, by: visit.actor)
                return try visit.redirect(afterwards: ConsoleAddress.user(user, ["done": "added"]))
            }
        } catch is ParseFailure {
            error = texts[typed.isEmpty ? "users.error.noName" : "users.error.nameForm"]
        } catch let refusal as AdministrationError where refusal.code == .nameTaken {
            error = texts("users.error.nameTaken", ["user": typed])
        }
        return try page(visit, name: FormField(typed, error: error), isAdmin: isAdmin, password)
    }

    private static func page(
        _ visit: Visit, name: FormField, isAdmin: Bool, _ password: PasswordFields
    ) throws -> Response {
        let texts = visit.texts
        let isRefused = name.error != nil || password.isRefused
        let account = try visit.signedIn.user.account.description
        let content = Content(
            failure: isRefused ? texts["users.form.refused"] : nil, name: name,
            nameHint: texts("users.form.name.hint", ["account": account]),
            adminLabel: texts("users.form.admin", ["account": account]), isAdmin: isAdmin, password: password)
        return ConsolePage(
            title: texts["users.form.title"], template: "user-form", section: .users, content: content
        ).response(visit, status: isRefused ? .unprocessableContent : .ok)
    }
}
