import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// What was done with an image: when, by whom, from where, and under which share.
enum ActivityTab {
    private struct Content: Sendable {
        /// Whether the registry keeps no audit log.
        let isOff: Bool
        let keeping: String
        let kinds: [Choice]
        let hasBlobs: Bool
        let rows: [Row]
        let newest: String?
        let older: String?
    }

    private struct Choice: Sendable {
        let word: String
        let label: String
        let isChosen: Bool
    }

    private struct Row: Sendable {
        let time: Moment
        let actor: String
        let action: String
        let isRefused: Bool
        let times: String?
        let tag: String?
        /// The tags that name the manifest now, where the record has none.
        let names: String?
        let digest: ShownDigest?
        let share: String?
        let detail: String?
        let address: String?
    }

    /// Which actions the page shows.
    private enum Kind: String, CaseIterable {
        case all, pulls, pushes, deletions, sharing, settings

        /// `nil` for all.
        var actions: AuditActions? {
            switch self {
            case .all: nil
            case .pulls: AuditActions([.pull])
            case .pushes: AuditActions([.push])
            case .deletions: AuditActions([.delete, .repositoryRemove])
            case .sharing: AuditActions([.shareAdd, .shareUpdate, .shareRemove])
            case .settings:
                AuditActions([.permissionSet, .permissionRemove, .repositoryAdd, .repositoryUpdate])
            }
        }
    }

    /// How many tags of a manifest a row names.
    private static let shownNames = 3

    static let tab = ImageTab(word: "activity", needsManage: true, show: show)

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        ImageTab.View("image-activity", try await content(visit, image))
    }

    /// - Throws: ``AdministrationError`` `denied` for who may not manage the image.
    private static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        let texts = visit.texts
        let days = visit.registry.settings.auditDays
        let kind = visit.query["kind"].flatMap(Kind.init(rawValue:)) ?? .all
        let hasBlobs = visit.query["blobs"] == "1"
        let before = visit.query["before"].flatMap { Int64($0) }
        var filter = AuditFilter(
            repository: image.name, actions: kind.actions, before: before, limit: Paging.size + 1)
        filter.hidesBlobPulls = !hasBlobs
        let found = try await visit.registry.listAudit(filter, by: visit.actor)
        let shown = found.prefix(Paging.size)
        let untagged = Set(shown.compactMap { $0.tag == nil ? $0.digest : nil })
        let names = try await visit.registry.tagNames(
            of: untagged, in: image.name, limit: shownNames + 1, by: visit.actor)
        func address(before: String) -> String {
            ConsoleAddress.image(
                image.name, tab: "activity",
                ["kind": kind == .all ? "" : kind.rawValue, "blobs": hasBlobs ? "1" : "", "before": before])
        }
        return Content(
            isOff: days == 0,
            keeping: days == 1 ? texts["activity.kept.one"] : texts("activity.kept.many", ["count": "\(days)"]),
            kinds: Kind.allCases.map {
                Choice(word: $0.rawValue, label: texts["activity.kind.\($0.rawValue)"], isChosen: $0 == kind)
            },
            hasBlobs: hasBlobs,
            rows: shown.map { entry in
                row(entry, names: entry.tag == nil ? entry.digest.flatMap { names[$0] } : nil, texts)
            },
            newest: before == nil ? nil : address(before: ""),
            older: found.count > shown.count ? shown.last.map { address(before: "\($0.id)") } : nil)
    }

    private static func row(_ entry: AuditEntry, names: [TagName]?, _ texts: Texts) -> Row {
        var share: String?
        if entry.isUnderShare {
            share = entry.account.map { texts("activity.share", ["account": $0]) } ?? texts["activity.share.any"]
        }
        return Row(
            time: Moment(entry.at), actor: actor(of: entry, texts),
            action: texts("activity.action.\(entry.action.rawValue)", or: entry.action.rawValue),
            isRefused: entry.result == .refused,
            times: entry.count > 1 ? texts("activity.times", ["count": Figures.count(entry.count)]) : nil,
            tag: entry.tag?.description, names: names.map { texts("activity.names", ["tags": list($0)]) },
            digest: entry.digest.map(ShownDigest.init), share: share,
            detail: entry.detail.isEmpty ? nil : entry.detail,
            address: entry.address.isEmpty ? nil : entry.address)
    }

    private static func list(_ names: [TagName]) -> String {
        names.prefix(shownNames).map(\.description).joined(separator: ", ") + (names.count > shownNames ? ", …" : "")
    }

    /// The name of a user, or words for who is none.
    private static func actor(of entry: AuditEntry, _ texts: Texts) -> String {
        entry.account == nil ? texts("activity.actor.\(entry.actor)", or: entry.actor) : entry.actor
    }
}
