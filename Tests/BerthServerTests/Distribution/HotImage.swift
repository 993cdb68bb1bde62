import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// An image in `acme/app`, tagged `v1`, that is pulled again and again.
struct HotImage: Sendable {
    /// What is pulled of it.
    enum Item: String, CaseIterable, Sendable {
        case tag, digest, config
        /// A small blob that no manifest needs.
        case loose
    }

    static let repository = "acme/app"
    static let scope = "repository:\(repository):pull"
    static var name: RepositoryName { get throws { try RepositoryName(parsing: repository) } }

    let scenario: Scenario
    let image: SampleManifest
    let loose = SampleBlob("needed by no manifest")

    /// Pushes the image.
    init(_ image: SampleManifest? = nil, in scenario: Scenario) async throws {
        self.scenario = scenario
        self.image = try image ?? SampleManifest.image()
        try await scenario.push(self.image, to: Self.repository, tag: "v1").requiring(201)
        try await scenario.push(loose, to: Self.repository).requiring(201)
    }

    func path(of item: Item) -> String {
        switch item {
        case .tag: "/v2/\(Self.repository)/manifests/v1"
        case .digest: "/v2/\(Self.repository)/manifests/\(image.digest)"
        case .config: "/v2/\(Self.repository)/blobs/\(image.blobs[0].digest)"
        case .loose: "/v2/\(Self.repository)/blobs/\(loose.digest)"
        }
    }

    /// What pulling it gives.
    func bytes(of item: Item) -> [UInt8] {
        switch item {
        case .tag, .digest: image.bytes
        case .config: image.blobs[0].bytes
        case .loose: loose.bytes
        }
    }

    /// A token to pull with; without a persona, an anonymous one.
    func token(for persona: Scenario.Persona?) async throws -> String {
        try await scenario.token(for: persona, scope: Self.scope)
    }

    func pull(
        _ item: Item, by token: String, method: String = "GET", headers: [(String, String)] = []
    ) async throws -> TestResponse {
        try await scenario.client.send(method, path(of: item), headers: headers + [TestClient.bearer(token)])
    }

    /// The statuses of pulling all there is, in the order of ``Item``.
    func statuses(by token: String) async throws -> [Int] {
        var statuses: [Int] = []
        for item in Item.allCases { statuses.append(try await pull(item, by: token).status) }
        return statuses
    }

    /// Pulls all there is, so that it is remembered, and a second time out of memory.
    func warm(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<2 {
            #expect(try await statuses(by: token) == [200, 200, 200, 200], sourceLocation: sourceLocation)
        }
        for item in Item.allCases {
            #expect(try isRemembered(item, by: token), "\(item)", sourceLocation: sourceLocation)
        }
    }

    /// Whether the registry answers this pull at once. Blobs that it does are counted as pulled.
    func isRemembered(_ item: Item, by token: String) throws -> Bool {
        let registry = scenario.registry
        guard let caller = registry.recall(bearer: token) else { return false }
        let name = try Self.name
        func hasManifest(_ reference: ManifestReference) -> Bool {
            registry.recallManifest(reference, from: name, for: caller, isHead: true) != nil
        }
        switch item {
        case .tag: return hasManifest(.tag(try TagName(parsing: "v1")))
        case .digest: return hasManifest(.digest(image.digest))
        case .config: return registry.recallBlob(image.blobs[0].digest, from: name, for: caller) != nil
        case .loose: return registry.recallBlob(loose.digest, from: name, for: caller) != nil
        }
    }

    /// Takes the repository away behind Berth's back, as no change that Berth makes does: whoever asks the catalog finds
    /// nothing, and what is still answered is answered from memory.
    func hideFromCatalog() async throws {
        try await scenario.execute("UPDATE repositories SET name = name || '.hidden'")
        for item in Item.allCases {
            #expect(try await scenario.send("GET", path(of: item)).status == 404, "\(item)")
        }
    }
}

/// An answer without what is new in every one.
struct SeenAnswer: Equatable, CustomStringConvertible {
    private static let newInEveryAnswer: Set<String> = ["date", "x-request-id"]

    let status: Int
    let headers: [String]
    let body: [UInt8]

    var description: String {
        "\(status) \(headers.joined(separator: "; ")) \(String(decoding: body, as: UTF8.self))"
    }

    init(_ response: TestResponse) {
        status = response.status
        headers = response.headers.filter { !Self.newInEveryAnswer.contains($0.name.lowercased()) }
            .map { "\($0.name): \($0.value)" }.sorted()
        body = response.body
    }
}
