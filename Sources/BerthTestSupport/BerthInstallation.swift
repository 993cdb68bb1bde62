import Foundation

/// A directory with `storage/` and `certs/` of its own, and the built `berth` program to use on them.
package struct BerthInstallation: Sendable {
    /// Absolute path; nothing outside it is written to.
    package let directory: String
    /// Of the first account, `admin`.
    package let adminPassword: String
    private let executable: String
    private let launcher: [String]

    package var storage: String { directory + "/storage" }
    package var certs: String { directory + "/certs" }

    /// - Parameter launcher: A command that runs the command after it, for all that is run here: such as one that enters
    ///   mounts of its own.
    /// - Throws: ``ToolFailure`` when `berth` has not been built.
    package init(launcher: [String] = []) throws {
        self.launcher = launcher
        executable = try Self.builtExecutable()
        directory = FileManager.default.temporaryDirectory.path + "/berth-" + UUID().uuidString.lowercased()
        adminPassword = "admin-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Settings of the person who runs the tests are taken away.
    package var environment: [String: String?] {
        var variables: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("BERTH_") {
            variables.updateValue(nil, forKey: name)
        }
        variables["BERTH_ADMIN_PASSWORD"] = adminPassword
        return variables
    }

    /// The words that run `berth` with these arguments on this directory.
    package func words(_ arguments: [String]) -> [String] {
        launcher + [executable] + arguments + ["--storage", storage, "--certs", certs]
    }

    /// Runs `berth` with these arguments on this directory.
    package func run(_ arguments: [String], input: String? = nil) async throws -> ToolResult {
        try await Tool.run(words(arguments), input: input, environment: environment, timeout: .seconds(120))
    }

    /// Starts `berth` with these arguments on this directory and does not wait for it.
    package func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(words(arguments), environment: environment)
    }

    /// Removes the directory.
    package func remove() {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The program that `swift test` builds next to the tests, or the one named by BERTH_EXECUTABLE.
    private static func builtExecutable() throws -> String {
        if let chosen = ProcessInfo.processInfo.environment["BERTH_EXECUTABLE"] { return chosen }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/berth"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ToolFailure("there is no berth program at \(path): run `swift build`")
        }
        return path
    }
}
