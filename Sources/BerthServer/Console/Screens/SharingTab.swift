import BerthAccess
import BerthHTTP
import BerthRegistry
import Hummingbird

/// With whom an image is shared.
enum SharingTab {
    private struct Content: Sendable {
        let summary: String
        let rows: [Row]
        /// `nil` where one page shows all.
        let paging: Paging?
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

    static let tab = ImageTab(
        word: "sharing", needsManage: true, show: show, actions: [.share, .editShare, .cancelShare], act: act,
        notice: notice)

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        switch visit.askedAction {
        case .share, .editShare: ImageTab.View("share-form", try await ShareForm.content(visit, image))
        case .cancelShare: ImageTab.View("share-cancel", try await ShareCancel.content(visit, image))
        default: ImageTab.View("image-sharing", try await content(visit, image))
        }
    }

    private static func act(_ action: FormAction, _ visit: Visit, _ image: Repository) async throws -> Response {
        action == .cancelShare
            ? try await ShareCancel.submit(visit, image) : try await ShareForm.submit(visit, image)
    }

    private static func notice(_ visit: Visit, _ image: Repository) async throws -> String? {
        guard let done = visit.done, ["shared", "changed", "cancelled"].contains(done), image.shares != nil,
            let account = visit.query["with"], let receiver = try? AccountReference(parsing: account)
        else { return nil }
        let share = try await visit.registry.findShare(of: image.name, with: receiver, by: visit.actor)
        guard (share?.status == .effective) != (done == "cancelled") else { return nil }
        return visit.texts("sharing.done.\(done)", ["account": account])
    }

    /// - Throws: ``AdministrationError`` `denied` for who may not manage the image.
    private static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        let shares = try await visit.registry.listShares(of: image.name, by: visit.actor)
        let now = visit.registry.now()
        let page = Paging.page(visit.query["page"], of: shares.count)
        var room = TextRoom(bytes: 40_000)
        return Content(
            summary: visit.texts(
                "sharing.summary",
                ["count": "\(image.shares ?? 0)", "most": "\(ShareRules.maximumShares)"]),
            rows: shares.dropFirst((page - 1) * Paging.size).prefix(Paging.size).map { share in
                let account = share.receiver.description
                return Row(
                    account: account, end: Moment(share.deadline),
                    state: ShareState(share.status, until: share.deadline, now: now, texts: visit.texts),
                    description: room.fit(share.description, atMost: ShareDescription.maximumLength),
                    creator: share.creator.name, created: Moment(share.createdAt),
                    about: visit.texts("sharing.about", ["account": account]),
                    edit: ConsoleAddress.image(image.name, tab: "sharing", ["do": "edit", "with": account]),
                    cancel: ConsoleAddress.image(image.name, tab: "sharing", ["do": "cancel", "with": account]))
            },
            paging: shares.count <= Paging.size
                ? nil
                : Paging(page: page, total: shares.count, texts: visit.texts) { number in
                    ConsoleAddress.image(image.name, tab: "sharing", ["page": "\(number)"])
                })
    }
}
