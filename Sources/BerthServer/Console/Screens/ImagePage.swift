import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import Hummingbird

/// An image: what is the same on all of its tabs, and which tab is shown.
enum ImagePage {
    static let screen = ConsoleScreen(
        route: "images/{organization}/{repository}", owns: { $0.hasPrefix("images/") }, show: show, act: act)

    /// What stands above the tabs.
    struct Header: Sendable {
        let name: String
        let organization: String
        /// `nil` for who has no permission there.
        let organizationPage: String?
        let isPublic: Bool
        let isOwn: Bool
        let owner: String
        let canManage: Bool
        let tabs: [Tab]
        /// How long the viewer's account may still pull an image of another.
        let validity: ShareState?
        let end: Moment?
        let notice: String?

        struct Tab: Sendable {
            let address: String
            let label: String
            let count: String?
            let isCurrent: Bool
        }
    }

    /// What a tab's template shows.
    private struct Content: Sendable {
        let image: Header
        let tab: any Sendable
    }

    private static func show(_ visit: Visit) async throws -> Response {
        let image = try await image(of: visit)
        let tab = try tab(named: visit.query["tab"], for: image, visit)
        let view =
            tab.needsManage && image.shares == nil
            ? ImageTab.View("image-denied", DeniedTab()) : try await tab.show(visit, image)
        return try await response(visit, image, tab, view)
    }

    private static func act(_ visit: Visit) async throws -> Response {
        let image = try await image(of: visit)
        guard let action = visit.formAction, let tab = ImageTab.all.first(where: { $0.actions.contains(action) }) else {
            throw ConsoleError.notFound
        }
        try await require(action, visit, image)
        do {
            return try await tab.act(action, visit, image)
        } catch let refused as ImageTab.Refused {
            return try await response(visit, image, tab, refused.view, status: refused.status)
        }
    }

    /// Answers who may not do something so before its form is looked at; the use case has the last word.
    ///
    /// - Throws: ``AdministrationError`` `denied`.
    static func require(_ action: FormAction, _ visit: Visit, _ image: Repository) async throws {
        let needed: Rights =
            switch action {
            case .describe: .push
            case .deleteTag: .delete
            default: .manage
            }
        guard try await visit.registry.rights(on: image.name, by: visit.actor).contains(needed) else {
            throw AdministrationError(.denied, "you may see \(image.name), but not do this with it")
        }
    }

    private static func image(of visit: Visit) async throws -> Repository {
        let name = try name(of: visit)
        visit.context.fields.repository = name.description
        return try await visit.registry.describeRepository(name, by: visit.actor)
    }

    /// The tab that is asked for, if there is such a one for who asks; else the first.
    private static func tab(named word: String?, for image: Repository, _ visit: Visit) throws -> ImageTab {
        let isOwn = try image.ownerID == visit.signedIn.account
        return ImageTab.all.first { $0.word == word && (isOwn || !$0.isOfOwner) } ?? TagsTab.tab
    }

    private static func name(of visit: Visit) throws -> RepositoryName {
        do {
            return try RepositoryName(parsing: visit.place.dropFirst("images/".count))
        } catch {
            throw ConsoleError.notFound
        }
    }

    private static func response(
        _ visit: Visit, _ image: Repository, _ tab: ImageTab, _ view: ImageTab.View,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let header = try await header(visit, image, tab: tab)
        return ConsolePage(
            title: image.name.description, template: view.template, section: .images,
            content: Content(image: header, tab: view.content)
        ).response(visit, status: status)
    }

    private static func organizationPage(_ visit: Visit, _ image: Repository) async throws -> String? {
        let name = try OrganizationName(parsing: image.name.organization)
        let found = try await visit.registry.listOrganizations(named: name, includesVisible: true, by: visit.actor)
        return found.isEmpty ? nil : ConsoleAddress.organization(name)
    }

    private static func header(_ visit: Visit, _ image: Repository, tab: ImageTab) async throws -> Header {
        let isOwn = try image.ownerID == visit.signedIn.account
        let texts = visit.texts
        var validity: ShareState?
        var end: Moment?
        if !isOwn, !image.isPublic {
            if let received = try await visit.registry.findReceivedImage(image.name, by: visit.actor) {
                validity = ShareState(
                    received.status, until: received.deadline, now: visit.registry.now(), texts: texts)
                end = Moment(received.deadline)
            }
        }
        let counts = ["tags": image.tags, "sharing": image.shares]
        return Header(
            name: image.name.description, organization: String(image.name.organization),
            organizationPage: isOwn ? try await organizationPage(visit, image) : nil, isPublic: image.isPublic,
            isOwn: isOwn,
            owner: image.owner.description, canManage: image.shares != nil && isOwn,
            tabs: ImageTab.all.filter { isOwn || !$0.isOfOwner }.map {
                Header.Tab(
                    address: ConsoleAddress.image(image.name, tab: $0.word), label: texts["image.tab.\($0.word)"],
                    count: (counts[$0.word] ?? nil).map(Figures.count), isCurrent: $0.word == tab.word)
            },
            validity: validity, end: end, notice: try await tab.notice(visit, image))
    }
}

/// What who may not manage an image sees in place of a tab.
private struct DeniedTab: Sendable {}
