import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// A running `berth serve` with two accounts: `acme`, which owns organization `ships`, and `globex`.
///
/// Their admin users sign in with access keys, since checking a password takes a second of a debug build's time.
struct Site: Sendable {
    let server: BerthProcess
    let acme: Login
    let globex: Login

    var installation: BerthInstallation { server.installation }
    var client: TestClient { TestClient(server) }

    /// Runs a command on the data of the server, and gives back what it said.
    func berth(_ words: String..., input: String? = nil) async throws -> ToolResult {
        try await installation.run(words, input: input)
    }

    /// Runs a command that must succeed, and gives back what it printed.
    @discardableResult
    func done(_ words: String..., input: String? = nil) async throws -> String {
        try await installation.run(words, input: input).orThrow().value
    }

    /// Runs a command with `--json` that must succeed.
    func json(_ words: String..., input: String? = nil) async throws -> JSONValue {
        try JSONValue(parsing: try await installation.run(words + ["--json"], input: input).orThrow().output)
    }

    /// Makes an access key and gives back the sign-in that the command prints for docker.
    func login(of user: String) async throws -> Login { try await installation.login(of: user) }

    func send(
        _ method: String, _ path: String, as login: Login? = nil, token: String? = nil,
        headers: [(String, String)] = [], body: TestBody = .none
    ) async throws -> TestResponse {
        let credentials = login?.header ?? token.map(TestClient.bearer)
        return try await client.send(method, path, headers: headers + (credentials.map { [$0] } ?? []), body: body)
    }

    /// Gets a token from `/token`; without a login, an anonymous one.
    func token(for login: Login?, scope: String) async throws -> String {
        let response = try await send("GET", "/token?service=berth&scope=\(scope)", as: login)
        try #require(response.status == 200, "\(response.text)")
        return try #require(try JSONValue(parsing: response.text)["token"].text)
    }

    @discardableResult
    func push(_ blob: SampleBlob, to repository: String, as login: Login? = nil) async throws -> TestResponse {
        let response = try await send(
            "POST", "/v2/\(repository)/blobs/uploads/?digest=\(blob.digest)", as: login ?? acme,
            headers: [("Content-Type", "application/octet-stream")], body: .bytes(blob.bytes))
        try #require(response.status == 201, "\(response.text)")
        return response
    }

    /// Pushes an image as `acme` does.
    @discardableResult
    func push(_ image: SampleManifest, to repository: String, tag: String = "1") async throws -> TestResponse {
        for blob in image.blobs { try await push(blob, to: repository) }
        let response = try await send(
            "PUT", "/v2/\(repository)/manifests/\(tag)", as: acme,
            headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
        try #require(response.status == 201, "\(response.text)")
        return response
    }

    /// The status that pulling tag 1 has.
    func pull(_ repository: String, as login: Login? = nil, token: String? = nil) async throws -> Int {
        try await send("GET", "/v2/\(repository)/manifests/1", as: login, token: token).status
    }
}

/// Runs `body` with a server and accounts of its own.
func withSite(_ arguments: [String] = [], _ body: (Site) async throws -> Void) async throws {
    let installation = try BerthInstallation()
    let (acme, globex): (Login, Login)
    do {
        try await installation.run(["account", "add", "acme"]).orThrow()
        try await installation.run(["account", "add", "globex"]).orThrow()
        try await installation.run(["org", "add", "ships", "--account", "acme"]).orThrow()
        acme = try await installation.login(of: "acme")
        globex = try await installation.login(of: "globex")
    } catch {
        installation.remove()
        throw error
    }
    try await withBerthProcess(arguments, in: installation) { server in
        try await body(Site(server: server, acme: acme, globex: globex))
    }
}

/// Runs `body` with a directory in which nothing has been started.
func withInstallation(_ body: (BerthInstallation) async throws -> Void) async throws {
    let installation = try BerthInstallation()
    defer { installation.remove() }
    try await body(installation)
}
