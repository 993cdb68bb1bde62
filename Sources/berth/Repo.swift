import ArgumentParser
import BerthAccess
import BerthOCI
import BerthRegistry

/// `berth repo`
struct RepoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repo",
        abstract: "Repositories: what images are pushed to.",
        discussion: """
            EXAMPLE
              berth repo show acme-images/web
            """,
        subcommands: [List.self, Show.self, Set.self, Remove.self])

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List repositories.",
            discussion: """
                EXAMPLE
                  berth repo list --account acme
                """)

        @OptionGroup var common: CommonOptions
        @Option(help: "Only those of this account, by name or id.", transform: { try AccountReference(parsing: $0) })
        var account: AccountReference?

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listRepositories(of: account, by: .dataOperator),
                hint: "The first push makes one: docker push \(registry.settings.registryHost)/ORG/NAME:TAG",
                columns: ["REPOSITORY", "ACCOUNT", "VISIBILITY", "TAGS", "SIZE", "SHARES", "UPDATED"],
                row: {
                    [
                        $0.name.description, $0.owner.description, $0.visibility, "\($0.tags)",
                        PlainWords.size($0.size), $0.shares.map(String.init) ?? "-", PlainWords.instant($0.updatedAt),
                    ]
                },
                json: { .object($0.json) })
        }
    }

    struct Show: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a repository and its tags.",
            discussion: """
                EXAMPLE
                  berth repo show acme-images/web
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument

        func run(on registry: Registry, output: Output) async throws {
            let details = try await registry.showRepository(target.repository, by: .dataOperator)
            let repository = details.repository
            var json = repository.json
            json["tags"] = .array(details.tags.map { .text($0) })
            json["pull_command"] = .text(details.pullCommand)
            try output.details(
                [
                    ("Repository", repository.name.description), ("Account", repository.owner.description),
                    ("Visibility", repository.visibility), ("Description", repository.description),
                    ("Tags", details.tags.map(\.description).joined(separator: ", ")),
                    ("Size", PlainWords.size(repository.size)),
                    ("Shared with", PlainWords.count(repository.shares ?? 0, "account")),
                    ("Created", PlainWords.instant(repository.createdAt)),
                    ("Updated", PlainWords.instant(repository.updatedAt)),
                    ("Pull", details.pullCommand ?? "(no tags yet)"),
                ], json: .object(json))
        }
    }

    struct Set: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a repository's visibility or description.",
            discussion: """
                EXAMPLE
                  berth repo set acme-images/web --public --description "the web shop"
                """)

        enum Visibility: String, EnumerableFlag {
            case `public`, `private`
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument
        @Flag(help: "Who may pull it: everyone, or those with a permission or share.")
        var visibility: Visibility?
        @Option(help: ArgumentHelp("What people read about it.", valueName: "text"))
        var description: String?

        func validate() throws {
            guard visibility != nil || description != nil else {
                throw ValidationError("name what to change: --public, --private or --description")
            }
        }

        func run(on registry: Registry, output: Output) async throws {
            let repository = try await registry.updateRepository(
                target.repository, isPublic: visibility.map { $0 == .public },
                description: try description.map { try RepositoryDescription(parsing: $0) }, by: .dataOperator)
            try output.done(
                "Changed \(repository.name), which is \(repository.visibility).", json: .object(repository.json))
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a repository with all its images, unless it is shared.",
            discussion: """
                EXAMPLE
                  berth repo remove acme-images/web

                The space is freed by berth gc.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: RepositoryArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeRepository(target.repository, by: .dataOperator)
            try output.done(
                "Removed repository \(target.repository). berth gc frees its space.",
                json: ["removed": .text(target.repository)])
        }
    }
}

/// The repository that a command is about.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("ORG/REPO.", valueName: "repository"), transform: { try RepositoryName(parsing: $0) })
    var repository: RepositoryName
}

extension Repository {
    var visibility: String { isPublic ? "public" : "private" }

    var json: [String: JSON] {
        [
            "repository": .text(name), "account": .text(owner), "visibility": .string(visibility),
            "description": .string(description), "tag_count": .integer(tags), "size": .integer(size),
            "shares": shares.map { .integer($0) } ?? .null, "created_at": .instant(createdAt),
            "updated_at": .instant(updatedAt),
        ]
    }
}
