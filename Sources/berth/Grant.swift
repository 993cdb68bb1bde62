import ArgumentParser
import BerthAccess
import BerthRegistry

/// `berth grant`
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Permissions of users on their account's organizations and repositories.",
        discussion: """
            EXAMPLE
              berth grant set acme-images acme/ci write

            read lets pull, write also push, manage everything. The larger of a user's permissions on the organization \
            and on the repository counts. To let another account pull, share the image: berth share add.
            """,
        subcommands: [Set.self, List.self, Remove.self])

    struct Set: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user a permission, in place of the one it had there.",
            discussion: """
                EXAMPLE
                  berth grant set acme-images/web acme/ci write
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PermissionTargetArgument
        @OptionGroup var target: UserArgument
        @Argument(
            help: "read, write or manage.",
            transform: { word in
                guard let permission = Permission(word: word) else {
                    throw ValidationError("expected read, write or manage")
                }
                return permission
            })
        var permission: Permission

        func run(on registry: Registry, output: Output) async throws {
            let granted = try await registry.setPermission(
                permission, on: place.target, of: target.user, by: .dataOperator)
            try output.done("\(target.user) has \(permission) on \(place.target).", json: granted.json)
        }
    }

    struct List: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the permissions given on an organization or repository.",
            discussion: """
                EXAMPLE
                  berth grant list acme-images
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PermissionTargetArgument

        func run(on registry: Registry, output: Output) async throws {
            try output.list(
                try await registry.listPermissions(on: place.target, by: .dataOperator),
                hint: "Admin users need none. Give one: berth grant set \(place.target) ACCOUNT/USER read|write|manage",
                columns: ["USER", "PERMISSION"],
                row: { [$0.user.description, $0.permission.description] },
                json: \.json)
        }
    }

    struct Remove: RegistryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a permission back.",
            discussion: """
                EXAMPLE
                  berth grant remove acme-images acme/ci
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var place: PermissionTargetArgument
        @OptionGroup var target: UserArgument

        func run(on registry: Registry, output: Output) async throws {
            try await registry.removePermission(on: place.target, of: target.user, by: .dataOperator)
            try output.done(
                "\(target.user) has no permission of its own on \(place.target) any more.",
                json: ["on": .text(place.target), "user": .text(target.user), "permission": .null])
        }
    }
}

/// The organization or repository that a permission is on.
struct PermissionTargetArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("ORG, or ORG/REPO.", valueName: "target"), transform: { try PermissionTarget(parsing: $0) })
    var target: PermissionTarget
}

extension GrantedPermission {
    var json: JSON { ["on": .text(target), "user": .text(user), "permission": .text(permission)] }
}
