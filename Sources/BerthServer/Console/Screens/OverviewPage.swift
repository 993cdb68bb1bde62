import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthRegistry
import Hummingbird

/// What the account has and shares, in numbers, and thirty days of storage and downloads.
enum OverviewPage {
    static let screen = ConsoleScreen(route: "", owns: { $0.isEmpty }, show: show)

    private struct Content: Sendable {
        let introduction: String
        let isFirstUse: Bool
        let figures: [Figure]
        let plots: [TitledPlot]
    }

    private struct Figure: Sendable {
        let name: String
        let value: String
        let remark: String?
        let address: String?
    }

    private struct TitledPlot: Sendable {
        let id: String
        let title: String
        let remark: String
        /// What a row of the table is about.
        let column: String
        let plot: Plot
    }

    private static func show(_ visit: Visit) async throws -> Response {
        let session = try visit.signedIn
        let account = AccountReference.id(session.account)
        let overview = try await visit.registry.overview(of: account, by: visit.actor)
        let days = try await visit.registry.dailyUsage(of: account, by: visit.actor)
        let content = Content(
            introduction: visit.texts(
                "overview.introduction",
                ["account": overview.name.description, "region": visit.registry.region.description]),
            isFirstUse: overview.repositories == 0, figures: try await figures(visit, overview, days),
            plots: [storage(days, visit.texts), downloads(days, visit.texts)])
        return ConsolePage(
            title: visit.texts["overview.title"], template: "overview", section: .overview, content: content
        ).response(visit)
    }

    private static func figures(_ visit: Visit, _ overview: Overview, _ days: [DailyUsage]) async throws -> [Figure] {
        let texts = visit.texts
        let project = try await visit.registry.showOwnAccount(by: visit.actor).project.id
        let quotas = try await visit.registry.listQuotas(of: project, by: visit.actor)
        func limit(_ quota: Quota, _ text: (Int64) -> String) -> String? {
            quotas.first { $0.quota == quota }?.limit.map { texts("overview.limit", ["limit": text($0)]) }
        }
        func count(_ side: SharingSide, _ narrow: (inout SharedImageList) -> Void) async throws -> Int {
            var list = SharedImageList(of: side)
            narrow(&list)
            return try await visit.registry.listSharedImages(list, offset: 0, limit: 0, by: visit.actor).total
        }
        let given = try await count(.given) { $0.hasEffectiveShare = true }
        let received = try await count(.received) { $0.isEffective = true }
        let expired = try await count(.received) { $0.isEffective = false }
        let tags = texts(
            overview.tags == 1 ? "overview.tags.one" : "overview.tags.many", ["count": Figures.count(overview.tags)])
        let week = days.suffix(7).reduce(0) { $0 + $1.pulls }
        func figure(_ word: String, _ value: String, _ remark: String?, _ address: String? = nil) -> Figure {
            Figure(name: texts["overview.\(word)"], value: value, remark: remark, address: address)
        }
        return [
            figure(
                "images", Figures.count(overview.repositories),
                [limit(.repositories, Figures.count), tags].compactMap(\.self).joined(separator: " · "),
                "/console/images"),
            figure(
                "organizations", Figures.count(overview.organizations), limit(.organizations, Figures.count),
                "/console/organizations"),
            figure("storage", SizeText.text(of: overview.storedBytes), limit(.storage, SizeText.text(of:))),
            figure(
                "downloads", Figures.count(days.reduce(0) { $0 + $1.pulls }),
                texts("overview.week", ["count": Figures.count(week)])),
            figure("given", Figures.count(given), nil, "/console/images?shared=1"),
            figure(
                "received", Figures.count(received),
                expired > 0 ? texts("overview.expired", ["count": Figures.count(expired)]) : nil, "/console/shared"),
        ]
    }

    private static func storage(_ days: [DailyUsage], _ texts: Texts) -> TitledPlot {
        let size: (Int64) -> String = SizeText.text(of:)
        let (first, last) = (size(days.first?.storedBytes ?? 0), size(days.last?.storedBytes ?? 0))
        return TitledPlot(
            id: "storage", title: texts["overview.storage"], remark: texts("overview.storage.now", ["size": last]),
            column: texts["overview.storage"],
            plot: Plot(days.map { ($0.day, $0.storedBytes) }, as: .line, text: size) { from, to in
                texts("overview.storage.summary", ["from": from, "to": to, "first": first, "last": last])
            })
    }

    private static func downloads(_ days: [DailyUsage], _ texts: Texts) -> TitledPlot {
        let sum = Figures.count(days.reduce(0) { $0 + $1.pulls })
        let most = Figures.count(days.map(\.pulls).max() ?? 0)
        let sent = SizeText.text(of: days.reduce(0) { $0 + $1.pulledBytes })
        return TitledPlot(
            id: "downloads", title: texts["overview.downloads.title"],
            remark: texts("overview.downloads.remark", ["count": sum, "size": sent]),
            column: texts["overview.downloads.title"],
            plot: Plot(days.map { ($0.day, $0.pulls) }, as: .bars, text: Figures.count) { from, to in
                texts("overview.downloads.summary", ["from": from, "to": to, "count": sum, "most": most])
            })
    }
}
