import ArgumentParser
import BerthAccess
import BerthRegistry
import BerthServer

/// `berth account`
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Accounts: the tenants, which own organizations and receive shares.",
        discussion: """
            EXAMPLE
              berth account add acme --password-stdin < password.txt
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an account and in it the admin user NAME/NAME.",
            discussion: """
                EXAMPLE
                  berth account add acme --password-stdin < password.txt

                The user cannot sign in with a password until it has one: --password-stdin here, or \
                berth user password acme/acme --password-stdin later.
                """)

        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name.", transform: { try AccountName(parsing: $0) })
        var name: AccountName
        @Option(
            help: "Its home region, by default the region of this registry. Recorded as that of new data, too.",
            transform: { try Region(parsing: $0) })
        var region: Region?
        @Flag(help: "Read the password of its admin user from standard input, one line.")
        var passwordStdin = false

        func run() async throws {
            let password = try password()
            let registry = try await CommonOptions.open(try settings())
            let account = try await registry.addAccount(
                name, homeRegion: region, password: password, by: .dataOperator)
            try report(account, hasPassword: password != nil)
        }

        /// The settings; a registry that is to be made gets the account's region.
        private func settings() throws -> Settings {
            var settings = try common.settings()
            if !Registry.holdsData(settings.storage) { settings.region = settings.region ?? region }
            return settings
        }

        private func password() throws -> Password? {
            passwordStdin ? try StandardInput.password() : nil
        }

        private func report(_ account: Account, hasPassword: Bool) throws {
            let next =
                hasPassword
                ? "Its admin user signs in as \(name)."
                : "Set the password of its admin user: berth user password \(name)/\(name) --password-stdin"
            try common.output.done(
                "Added account \(name) with id \(account.id), at home in \(account.homeRegion). \(next)",
                json: account.json)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts with their ids.",
            discussion: """
                EXAMPLE
                  berth account list
                """)

        @OptionGroup var common: CommonOptions

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listAccounts(by: .dataOperator), hint: "Add one: berth account add NAME",
                columns: ["ACCOUNT", "ID", "HOME REGION", "CREATED"],
                row: {
                    [
                        $0.name.description, $0.id.description, $0.homeRegion.description,
                        PlainWords.instant($0.createdAt),
                    ]
                },
                json: \.json)
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an account that owns no organizations.",
            discussion: """
                EXAMPLE
                  berth account remove acme

                Its users, their keys and the shares that it has received go with it.
                """)

        @OptionGroup var common: CommonOptions
        @Argument(help: "Its name or id.", transform: { try AccountReference(parsing: $0) })
        var account: AccountReference

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeAccount(account, by: .dataOperator)
            try output.done("Removed account \(account).", json: ["removed": .text(account)])
        }
    }
}

extension Account {
    var json: JSON {
        ["name": .text(name), "id": .text(id), "region": .text(homeRegion), "created_at": .instant(createdAt)]
    }
}
