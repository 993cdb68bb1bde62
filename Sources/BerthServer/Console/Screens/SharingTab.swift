import BerthAccess
import BerthRegistry
import Hummingbird

/// With whom an image is shared.
enum SharingTab {
    private struct Content: Sendable {
        let summary: String
        let rows: [Row]
    }

    private struct Row: Sendable {
        let account: String
        let end: Moment?
        let state: ShareState
        let description: String
        let creator: String
        let created: Moment
        /// Which share the row's actions are about, for screen readers.
        let about: String
        let edit: String
        let cancel: String
    }

    /// - Throws: ``AdministrationError`` `denied` for who may not manage the image.
    static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        guard image.shares != nil else { return Content(summary: visit.texts["sharing.denied"], rows: []) }
        let shares = try await visit.registry.listShares(of: image.name, by: visit.actor)
        let now = visit.registry.now()
        return Content(
            summary: visit.texts(
                "sharing.summary",
                ["count": "\(image.shares ?? 0)", "most": "\(ShareRules.maximumShares)"]),
            rows: shares.map { share in
                var end: Moment?
                if case .until(let date) = share.deadline { end = Moment(date) }
                let account = share.receiver.description
                return Row(
                    account: account, end: end,
                    state: ShareState(share.status, until: share.deadline, now: now, texts: visit.texts),
                    description: share.description, creator: share.creator.name, created: Moment(share.createdAt),
                    about: visit.texts("sharing.about", ["account": account]),
                    edit: ConsoleAddress.image(image.name, tab: "sharing", ["do": "edit", "with": account]),
                    cancel: ConsoleAddress.image(image.name, tab: "sharing", ["do": "cancel", "with": account]))
            })
    }
}
