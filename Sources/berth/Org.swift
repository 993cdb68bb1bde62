import ArgumentParser
import BerthAccess
import BerthOCI
import BerthRegistry

/// `berth org`
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org",
        abstract: "Organizations: the first part of image names.",
        discussion: """
            EXAMPLE
              berth org add acme-images --account acme
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an organization to an account.",
            discussion: """
                EXAMPLE
                  berth org add acme-images --account acme
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: OrganizationArgument
        @Option(help: "The account that owns it, by name or id.", transform: { try AccountReference(parsing: $0) })
        var account: AccountReference

        func run(on registry: Registry, output: Output) async throws {
            let organization = try await registry.addOrganization(
                target.organization, account: account, by: .dataOperator)
            try output.done(
                "Added organization \(organization.name). \(organization.account) pushes to "
                    + "\(registry.settings.registryHost)/\(organization.name)/NAME:TAG",
                json: organization.json)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the organizations.",
            discussion: """
                EXAMPLE
                  berth org list
                """)

        @OptionGroup var common: CommonOptions

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listOrganizations(by: .dataOperator).map(\.organization),
                hint: "Add one: berth org add NAME --account ACCOUNT",
                columns: ["ORGANIZATION", "ACCOUNT", "CREATED"],
                row: { [$0.name.description, $0.account.description, PlainWords.instant($0.createdAt)] },
                json: \.json)
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an organization that has no repositories.",
            discussion: """
                EXAMPLE
                  berth org remove acme-images
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: OrganizationArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeOrganization(target.organization, by: .dataOperator)
            try output.done(
                "Removed organization \(target.organization).", json: ["removed": .text(target.organization)])
        }
    }
}

/// The organization that a command is about.
struct OrganizationArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The organization.", valueName: "name"),
        transform: { try OrganizationName(parsing: $0) })
    var organization: OrganizationName
}

extension Organization {
    var json: JSON { ["name": .text(name), "account": .text(account), "created_at": .instant(createdAt)] }
}
