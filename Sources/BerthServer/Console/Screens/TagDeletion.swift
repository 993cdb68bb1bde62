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
        /// Why it was not deleted.
        let failure: String?
        let digest: ShownDigest
        let pulled: Moment?
        let back: String
    }

    /// Where it is asked.
    static func address(of tag: TagName, in image: RepositoryName) -> String {
        ConsoleAddress.image(
            image, tab: "tags", ["do": FormAction.deleteTag.rawValue, "tag": tag.description])
    }

    static func content(
        _ visit: Visit, _ image: Repository, _ tag: TagName, isMoved: Bool = false
    ) async throws -> any Sendable {
        let found = try await visit.registry.showTaggedImage(tag, in: image.name, by: visit.actor)
        let words: KeyValuePairs = ["tag": tag.description, "image": image.name.description]
        return Content(
            tag: tag.description, title: visit.texts("tag.delete.title", words),
            consequence: visit.texts("tag.delete.consequence", words),
            failure: isMoved ? visit.texts("tag.delete.moved", words) : nil, digest: ShownDigest(found.digest),
            pulled: found.pulledAt.map(Moment.init), back: ConsoleAddress.image(image.name, tab: "tags"))
    }

    /// Deletes the tag, unless it names something else by now than what was shown.
    ///
    /// - Throws: ``ImageTab/Refused``, and errors that no field is about.
    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        let tag = try TagName(parsing: visit.form["tag"] ?? "")
        let seen = try visit.form["digest"].map { try Digest(parsing: $0) }
        do {
            try await visit.registry.removeTag(tag, naming: seen, in: image.name, by: visit.actor)
        } catch let error as AdministrationError where error.code == .tagMoved {
            let content = try await content(visit, image, tag, isMoved: true)
            throw ImageTab.Refused(view: ImageTab.View("tag-delete", content), status: .conflict)
        }
        return try visit.redirect(
            afterwards: ConsoleAddress.image(image.name, tab: "tags", ["done": "deleted", "tag": tag.description]))
    }
}
