import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// An organization: who holds what on all of its images, and deleting it.
enum OrganizationPage {
    static let screen = ConsoleScreen(
        route: "organizations/{organization}", owns: { $0.hasPrefix("organizations/") }, show: { try await page($0) },
        act: act)

    private struct Content: Sendable {
        let name: String
        let notice: String?
        let images: Images?
        /// What pushes the first image; `nil` for who may not push, and once there are images.
        let pushCommand: String?
        /// Whom to ask; `nil` for who manages the organization.
        let whomToAsk: String?
        let permissions: PermissionList.View?
        let deletion: Deletion?
    }

    private struct Images: Sendable {
        let address: String
        let label: String
    }

    private struct Deletion: Sendable {
        /// What must be done first; `nil` for nothing.
        let obstacle: String?
        let label: String
        let consequence: String
        let action: String
        /// Whether it was tried in vain.
        let isRefused: Bool
    }

    private static func act(_ visit: Visit) async throws -> Response {
        let name = try name(of: visit)
        let permissions = PermissionList(visit: visit, target: .organization(name))
        switch visit.formAction {
        case .grant, .revoke:
            switch try await visit.formAction == .grant ? permissions.grant() : permissions.revoke() {
            case .done(let response): return response
            case .refused(let view): return try await page(visit, view, status: .unprocessableContent)
            }
        case .deleteOrganization: return try await delete(visit, name)
        default: throw ConsoleError.notFound
        }
    }

    private static func delete(_ visit: Visit, _ name: OrganizationName) async throws -> Response {
        do {
            try await visit.registry.removeOrganization(name, by: visit.actor)
            let parameters = [("done", "deleted"), ("organization", name.description)]
            return try visit.redirect(afterwards: "/console/organizations" + ConsoleAddress.query(parameters))
        } catch let error as AdministrationError where error.code == .organizationInUse {
            return try await page(visit, status: .conflict)
        }
    }

    /// - Parameter permissions: What is shown in place of the list of permissions as it is asked for.
    private static func page(
        _ visit: Visit, _ permissions: PermissionList.View? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let name = try name(of: visit)
        let summary = try await visit.registry.showOrganization(name, by: visit.actor)
        let list = PermissionList(visit: visit, target: .organization(name))
        let canManage = summary.permission == .manage
        let canPush = summary.permission.map { $0 >= .write } ?? false
        var shown = permissions
        if canManage, shown == nil { shown = try await list.view() }
        let content = Content(
            name: name.description,
            notice: canManage && status == .ok ? try await notice(visit, name, list) : nil,
            images: images(of: summary, visit.texts),
            pushCommand: summary.repositoryCount == 0 && canPush
                ? "docker push \(visit.publicAddress.host)/\(name)/my-image:1.0" : nil,
            whomToAsk: canManage
                ? nil
                : visit.texts(
                    "organization.whomToAsk",
                    ["organization": name.description, "names": try await visit.administrators()]),
            permissions: shown,
            deletion: canManage && shown?.question == nil
                ? deletion(of: summary, visit.texts, isRefused: status == .conflict) : nil)
        return ConsolePage(
            title: name.description, template: "organization", section: .organizations, content: content
        ).response(visit, status: status)
    }

    private static func name(of visit: Visit) throws -> OrganizationName {
        do {
            return try OrganizationName(parsing: visit.place.dropFirst("organizations/".count))
        } catch {
            throw ConsoleError.notFound
        }
    }

    private static func notice(
        _ visit: Visit, _ name: OrganizationName, _ list: PermissionList
    ) async throws -> String? {
        guard visit.done != "created" else {
            return visit.texts("organization.created", ["organization": name.description])
        }
        return try await list.notice()
    }

    private static func images(of summary: OrganizationSummary, _ texts: Texts) -> Images? {
        guard summary.repositoryCount > 0 else { return nil }
        let key = summary.repositoryCount == 1 ? "organization.images.one" : "organization.images.many"
        return Images(
            address: ConsoleAddress.images(of: summary.organization.name),
            label: texts(key, ["count": Figures.count(summary.repositoryCount)]))
    }

    private static func deletion(
        of summary: OrganizationSummary, _ texts: Texts, isRefused: Bool
    ) -> Deletion {
        let name = summary.organization.name.description
        let values: KeyValuePairs = ["organization": name, "count": Figures.count(summary.repositoryCount)]
        return Deletion(
            obstacle: summary.repositoryCount > 0 ? texts("organization.delete.obstacle", values) : nil,
            label: texts("organization.delete.submit", values),
            consequence: texts("organization.delete.consequence", values),
            action: ConsoleAddress.organization(summary.organization.name), isRefused: isRefused)
    }
}
