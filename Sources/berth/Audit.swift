import ArgumentParser
import BerthAccess
import BerthOCI
import BerthRegistry
import Foundation

/// `berth audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who did what to which image, from where, and how that ended.",
        discussion: """
            EXAMPLE
              berth audit list --repository acme-images/web --since 24h
            """,
        subcommands: [List.self])

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what was done and what was refused, the newest first.",
            discussion: """
                EXAMPLE
                  berth audit list --repository acme-images/web --since 24h
                  berth audit list --account acme --action share
                  berth audit list --action sign-in --since 2026-12-01 --json

                Actions are \(AuditAction.allCases.map(\.rawValue).joined(separator: ", ")); what is before the point of \
                one stands for all of its kind. A running server writes down what is pulled, and who signs in, within \
                a second or two.
                """)

        /// How many records are asked for at once.
        private static let pageSize = 1000

        @OptionGroup var common: CommonOptions
        @Option(
            help: "Only what users of this account did or what was done to what it owns, by name or id.",
            transform: { try AccountReference(parsing: $0) })
        var account: AccountReference?
        @Option(
            help: ArgumentHelp("Only what was done to this one, ORG/REPO.", valueName: "repository"),
            transform: { try RepositoryName(parsing: $0) })
        var repository: RepositoryName?
        @Option(
            help: ArgumentHelp("Only this, such as pull, share.add, or share for all changes of shares."),
            transform: { try AuditActions(parsing: $0) })
        var action: AuditActions?
        @Option(
            help: ArgumentHelp(
                "Only what happened since: 24h, 2026-12-31 or 2026-12-31T18:00:00Z.", valueName: "time"),
            transform: {
                _ = try AuditFilter.since(parsing: $0, now: Date())
                return $0
            })
        var since: String?
        @Option(help: ArgumentHelp("The most records; 0 for all.", valueName: "count"))
        var limit = 100

        func validate() throws {
            guard limit >= 0 else { throw ValidationError("--limit takes a whole number, 0 for all records") }
        }

        func run(on registry: Registry, output: Output) async throws {
            var entries: [AuditEntry] = []
            var filter = AuditFilter(
                account: account, repository: repository, actions: action,
                since: try since.map { try AuditFilter.since(parsing: $0, now: registry.now()) })
            while limit == 0 || entries.count < limit {
                filter.before = entries.last?.id
                filter.limit = limit == 0 ? Self.pageSize : min(Self.pageSize, limit - entries.count)
                let page = try await registry.listAudit(filter, by: .dataOperator)
                entries += page
                if page.count < filter.limit { break }
            }
            try output.list(
                entries, hint: "Records are kept as long as the setting audit.days says",
                columns: ["TIME", "WHO", "ACTION", "RESULT", "IMAGE", "FROM", "TIMES", "DETAIL"],
                row: {
                    [
                        $0.at.rfc3339, $0.actor.isEmpty ? "-" : $0.actor, $0.action.rawValue, $0.result.rawValue,
                        $0.image, $0.address.isEmpty ? "-" : $0.address, "\($0.count)", $0.words,
                    ]
                },
                json: \.json)
        }
    }
}

extension AuditEntry {
    /// `acme-images/web:1`, or with so much of the digest as people tell images apart by.
    fileprivate var image: String {
        let name = repository?.description ?? "-"
        if let tag { return "\(name):\(tag)" }
        return digest.map { "\(name)@\($0.description.prefix(19))" } ?? name
    }

    fileprivate var words: String {
        [isUnderShare ? "under a share" : "", detail].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    var json: JSON {
        [
            "at": .instant(at), "actor": .string(actor), "account": .text(account), "action": .string(action.rawValue),
            "result": .string(result.rawValue), "repository": .text(repository), "reference": .text(tag),
            "digest": .text(digest), "address": address.isEmpty ? .null : .string(address),
            "shared": .boolean(isUnderShare), "detail": .string(detail), "count": .integer(count),
        ]
    }
}
