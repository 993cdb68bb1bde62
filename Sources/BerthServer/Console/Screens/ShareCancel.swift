import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Asking before a share is ended, and ending it.
enum ShareCancel {
    private struct Content: Sendable {
        let account: String
        let title: String
        let consequence: String
        let end: Moment?
        let back: String
    }

    static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        let receiver = try AccountReference(parsing: visit.query["with"] ?? "")
        let share = try await visit.registry.showShare(of: image.name, with: receiver, by: visit.actor)
        let account = share.receiver.description
        let values: KeyValuePairs = ["account": account, "image": image.name.description]
        return Content(
            account: account, title: visit.texts("cancel.title", values),
            consequence: visit.texts("cancel.consequence", values), end: Moment(share.deadline),
            back: ConsoleAddress.image(image.name, tab: "sharing"))
    }

    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        let account = visit.form["with"] ?? ""
        try await visit.registry.removeShare(
            of: image.name, with: try AccountReference(parsing: account), by: visit.actor)
        return try visit.redirect(
            afterwards: ConsoleAddress.image(image.name, tab: "sharing", ["done": "cancelled", "with": account]))
    }
}
