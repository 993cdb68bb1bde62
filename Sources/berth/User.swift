import ArgumentParser
import BerthAccess
import BerthRegistry

/// `berth user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Users of accounts, who sign in.",
        discussion: """
            EXAMPLE
              berth user add acme/ci --password-stdin < password.txt
            """,
        subcommands: [Add.self, List.self, SetPassword.self, Disable.self, Enable.self, Remove.self])

    struct Add: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user.",
            discussion: """
                EXAMPLE
                  berth user add acme/ci --password-stdin < password.txt
                  berth grant set acme-images acme/ci write
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument
        @Flag(help: "Give it manage on all that its account owns.")
        var admin = false
        @Flag(help: "Read its password from standard input, one line.")
        var passwordStdin = false

        func run(on registry: Registry, output: Output) async throws {
            let password = passwordStdin ? try StandardInput.password() : nil
            let user = try await registry.addUser(
                target.user, isAdmin: admin, password: password, by: .dataOperator)
            let next =
                password == nil ? " It has no password yet: berth user password \(user.name) --password-stdin" : ""
            try output.done("Added user \(user.name).\(next)", json: user.json)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the users of an account.",
            discussion: """
                EXAMPLE
                  berth user list acme
                """)

        @OptionGroup var common: CommonOptions
        @Argument(help: "The account's name or id.", transform: { try AccountReference(parsing: $0) })
        var account: AccountReference

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listUsers(of: account, by: .dataOperator),
                hint: "Add one: berth user add ACCOUNT/USER",
                columns: ["USER", "ROLE", "STATE", "PASSWORD", "CREATED"],
                row: {
                    [
                        $0.name.description, $0.isAdmin ? "admin" : "user", $0.isDisabled ? "disabled" : "enabled",
                        $0.hasPassword ? "set" : "none", PlainWords.instant($0.createdAt),
                    ]
                },
                json: \.json)
        }
    }

    struct SetPassword: RegistryCommand {
        static let configuration = CommandConfiguration(
            commandName: "password",
            abstract: "Set a user's password; whoever is signed in with the old one is refused at once.",
            discussion: """
                EXAMPLE
                  berth user password acme/ci --password-stdin < password.txt
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument
        @Flag(help: "Read the password from standard input, one line. There is no other way.")
        var passwordStdin = false

        func validate() throws {
            guard passwordStdin else {
                throw ValidationError("hand the password in on standard input, with --password-stdin")
            }
        }

        func run(on registry: Registry, output: Output) async throws {
            try await registry.setPassword(try StandardInput.password(), of: target.user, by: .dataOperator)
            try output.done("Set the password of \(target.user).", json: ["name": .text(target.user)])
        }
    }

    struct Disable: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a user from its next request on.",
            discussion: """
                EXAMPLE
                  berth user disable acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.setDisabled(true, user: target.user, by: .dataOperator)
            try output.done(
                "Disabled \(target.user).", json: ["name": .text(target.user), "disabled": .boolean(true)])
        }
    }

    struct Enable: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a disabled user sign in again.",
            discussion: """
                EXAMPLE
                  berth user enable acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.setDisabled(false, user: target.user, by: .dataOperator)
            try output.done(
                "Enabled \(target.user).", json: ["name": .text(target.user), "disabled": .boolean(false)])
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a user with its keys and permissions.",
            discussion: """
                EXAMPLE
                  berth user remove acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeUser(target.user, by: .dataOperator)
            try output.done("Removed user \(target.user).", json: ["removed": .text(target.user)])
        }
    }
}

/// The user that a command is about.
struct UserArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("ACCOUNT/USER, or ACCOUNT for ACCOUNT/ACCOUNT.", valueName: "user"),
        transform: { try QualifiedUserName(parsing: $0) })
    var user: QualifiedUserName
}

extension User {
    var json: JSON {
        [
            "name": .text(name), "id": .text(id), "admin": .boolean(isAdmin), "disabled": .boolean(isDisabled),
            "has_password": .boolean(hasPassword), "created_at": .instant(createdAt),
        ]
    }
}
