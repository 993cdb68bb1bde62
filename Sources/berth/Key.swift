import ArgumentParser
import BerthRegistry

/// `berth key`
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Access keys, with which programs sign in.",
        discussion: """
            EXAMPLE
              berth key add acme/ci
            """,
        subcommands: [Add.self, List.self, Disable.self, Remove.self])

    struct Add: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an access key; its secret is shown this once.",
            discussion: """
                EXAMPLE
                  berth key add acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            let key = try await registry.addAccessKey(to: target.user, by: .dataOperator)
            if output.isJSON {
                return try output.write([
                    "access_key": .string(key.accessKey), "secret_key": .string(key.secretKey), "user": .text(key.user),
                ])
            }
            print(
                """
                Access key:  \(key.accessKey)
                Secret key:  \(key.secretKey)   (shown this once)

                Sign in for as long as the key is good:
                  docker login -u \(key.loginName) -p \(key.loginPassword) \(registry.settings.registryHost)
                """)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a user's access keys.",
            discussion: """
                EXAMPLE
                  berth key list acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listAccessKeys(of: target.user, by: .dataOperator),
                hint: "Make one: berth key add \(target.user)",
                columns: ["ACCESS KEY", "STATE", "CREATED"],
                row: { [$0.accessKey, $0.isDisabled ? "disabled" : "enabled", PlainWords.instant($0.createdAt)] },
                json: \.json)
        }
    }

    struct Disable: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse an access key from its next request on.",
            discussion: """
                EXAMPLE
                  berth key disable 4XKQ0Z8N2M6T1V7C9B3A
                """)

        @OptionGroup var common: CommonOptions
        @Argument(help: ArgumentHelp("The access key.", valueName: "access-key"))
        var accessKey: String

        func run(on registry: Registry, output: Output) async throws {
            try await registry.disableAccessKey(accessKey, by: .dataOperator)
            try output.done(
                "Disabled access key \(accessKey).",
                json: ["access_key": .string(accessKey), "disabled": .boolean(true)])
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an access key.",
            discussion: """
                EXAMPLE
                  berth key remove 4XKQ0Z8N2M6T1V7C9B3A
                """)

        @OptionGroup var common: CommonOptions
        @Argument(help: ArgumentHelp("The access key.", valueName: "access-key"))
        var accessKey: String

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removeAccessKey(accessKey, by: .dataOperator)
            try output.done("Removed access key \(accessKey).", json: ["removed": .string(accessKey)])
        }
    }
}

extension AccessKey {
    var json: JSON {
        [
            "access_key": .string(accessKey), "user": .text(user), "disabled": .boolean(isDisabled),
            "created_at": .instant(createdAt),
        ]
    }
}
