import BerthTestSupport
import Foundation

/// `berth` as somebody starts it who has set nothing in the environment but what a test says.
struct Program: Sendable {
    private let executable: String

    init(_ installation: BerthInstallation) async throws {
        executable = try await installation.run(["version"]).orThrow().words[0]
    }

    func run(
        _ words: [String], environment: [String: String] = [:], input: String? = nil
    ) async throws -> ToolResult {
        try await Tool.run(
            [executable] + words, input: input, environment: Self.only(environment), timeout: .seconds(60))
    }

    func start(_ words: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess([executable] + words, environment: Self.only(environment))
    }

    private static func only(_ environment: [String: String]) -> [String: String?] {
        var variables: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("BERTH_") {
            variables.updateValue(nil, forKey: name)
        }
        for (name, value) in environment { variables.updateValue(value, forKey: name) }
        return variables
    }
}

extension BerthInstallation {
    /// The flags that name its directories.
    var flags: [String] { ["--storage", storage, "--certs", certs] }
}
