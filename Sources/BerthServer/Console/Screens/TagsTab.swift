import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// An image's tags, newest first.
enum TagsTab {
    private struct Content: Sendable {
        let search: String
        let isEmpty: Bool
        let pushCommand: String
        let rows: [Row]
        let paging: Paging
    }

    private struct Row: Sendable {
        let name: String
        let digest: String
        let shortDigest: String
        let platforms: [String]
        let size: String
        let pushed: Moment
        let pullCommand: String
    }

    static let tab = ImageTab(word: "tags", isOfOwner: false, show: show)

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        ImageTab.View("image-tags", try await content(visit, image))
    }

    private static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        let search = String((visit.query["q"] ?? "").prefix(128))
        let page = Paging.page(visit.query["page"])
        let selection = TagSelection(
            containing: search.isEmpty ? nil : search, by: .updatedAt, isDescending: true)
        let found = try await visit.registry.listTaggedImages(
            of: image.name, selection, offset: (page - 1) * Paging.size, limit: Paging.size, by: visit.actor)
        let host = visit.publicAddress.host
        return Content(
            search: search, isEmpty: found.total == 0 && search.isEmpty,
            pushCommand: "docker push \(host)/\(image.name):1.0",
            rows: found.elements.map { row($0, of: image.name, host: host) },
            paging: Paging(page: page, total: found.total, texts: visit.texts) { number in
                ConsoleAddress.image(image.name, tab: "tags", ["q": search, "page": "\(number)"])
            })
    }

    private static func row(_ tag: TaggedImage, of name: RepositoryName, host: String) -> Row {
        let digest = tag.digest.description
        return Row(
            name: tag.name.description, digest: digest, shortDigest: String(digest.prefix(19)) + "…",
            platforms: platforms(of: tag), size: SizeText.text(of: tag.size), pushed: Moment(tag.updatedAt),
            pullCommand: PullCommand.text(for: name, tag.name, registryHost: host))
    }

    /// What an index says that its images run on; nothing for a single image.
    private static func platforms(of tag: TaggedImage) -> [String] {
        guard tag.kind == .index, let text = tag.manifest,
            let manifest = try? Manifest(parsing: Array(text.utf8), contentType: nil)
        else { return [] }
        return manifest.children.compactMap(\.platform).filter { $0.os != "unknown" }.map { platform in
            [platform.os, platform.architecture, platform.variant].compactMap(\.self).joined(separator: "/")
        }
    }
}
