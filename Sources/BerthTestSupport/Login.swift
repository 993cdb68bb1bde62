/// What a person signs in with.
package struct Login: Sendable {
    package let name: String
    package let password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    package var header: (String, String) { TestClient.basic(name, password) }
}

extension BerthInstallation {
    /// Makes an access key and gives back the sign-in that the command prints for docker.
    ///
    /// Checking it takes no time; checking a password takes a second of a debug build's time.
    package func login(of user: String) async throws -> Login {
        let result = try await run(["key", "add", user]).orThrow()
        let words = result.output.split(whereSeparator: \.isWhitespace)
        guard let name = words.firstIndex(of: "-u"), let password = words.firstIndex(of: "-p") else {
            throw ToolFailure("names no sign-in: \(result)")
        }
        return Login(name: String(words[name + 1]), password: String(words[password + 1]))
    }
}

extension TestClient {
    /// A client of a server that runs as a process of its own.
    package init(_ server: BerthProcess) {
        let parts = server.authority.split(separator: ":")
        self.init(
            host: parts.first.map(String.init) ?? "", port: parts.last.flatMap { Int($0) } ?? 0,
            tls: server.url.hasPrefix("https"))
    }
}
