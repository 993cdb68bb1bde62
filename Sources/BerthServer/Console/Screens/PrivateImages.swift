import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// *My images*, first tab: what the user's own account has and the user may pull.
enum PrivateImages {
    static let screen = ConsoleScreen(route: "images", owns: { $0 == "images" }, show: show)

    private struct Content: Sendable {
        let total: String
        let sharedTotal: String
        let search: String
        let onlyShared: Bool
        let firstUse: FirstUse?
        let notice: String?
        let sort: String
        let order: String
        let columns: [Column]
        let rows: [Row]
        /// What is said where there are no rows.
        let none: String
        let paging: Paging?
    }

    private struct Column: Sendable {
        let label: String
        let isNumber: Bool
        let address: String?
        /// `ascending` or `descending` where the list is in its order.
        let sorted: String?
    }

    private struct Row: Sendable {
        let address: String
        let name: String
        let organization: String
        let organizationPage: String
        let tags: String
        let size: String
        let updated: Moment
        let downloads: String
        let isPublic: Bool
        let sharing: Sharing?
    }

    private struct Sharing: Sendable {
        let address: String
        let label: String
    }

    /// What who sees no images can do.
    private struct FirstUse: Sendable {
        /// `nil` for who may push nowhere.
        var push: Push?
        /// Whom to ask for that.
        var advice: String?
        /// Whether an organization can be created, which is wanted first.
        var createsOrganization = false
    }

    /// What the first push is done with.
    private struct Push: Sendable {
        let user: String
        let host: String
        let organization: String
    }

    /// The columns that the list can be in the order of, by their words in addresses.
    private static let orders: [(word: String, order: RepositoryOrder, column: SharedImageSelection.Column?)] = [
        ("updated", .update, .updatedAt), ("name", .name, .name), ("organization", .organization, .organization),
        ("tags", .tags, .tags), ("size", .size, .size), ("downloads", .pulls, .pulls),
        ("visibility", .visibility, nil),
    ]

    /// The columns whose largest or newest comes first at the first click.
    private static let falling: Set = ["tags", "size", "updated", "downloads"]

    private static func show(_ visit: Visit) async throws -> Response {
        let onlyShared = visit.query["shared"] == "1"
        let sort =
            orders.first { $0.word == visit.query["sort"] && (!onlyShared || $0.column != nil) } ?? orders[0]
        let isDescending = visit.query["order"].map { $0 == "desc" } ?? (sort.word == "updated")
        let search = (visit.query["q"] ?? "").shownAgain
        let (images, page) = try await Paging.find(visit.query["page"]) { offset in
            if onlyShared {
                try await shared(visit, search, sort.column ?? .updatedAt, isDescending, offset)
            } else {
                try await all(visit, search, sort.order, isDescending, offset)
            }
        }
        let received = try await visit.registry.listSharedImages(
            SharedImageList(of: .received), offset: 0, limit: 0, by: visit.actor)
        let isFirstUse = images.total == 0 && search.isEmpty && !onlyShared
        let filters = [("q", search), ("shared", onlyShared ? "1" : "")]
        let order = isDescending ? "desc" : "asc"
        let content = Content(
            total: Figures.count(images.total), sharedTotal: Figures.count(received.total), search: search,
            onlyShared: onlyShared, firstUse: isFirstUse ? try await firstUse(visit) : nil,
            notice: try await notice(visit),
            sort: sort.word, order: order,
            columns: columns(visit.texts, filters: filters, sort: sort.word, isDescending: isDescending, onlyShared),
            rows: images.elements.map { row($0, visit.texts) },
            none: visit.texts[onlyShared && search.isEmpty ? "images.noneShared" : "images.none"],
            paging: Paging(page: page, total: images.total, texts: visit.texts) { number in
                "/console/images"
                    + ConsoleAddress.query(filters + [("sort", sort.word), ("order", order), ("page", "\(number)")])
            })
        return ConsolePage(
            title: visit.texts["images.title"], template: "private-images", section: .images, content: content
        ).response(visit)
    }

    /// That an image was deleted by the form that led here, if it is not there.
    private static func notice(_ visit: Visit) async throws -> String? {
        guard visit.done == "deleted", let name = visit.query["image"].flatMap({ try? RepositoryName(parsing: $0) })
        else { return nil }
        do {
            _ = try await visit.registry.describeRepository(name, by: visit.actor)
            return nil
        } catch let error as AdministrationError
            where error.code == .repositoryUnknown || error.code == .organizationUnknown
        {
            return visit.texts("images.deleted", ["image": name.description])
        }
    }

    private static func firstUse(_ visit: Visit) async throws -> FirstUse {
        let session = try visit.signedIn
        let found = try await visit.registry.listOrganizations(by: visit.actor)
        if let pushable = found.first(where: { $0.permission.map { $0 >= .write } ?? false }) {
            return FirstUse(
                push: Push(
                    user: session.user.description, host: visit.publicAddress.host,
                    organization: pushable.organization.name.description))
        }
        guard !session.isAdmin else { return FirstUse(createsOrganization: true) }
        return FirstUse(advice: visit.texts("images.empty.ask", ["names": try await visit.administrators()]))
    }

    private static func all(
        _ visit: Visit, _ search: String, _ order: RepositoryOrder, _ isDescending: Bool, _ offset: Int
    ) async throws -> CountedPage<Repository> {
        let page = try await visit.registry.listRepositories(
            matching: RepositoryFilter(fullName: search.isEmpty ? nil : search), order: order,
            descending: isDescending, offset: offset, limit: Paging.size, countingShares: true, by: visit.actor)
        return CountedPage(elements: page.entries.map(\.repository), total: page.total)
    }

    private static func shared(
        _ visit: Visit, _ search: String, _ column: SharedImageSelection.Column, _ isDescending: Bool, _ offset: Int
    ) async throws -> CountedPage<Repository> {
        var list = SharedImageList(of: .given)
        (list.column, list.isDescending, list.hasEffectiveShare) = (column, isDescending, true)
        if !search.isEmpty { list.fullName = search }
        let page = try await visit.registry.listSharedImages(
            list, offset: offset, limit: Paging.size, countingShares: true, by: visit.actor)
        return CountedPage(elements: page.elements.map(\.repository), total: page.total)
    }

    private static func columns(
        _ texts: Texts, filters: [(String, String)], sort: String, isDescending: Bool, _ onlyShared: Bool
    ) -> [Column] {
        let sortable = Set(orders.filter { !onlyShared || $0.column != nil }.map(\.word))
        return ["name", "organization", "tags", "size", "updated", "downloads", "visibility", "sharing"].map { word in
            let next = word == sort ? (isDescending ? "asc" : "desc") : (falling.contains(word) ? "desc" : "asc")
            return Column(
                label: texts["images.column.\(word)"], isNumber: ["tags", "size", "downloads"].contains(word),
                address: sortable.contains(word)
                    ? "/console/images" + ConsoleAddress.query(filters + [("sort", word), ("order", next)]) : nil,
                sorted: word == sort ? (isDescending ? "descending" : "ascending") : nil)
        }
    }

    private static func row(_ image: Repository, _ texts: Texts) -> Row {
        Row(
            address: ConsoleAddress.image(image.name), name: String(image.name.name),
            organization: String(image.name.organization),
            organizationPage: ConsoleAddress.organization(of: image.name), tags: Figures.count(image.tags),
            size: SizeText.text(of: image.size), updated: Moment(image.updatedAt),
            downloads: Figures.count(image.pulls), isPublic: image.isPublic,
            sharing: image.shares.flatMap { $0 == 0 ? nil : $0 }.map { count in
                Sharing(
                    address: ConsoleAddress.image(image.name, tab: "sharing"),
                    label: count == 1 ? texts["images.shared.one"] : texts("images.shared.many", ["count": "\(count)"]))
            })
    }
}
