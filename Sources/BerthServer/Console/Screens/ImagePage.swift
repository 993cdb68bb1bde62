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
        let name = try name(of: visit)
        let image = try await visit.registry.describeRepository(name, by: visit.actor)
        visit.context.fields.repository = name.description
        guard visit.query["tab"] == "sharing", try image.ownerID == visit.signedIn.account else {
            return try await response(visit, image, tab: "tags", "image-tags", TagsTab.content(visit, image))
        }
        switch image.shares == nil ? nil : visit.query["do"] {
        case "share", "edit":
            return try await response(visit, image, tab: "sharing", "share-form", ShareForm.content(visit, image))
        case "cancel":
            return try await response(visit, image, tab: "sharing", "share-cancel", ShareCancel.content(visit, image))
        default:
            return try await response(visit, image, tab: "sharing", "image-sharing", SharingTab.content(visit, image))
        }
    }

    private static func act(_ visit: Visit) async throws -> Response {
        let name = try name(of: visit)
        visit.context.fields.repository = name.description
        let image = try await visit.registry.describeRepository(name, by: visit.actor)
        switch visit.form["do"] {
        case "share", "edit":
            do {
                return try await ShareForm.submit(visit, image)
            } catch let refused as ShareForm.Refused {
                return try await response(
                    visit, image, tab: "sharing", "share-form", refused.content, status: .unprocessableContent)
            }
        case "cancel": return try await ShareCancel.submit(visit, image)
        default: throw ConsoleError.notFound
        }
    }

    private static func name(of visit: Visit) throws -> RepositoryName {
        do {
            return try RepositoryName(parsing: visit.place.dropFirst("images/".count))
        } catch {
            throw ConsoleError.notFound
        }
    }

    private static func response(
        _ visit: Visit, _ image: Repository, tab: String, _ template: String, _ content: any Sendable,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let header = try await header(visit, image, tab: tab)
        return ConsolePage(
            title: image.name.description, template: template, section: .images,
            content: Content(image: header, tab: content)
        ).response(visit, status: status)
    }

    private static func header(_ visit: Visit, _ image: Repository, tab: String) async throws -> Header {
        let isOwn = try image.ownerID == visit.signedIn.account
        let texts = visit.texts
        var validity: ShareState?
        var end: Moment?
        if !isOwn, !image.isPublic {
            let received = try await visit.registry.listReceivedShares(
                by: .id(visit.signedIn.account), for: visit.actor
            ).first { $0.repository == image.name }
            if let received {
                validity = ShareState(
                    received.status, until: received.deadline, now: visit.registry.now(), texts: texts)
                if case .until(let date) = received.deadline { end = Moment(date) }
            }
        }
        func made(_ word: String, count: Int?) -> Header.Tab {
            Header.Tab(
                address: ConsoleAddress.image(image.name, tab: word), label: texts["image.tab.\(word)"],
                count: count.map(Figures.count), isCurrent: word == tab)
        }
        return Header(
            name: image.name.description, organization: String(image.name.organization), isPublic: image.isPublic,
            isOwn: isOwn, owner: image.owner.description, canManage: image.shares != nil && isOwn,
            tabs: [made("tags", count: image.tags)] + (isOwn ? [made("sharing", count: image.shares)] : []),
            validity: validity, end: end, notice: try await notice(visit, image))
    }

    /// What was done by the form that led here, if that is how things are now: an address alone makes no page say so.
    private static func notice(_ visit: Visit, _ image: Repository) async throws -> String? {
        guard let done = visit.query["done"], ["shared", "changed", "cancelled"].contains(done), image.shares != nil,
            let account = visit.query["with"], let receiver = try? AccountReference(parsing: account)
        else { return nil }
        let share = try await visit.registry.findShare(of: image.name, with: receiver, by: visit.actor)
        guard (share?.status == .effective) != (done == "cancelled") else { return nil }
        return visit.texts("sharing.done.\(done)", ["account": account])
    }
}
