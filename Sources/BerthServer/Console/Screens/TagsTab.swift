import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// An image's tags, newest first, and what leads on from them: the detail of one, and deleting it or the whole image.
enum TagsTab {
    private struct Content: Sendable {
        let search: String
        let isEmpty: Bool
        let pushCommand: String
        let rows: [Row]
        let deletion: Deletion?
        let paging: Paging?
    }

    /// What is said before the image is deleted; for who may.
    private struct Deletion: Sendable {
        let title: String
        /// Why it cannot be, while it is shared.
        let obstacle: String?
        let consequence: String
        let sharing: String
    }

    private struct Row: Sendable {
        let name: String
        let address: String
        let digest: ShownDigest
        let platforms: [String]
        let morePlatforms: String?
        let size: String
        let pushed: Moment
        let pulled: Moment?
        /// `nil` for a signature, which nobody runs.
        let pullCommand: String?
        let isSignature: Bool
        /// `nil` for who may not delete it.
        let deletion: String?
    }

    static let tab = ImageTab(
        word: "tags", isOfOwner: false, show: show, actions: [.deleteTag, .deleteImage], act: act, notice: notice)

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        guard let text = visit.query["tag"], visit.done == nil else {
            return ImageTab.View("image-tags", try await content(visit, image))
        }
        if visit.askedAction == .deleteTag { try await ImagePage.require(.deleteTag, visit, image) }
        guard let tag = try? TagName(parsing: text) else { throw ConsoleError.notFound }
        return visit.askedAction == .deleteTag
            ? ImageTab.View("tag-delete", try await TagDeletion.content(visit, image, tag))
            : ImageTab.View("tag-detail", try await TagDetail.content(visit, image, tag))
    }

    private static func act(_ action: FormAction, _ visit: Visit, _ image: Repository) async throws -> Response {
        guard action == .deleteImage else { return try await TagDeletion.submit(visit, image) }
        try await visit.registry.removeRepository(image.name, by: visit.actor)
        return try visit.redirect(
            afterwards: "/console/images"
                + ConsoleAddress.query([("done", "deleted"), ("image", image.name.description)]))
    }

    private static func notice(_ visit: Visit, _ image: Repository) async throws -> String? {
        guard visit.done == "deleted", let tag = visit.query["tag"].flatMap({ try? TagName(parsing: $0) })
        else { return nil }
        do {
            _ = try await visit.registry.showTaggedImage(tag, in: image.name, by: visit.actor)
            return nil
        } catch let error as AdministrationError where error.code == .tagUnknown {
            return visit.texts("tags.deleted", ["tag": tag.description])
        }
    }

    private static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        let search = (visit.query["q"] ?? "").shownAgain
        let selection = TagSelection(
            containing: search.isEmpty ? nil : search, by: .updatedAt, isDescending: true)
        let (found, page) = try await Paging.find(visit.query["page"]) { offset in
            try await visit.registry.listTagSummaries(
                of: image.name, selection, offset: offset, limit: Paging.size, by: visit.actor)
        }
        let host = visit.publicAddress.host
        return Content(
            search: search, isEmpty: found.total == 0 && search.isEmpty,
            pushCommand: "docker push \(host)/\(image.name):1.0",
            rows: found.elements.map { row($0, of: image, host: host) },
            deletion: deletion(of: image, visit.texts),
            paging: Paging(page: page, total: found.total, texts: visit.texts) { number in
                ConsoleAddress.image(image.name, tab: "tags", ["q": search, "page": "\(number)"])
            })
    }

    private static func row(_ summary: TagSummary, of image: Repository, host: String) -> Row {
        let (tag, platforms) = (summary.tag, summary.platforms)
        let isSignature = tag.kind == .signature
        let hidden = platforms.count - platforms.names.count
        return Row(
            name: tag.name.description,
            address: ConsoleAddress.image(image.name, tab: "tags", ["tag": tag.name.description]),
            digest: ShownDigest(tag.digest), platforms: platforms.names,
            morePlatforms: hidden > 0 ? "+\(Figures.count(hidden))" : nil, size: SizeText.text(of: tag.size),
            pushed: Moment(tag.updatedAt), pulled: tag.pulledAt.map(Moment.init),
            pullCommand: isSignature ? nil : PullCommand.text(for: image.name, tag.name, registryHost: host),
            isSignature: isSignature,
            deletion: image.shares == nil ? nil : TagDeletion.address(of: tag.name, in: image.name))
    }

    private static func deletion(of image: Repository, _ texts: Texts) -> Deletion? {
        guard let shares = image.shares else { return nil }
        let name: KeyValuePairs = ["image": image.name.description]
        return Deletion(
            title: texts("tags.deleteImage", name),
            obstacle: shares > 0 ? texts("tags.deleteImage.shared", name) : nil,
            consequence: texts("tags.deleteImage.consequence", name),
            sharing: ConsoleAddress.image(image.name, tab: "sharing"))
    }
}
