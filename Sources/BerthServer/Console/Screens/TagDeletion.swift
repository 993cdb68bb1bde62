import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Asking before a tag is deleted, and deleting it.
enum TagDeletion {
    private struct Content: Sendable {
        let tag: String
        let title: String
        let consequence: String
        let digest: ShownDigest
        let pulled: Moment?
        let back: String
    }

    /// Where it is asked.
    static func address(of tag: TagName, in image: RepositoryName) -> String {
        ConsoleAddress.image(
            image, tab: "tags", ["do": FormAction.deleteTag.rawValue, "tag": tag.description])
    }

    static func content(_ visit: Visit, _ image: Repository, _ tag: TagName) async throws -> any Sendable {
        let found = try await visit.registry.showTaggedImage(tag, in: image.name, by: visit.actor)
        let words: KeyValuePairs = ["tag": tag.description, "image": image.name.description]
        return Content(
            tag: tag.description, title: visit.texts("tag.delete.title", words),
            consequence: visit.texts("tag.delete.consequence", words), digest: ShownDigest(found.digest),
            pulled: found.pulledAt.map(Moment.init), back: ConsoleAddress.image(image.name, tab: "tags"))
    }

    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        let tag = try TagName(parsing: visit.form["tag"] ?? "")
        try await visit.registry.removeTag(tag, in: image.name, by: visit.actor)
        return ConsoleResponse.redirect(
            to: ConsoleAddress.image(image.name, tab: "tags", ["done": "deleted", "tag": tag.description]))
    }
}
