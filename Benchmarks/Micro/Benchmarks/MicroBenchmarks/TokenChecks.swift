import Benchmark
import BerthAccess
import BerthIdentity
import Foundation

/// Checking an access token: in full, with its ES256 signature, and recalled from memory.
func measureTokenChecks() {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "berth-micro-\(UUID().uuidString)").path(percentEncoded: false)
    let removeDirectory = { try FileManager.default.removeItem(atPath: directory) }

    // The service remembers fewer tokens than take turns, so that none is known when its turn comes.
    Benchmark("Token, ES256", configuration: .init(scalingFactor: .one)) { benchmark, issued in
        let token = issued.tokens[benchmark.currentIteration % issued.tokens.count]
        blackHole(try await issued.service.verify(token))
    } setup: {
        try await IssuedTokens(count: 4, remembered: 2, keysIn: directory)
    } teardown: {
        try removeDirectory()
    }

    Benchmark("Token, recalled") { (benchmark, issued: IssuedTokens) in
        for _ in benchmark.scaledIterations { blackHole(try issued.service.recall(issued.tokens[0])) }
    } setup: {
        let issued = try await IssuedTokens(count: 1, remembered: 2, keysIn: directory)
        _ = try await issued.service.verify(issued.tokens[0])
        return issued
    } teardown: {
        try removeDirectory()
    }
}

/// Access tokens to pull one repository, good for an hour, and the service that issued them.
private struct IssuedTokens {
    let service: TokenService
    let tokens: [String]

    init(count: Int, remembered: Int, keysIn directory: String) async throws {
        let now = Date()
        service = TokenService(
            keys: try TokenKeys(directory: directory, now: now), issuer: "berth", service: "berth",
            cacheCapacity: remembered, now: { Date() })
        let subject = TokenSubject.user(
            id: UserID(rawValue: String(repeating: "0f", count: 16)), name: try QualifiedUserName(parsing: "acme/ci"),
            credentialsVersion: 1)
        let region = try Region(parsing: "region-1")
        var tokens: [String] = []
        for _ in 0..<count {
            let claims = TokenClaims(
                subject: subject,
                access: [TokenAccess(type: "repository", name: "acme-images/web", actions: ["pull"])],
                region: region, issuedAt: now, expiresAt: now.addingTimeInterval(60 * 60))
            tokens.append(try await service.sign(claims))
        }
        self.tokens = tokens
    }
}
