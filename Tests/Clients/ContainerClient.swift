import BerthOCI
import BerthTestSupport

/// One person's machine with one of the clients on it: signed in as nobody at first, with no images.
protocol ContainerClient: Sendable {
    /// Signs in to the registry as `user`.
    func login(_ user: Person) async throws -> ToolResult
    /// Pushes a sample image as `reference` (`127.0.0.1:5000/acme/app:1`).
    func push(_ image: SampleImage, as reference: String) async throws -> ToolResult
    /// Pulls `reference` afresh: whatever the machine had of it before is forgotten first.
    func pull(_ reference: String) async throws -> Pull
    func remove() async
}

/// What a person signs in with: by default the name of an account, which is that of its admin user, and its password.
struct Person: Sendable {
    let name: String
    let password: String

    init(name: String, password: String? = nil) {
        self.name = name
        self.password = password ?? "password of \(name)"
    }

    static let owner = Person(name: "acme")
    static let receiver = Person(name: "globex")
    static let stranger = Person(name: "initech")
}

/// What came of a pull.
struct Pull: Sendable {
    let result: ToolResult
    /// What the client says it has pulled; `nil` after a failure.
    let digest: Digest?

    init(_ result: ToolResult, digest: String? = nil) throws {
        self.result = result
        self.digest = try digest.map { try Digest(parsing: $0) }
    }
}
