import BerthOCI
import BerthRegistry
import BerthTestSupport

extension Scenario {
    /// Puts the bytes of a manifest and nothing else, under its digest or a tag.
    func put(
        _ manifest: SampleManifest, to repository: String, tag: String? = nil, as persona: Persona = .owner
    ) async throws -> TestResponse {
        try await send(
            "PUT", "/v2/\(repository)/manifests/\(tag ?? manifest.digest.description)", as: persona,
            headers: [("Content-Type", manifest.mediaType.rawValue)], body: .bytes(manifest.bytes))
    }

    /// Sends two requests at the same time and gives both statuses.
    func atOnce(
        _ first: @escaping @Sendable (Scenario) async throws -> TestResponse,
        _ second: @escaping @Sendable (Scenario) async throws -> TestResponse
    ) async throws -> (first: Int, second: Int) {
        async let one = first(self)
        async let other = second(self)
        return (try await one.status, try await other.status)
    }

    /// Sends so many requests at the same time and gives their statuses.
    func atOnce(
        _ count: Int, _ request: @escaping @Sendable (Scenario, Int) async throws -> TestResponse
    ) async throws -> [Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count {
                group.addTask { try await request(self, number).status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
    }

    /// Removes everything that nothing refers to, whatever its age.
    @discardableResult
    func collectGarbage() async throws -> Int {
        server.clock.advance(by: 1)
        return try await registry.collectGarbage(grace: .zero).deletedBlobs
    }
}
