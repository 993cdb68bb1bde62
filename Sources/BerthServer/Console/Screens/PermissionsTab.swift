import BerthRegistry
import Hummingbird

/// Who of the owning account may do what with an image.
enum PermissionsTab {
    static let tab = ImageTab(
        word: "permissions", needsManage: true, show: show, actions: [.grant, .revoke], act: act, notice: notice)

    private static let template = "image-permissions"

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        ImageTab.View(template, try await permissions(visit, image).view())
    }

    private static func act(_ action: FormAction, _ visit: Visit, _ image: Repository) async throws -> Response {
        let permissions = permissions(visit, image)
        switch try await action == .grant ? permissions.grant() : permissions.revoke() {
        case .done(let response): return response
        case .refused(let view): throw ImageTab.Refused(view: ImageTab.View(template, view))
        }
    }

    private static func notice(_ visit: Visit, _ image: Repository) async throws -> String? {
        image.shares == nil ? nil : try await permissions(visit, image).notice()
    }

    private static func permissions(_ visit: Visit, _ image: Repository) -> PermissionList {
        PermissionList(visit: visit, target: .repository(image.name))
    }
}
