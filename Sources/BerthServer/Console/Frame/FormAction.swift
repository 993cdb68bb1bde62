import BerthAccess
import BerthRegistry

/// What a form does: the value of its field `do`, which also names the page that asks for what it needs.
enum FormAction: String, Sendable, CaseIterable {
    case share
    case editShare = "edit"
    case cancelShare = "cancel"
    case deleteTag = "delete-tag"
    case deleteImage = "delete-image"
    case describe
    case setVisibility = "set-visibility"
    case grant
    case revoke
    case createOrganization = "create-organization"
    case deleteOrganization = "delete-organization"
    case addUser = "add-user"
    case setPassword = "set-password"
    case disableUser = "disable-user"
    case enableUser = "enable-user"
    case deleteUser = "delete-user"
    case addKey = "add-key"
    case disableKey = "disable-key"
    case deleteKey = "delete-key"

    /// As what the audit log tells of it.
    var audited: AuditAction {
        switch self {
        case .share: .shareAdd
        case .editShare: .shareUpdate
        case .cancelShare: .shareRemove
        case .deleteTag: .delete
        case .deleteImage: .repositoryRemove
        case .describe, .setVisibility: .repositoryUpdate
        case .grant: .permissionSet
        case .revoke: .permissionRemove
        case .createOrganization: .organizationAdd
        case .deleteOrganization: .organizationRemove
        case .addUser: .userAdd
        case .setPassword: .userPassword
        case .disableUser: .userDisable
        case .enableUser: .userEnable
        case .deleteUser: .userRemove
        case .addKey: .keyAdd
        case .disableKey: .keyDisable
        case .deleteKey: .keyRemove
        }
    }
}
