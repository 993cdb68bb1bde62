import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import Hummingbird

/// *My images*, second tab: what other accounts share with the user's own.
enum SharedImages {
    static let screen = ConsoleScreen(route: "shared", owns: { $0 == "shared" }, show: show)

    private struct Content: Sendable {
        let total: String
        let privateTotal: String
        let search: String
        let isFirstUse: Bool
        let account: String
        let accountID: String
        let introduction: String
        let rows: [Row]
        let paging: Paging
    }

    private struct Row: Sendable {
        /// `nil` once the share has ended.
        let address: String?
        let name: String
        let size: String?
        let owner: String
        let tags: [String]
        let moreTags: String?
        let state: ShareState
        let end: Moment?
        let pullCommand: String?
        let renewal: String
        let description: String
    }

    /// How many tags a row names.
    private static let shownTags = 3

    private static func show(_ visit: Visit) async throws -> Response {
        let session = try visit.signedIn
        let texts = visit.texts
        let search = String((visit.query["q"] ?? "").prefix(255))
        let received = try await visit.registry.listReceivedShares(by: .id(session.account), for: visit.actor)
        let found = received.filter {
            search.isEmpty || $0.repository.description.contains(search.lowercased())
                || $0.owner.description.contains(search.lowercased())
        }
        let ordered = found.filter { $0.status == .effective } + found.filter { $0.status == .expired }
        let own = try await visit.registry.listRepositories(
            matching: .init(), order: .update, descending: true, offset: 0, limit: 1, by: visit.actor)
        let page = Paging.page(visit.query["page"])
        let now = visit.registry.now()
        let content = Content(
            total: Figures.count(received.count), privateTotal: Figures.count(own.total), search: search,
            isFirstUse: received.isEmpty, account: session.user.account.description,
            accountID: session.account.description,
            introduction: texts("shared.introduction", ["account": session.user.account.description]),
            rows: ordered.dropFirst((page - 1) * Paging.size).prefix(Paging.size).map {
                row($0, host: visit.publicAddress.host, now: now, texts)
            },
            paging: Paging(page: page, total: found.count, texts: texts) { number in
                "/console/shared" + ConsoleAddress.query([("q", search), ("page", "\(number)")])
            })
        return ConsolePage(title: texts["images.title"], template: "shared-images", section: .images, content: content)
            .response(visit)
    }

    private static func row(_ image: ReceivedImage, host: String, now: Date, _ texts: Texts) -> Row {
        let isEffective = image.status == .effective
        let hidden = image.tags.count - shownTags
        var end: Moment?
        if case .until(let date) = image.deadline { end = Moment(date) }
        return Row(
            address: isEffective ? ConsoleAddress.image(image.repository) : nil, name: image.repository.description,
            size: image.size.map(SizeText.text(of:)), owner: image.owner.description,
            tags: image.tags.suffix(shownTags).reversed().map(\.description),
            moreTags: hidden > 0 ? "+\(hidden)" : nil,
            state: ShareState(image.status, until: image.deadline, now: now, texts: texts), end: end,
            pullCommand: image.pullTag.map { PullCommand.text(for: image.repository, $0, registryHost: host) },
            renewal: texts("shared.renewal", ["owner": image.owner.description]),
            description: image.description)
    }
}
