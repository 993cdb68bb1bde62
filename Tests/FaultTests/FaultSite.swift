import BerthOCI
import BerthTestSupport
import Foundation

/// A data directory with account `acme`, its organization `ships` and a sign-in, for one `berth serve` after another.
struct FaultSite: Sendable {
    let installation: BerthInstallation
    let acme: Login
    /// The storage directory for programs that are not among the mounts that the server sees.
    let storage: String

    /// - Parameter outside: What comes before a path to reach it from outside of the mounts that commands see.
    init(in installation: BerthInstallation, outside: String = "") async throws {
        self.installation = installation
        storage = outside + installation.storage
        try await installation.run(["account", "add", "acme"]).orThrow()
        try await installation.run(["org", "add", "ships", "--account", "acme"]).orThrow()
        acme = try await installation.login(of: "acme")
    }

    /// What acme does with a repository of `ships` on a server.
    func client(of server: BerthProcess, _ repository: String = "ferry") -> RepositoryClient {
        RepositoryClient(client: TestClient(server), login: acme, repository: "ships/\(repository)")
    }

    /// Runs `berth verify` and gives back what it found damaged and what nothing speaks of.
    func verify(_ flags: String...) async throws -> VerifyAnswer {
        let result = try await installation.run(["verify", "--json"] + flags)
        guard let answer = try? JSONDecoder().decode(VerifyAnswer.self, from: Data(result.output.utf8)) else {
            throw ToolFailure("\(result)")
        }
        guard (result.status == 0) == answer.damaged.isEmpty || !flags.isEmpty else { throw ToolFailure("\(result)") }
        return answer
    }
}

/// What `berth verify --json` prints.
struct VerifyAnswer: Decodable, Sendable {
    let damaged: [String]
    let orphans: [String]
}

/// Runs `body` with a directory of its own, which is removed in the end.
func withFaultSite(
    launcher: [String] = [], _ body: (FaultSite) async throws -> Void
) async throws {
    let installation = try BerthInstallation(launcher: launcher)
    defer { installation.remove() }
    try await body(try await FaultSite(in: installation))
}

/// Runs `body` with a server on a directory of its own, and a client of its repository `ships/ferry`.
func withFaultServer(
    _ arguments: [String] = [], launcher: [String] = [],
    _ body: (FaultSite, BerthProcess, RepositoryClient) async throws -> Void
) async throws {
    try await withFaultSite(launcher: launcher) { site in
        try await withBerthProcess(arguments, in: site.installation) { server in
            try await body(site, server, site.client(of: server))
        }
    }
}
