import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry

/// The form that gives a user a permission, or another one in its place.
struct PermissionForm: Sendable {
    /// What somebody has chosen, with the keys of what is wrong with it.
    struct Typed: Sendable {
        var user = ""
        var permission = Permission.read.description
        var userError: String?
        var permissionError: String?
    }

    struct Option: Sendable {
        let value: String
        let label: String
        let isSelected: Bool
    }

    /// The most users that can be chosen from; in a larger account a name is typed.
    private static let mostOptions = 200

    let action: String
    let user: FormField
    /// Whether a name is typed: that of a user who is none to choose, too, so that it can be mended.
    let isTyped: Bool
    let users: [Option]
    let permission: FormField
    let permissionLabel: String
    let permissions: [Option]
    let isRefused: Bool

    init(
        _ typed: Typed, on target: PermissionTarget, action: String, users: [User], account: AccountName, _ texts: Texts
    ) {
        func field(_ value: String, _ error: String?) -> FormField {
            FormField(
                value,
                error: error.map {
                    texts("permissions.error.\($0)", ["user": typed.user, "account": account.description])
                })
        }
        self.action = action
        user = field(typed.user, typed.userError)
        permission = field(typed.permission, typed.permissionError)
        isRefused = typed.userError != nil || typed.permissionError != nil
        let isKnown = typed.user.isEmpty || users.contains { $0.name.description == typed.user }
        isTyped = users.count > Self.mostOptions || !isKnown
        self.users =
            isTyped
            ? []
            : users.map { user in
                let name = user.name.description
                let state = user.isAdmin ? "administrator" : user.isDisabled ? "disabled" : "user"
                return Option(
                    value: name, label: texts("permissions.option.\(state)", ["user": name]),
                    isSelected: name == typed.user)
            }
        permissionLabel = texts("permissions.form.permission", ["target": target.description])
        permissions = Permission.allCases.map {
            Option(
                value: $0.description, label: texts["permissions.option.\($0)"],
                isSelected: $0.description == typed.permission)
        }
    }
}

extension PermissionForm.Typed {
    init(_ form: QueryParameters) {
        user = (form["user"] ?? "").shownAgain
        permission = form["permission"] ?? ""
    }
}
