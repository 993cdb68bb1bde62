import ArgumentParser
import BerthAccess
import BerthOCI
import BerthRegistry
import Foundation

/// `berth share`
struct ShareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "share",
        abstract: "Let other accounts pull private images.",
        discussion: """
            EXAMPLE
              berth share add acme-images/web --with globex --until 2026-12-31
              berth share received globex
            """,
        subcommands: [Add.self, List.self, Show.self, Update.self, Remove.self, Received.self])

    struct Add: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Share an image with an account.",
            discussion: """
                EXAMPLE
                  berth share add acme-images/web --with globex --until 2026-12-31
                  berth share add acme-images/web --with initech --for 36h --description audit

                A date means through the end of that day, UTC. The account must be at home in this region; the image \
                must be private.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument
        @Option(
            name: .customLong("with"), help: ArgumentHelp("The account, by name or id.", valueName: "account"),
            transform: { try AccountReference(parsing: $0) })
        var receiver: AccountReference
        @OptionGroup var validity: Validity
        @Option(help: ArgumentHelp("What it is for, at most 1,000 characters.", valueName: "text"))
        var description = ""

        func validate() throws {
            guard validity.isNamed else { throw ValidationError("name the end: --until, --for or --forever") }
        }

        func run(on registry: Registry, output: Output) async throws {
            let share = try await registry.shareImage(
                target.repository, with: receiver, until: try validity.deadline(now: registry.now()) ?? .forever,
                description: try ShareDescription(parsing: description), by: .dataOperator)
            try output.done(share.sentence(now: registry.now()), json: share.json)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts that an image is shared with.",
            discussion: """
                EXAMPLE
                  berth share list acme-images/web
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument

        func run(on registry: Registry, output: Output) async throws {
            let now = registry.now()
            try output.list(
                try await registry.listShares(of: target.repository, by: .dataOperator),
                hint: "Share it: berth share add \(target.repository) --with ACCOUNT --for 30d",
                columns: ["ACCOUNT", "UNTIL", "STATUS", "SHARED BY", "DESCRIPTION"],
                row: {
                    [
                        $0.receiver.description, PlainWords.deadline($0.deadline, now: now), $0.status.rawValue,
                        $0.creator.name, $0.description,
                    ]
                },
                json: \.json)
        }
    }

    struct Show: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one share.",
            discussion: """
                EXAMPLE
                  berth share show acme-images/web globex
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument
        @OptionGroup var receiver: ReceiverArgument

        func run(on registry: Registry, output: Output) async throws {
            let share = try await registry.showShare(
                of: target.repository, with: receiver.account, by: .dataOperator)
            try output.details(
                [
                    ("Repository", share.repository.description),
                    ("Account", "\(share.receiver) (id \(share.receiverID))"),
                    ("Permission", share.permission.rawValue),
                    ("Until", PlainWords.deadline(share.deadline, now: registry.now())),
                    ("Status", share.status.rawValue), ("Description", share.description),
                    ("Shared by", share.creator.name), ("Created", PlainWords.instant(share.createdAt)),
                    ("Updated", PlainWords.instant(share.updatedAt)),
                ], json: share.json)
        }
    }

    struct Update: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change the end or the description of a share.",
            discussion: """
                EXAMPLE
                  berth share update acme-images/web globex --for 30d
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument
        @OptionGroup var receiver: ReceiverArgument
        @OptionGroup var validity: Validity
        @Option(help: ArgumentHelp("What it is for, at most 1,000 characters.", valueName: "text"))
        var description: String?

        func validate() throws {
            guard validity.isNamed || description != nil else {
                throw ValidationError("name what to change: --until, --for, --forever or --description")
            }
        }

        func run(on registry: Registry, output: Output) async throws {
            let share = try await registry.updateShare(
                of: target.repository, with: receiver.account, until: try validity.deadline(now: registry.now()),
                description: try description.map { try ShareDescription(parsing: $0) }, by: .dataOperator)
            try output.done(share.sentence(now: registry.now()), json: share.json)
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a share at once.",
            discussion: """
                EXAMPLE
                  berth share remove acme-images/web globex
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument
        @OptionGroup var receiver: ReceiverArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeShare(of: target.repository, with: receiver.account, by: .dataOperator)
            try output.done(
                "\(target.repository) is not shared with \(receiver.account) any more.",
                json: ["repository": .text(target.repository), "removed": .text(receiver.account)])
        }
    }

    struct Received: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what an account can pull because it is shared with it, and until when.",
            discussion: """
                EXAMPLE
                  berth share received globex
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var receiver: ReceiverArgument

        func run(on registry: Registry, output: Output) async throws {
            let now = registry.now()
            try output.list(
                try await registry.listReceivedShares(by: receiver.account, for: .dataOperator),
                hint: "Owners share with: berth share add ORG/REPO --with \(receiver.account) --for 30d",
                columns: ["REPOSITORY", "OWNER", "UNTIL", "STATUS", "TAGS", "SIZE", "PULL"],
                row: {
                    [
                        $0.repository.description, $0.owner.description, PlainWords.deadline($0.deadline, now: now),
                        $0.status.rawValue, $0.status == .effective ? "\($0.tags.count)" : "-",
                        PlainWords.size($0.size), $0.pullCommand ?? "-",
                    ]
                },
                json: \.json)
        }
    }
}

/// The account that a share is with.
struct ReceiverArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The account, by name or id.", valueName: "account"),
        transform: { try AccountReference(parsing: $0) })
    var account: AccountReference
}

/// How long a share is good for.
struct Validity: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A date (through its end, UTC), or an instant such as 2026-12-31T18:00:00Z.", valueName: "date"),
        transform: { try DeadlineText.parse(until: $0) })
    var until: Deadline?
    @Option(
        name: .customLong("for"), help: ArgumentHelp("From now on: 90s, 15m, 36h, 30d.", valueName: "duration"),
        transform: {
            _ = try DurationText.parse($0)
            return $0
        })
    var length: String?
    @Flag(help: "Until it is removed.")
    var forever = false

    var isNamed: Bool { until != nil || length != nil || forever }

    func validate() throws {
        guard [until != nil, length != nil, forever].count(where: \.self) <= 1 else {
            throw ValidationError("name only one of --until, --for and --forever")
        }
    }

    /// - Returns: `nil` when none is named.
    func deadline(now: Date) throws -> Deadline? {
        if let length { return try DeadlineText.parse(for: length, from: now) }
        return until ?? (forever ? .forever : nil)
    }
}

extension SharedRepository {
    func sentence(now: Date) -> String {
        "\(receiver) can pull \(repository) \(deadline == .forever ? "" : "until ")"
            + "\(PlainWords.deadline(deadline, now: now))."
    }

    var json: JSON {
        [
            "repository": .text(repository), "account": .text(receiver), "account_id": .text(receiverID),
            "permission": .string(permission.rawValue), "deadline": .deadline(deadline),
            "description": .string(description), "status": .string(status.rawValue),
            "created_at": .instant(createdAt), "created_by": .string(creator.name),
        ]
    }
}

extension ReceivedImage {
    var json: JSON {
        [
            "repository": .text(repository), "owner": .text(owner), "deadline": .deadline(deadline),
            "status": .string(status.rawValue), "tags": .array(tags.map { .text($0) }),
            "size": size.map { .integer($0) } ?? .null, "pull_command": .text(pullCommand),
        ]
    }
}
