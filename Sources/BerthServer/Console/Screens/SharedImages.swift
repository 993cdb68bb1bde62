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
        let paging: Paging?
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
        /// What the owner says of the share.
        let description: String?
    }

    private static func show(_ visit: Visit) async throws -> Response {
        let session = try visit.signedIn
        let texts = visit.texts
        let search = (visit.query["q"] ?? "").shownAgain
        let own = try await visit.registry.listRepositories(
            matching: .init(), order: .update, descending: true, offset: 0, limit: 1, by: visit.actor)
        var all = 0
        let (found, page) = try await Paging.find(visit.query["page"]) { offset in
            let received = try await visit.registry.listReceivedImages(
                containing: search, offset: offset, limit: Paging.size, by: visit.actor)
            all = received.all
            return received.page
        }
        let now = visit.registry.now()
        var room = TextRoom(bytes: 24_000)
        let content = Content(
            total: Figures.count(all), privateTotal: Figures.count(own.total), search: search,
            isFirstUse: all == 0, account: session.user.account.description,
            accountID: session.account.description,
            introduction: texts("shared.introduction", ["account": session.user.account.description]),
            rows: found.elements.map { row($0, host: visit.publicAddress.host, now: now, &room, texts) },
            paging: Paging(page: page, total: found.total, texts: texts) { number in
                "/console/shared" + ConsoleAddress.query([("q", search), ("page", "\(number)")])
            })
        return ConsolePage(title: texts["images.title"], template: "shared-images", section: .images, content: content)
            .response(visit)
    }

    private static func row(
        _ image: ReceivedImageSummary, host: String, now: Date, _ room: inout TextRoom, _ texts: Texts
    ) -> Row {
        let isEffective = image.status == .effective
        let hidden = (image.tagCount ?? 0) - image.newestTags.count
        return Row(
            address: isEffective ? ConsoleAddress.image(image.repository) : nil, name: image.repository.description,
            size: image.size.map(SizeText.text(of:)), owner: image.owner.description,
            tags: image.newestTags.map(\.description), moreTags: hidden > 0 ? "+\(Figures.count(hidden))" : nil,
            state: ShareState(image.status, until: image.deadline, now: now, texts: texts), end: Moment(image.deadline),
            pullCommand: image.pullTag.map { PullCommand.text(for: image.repository, $0, registryHost: host) },
            renewal: texts("shared.renewal", ["owner": image.owner.description]),
            description: image.description.isEmpty
                ? nil : room.fit(image.description, atMost: ShareDescription.maximumLength))
    }
}
