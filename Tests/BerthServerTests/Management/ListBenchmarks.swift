import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// How long pages of the lists of an account with 100,000 repositories take. It asserts nothing; `make bench-lists`
/// runs it.
@Suite(
    "Pages of long lists", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["BERTH_BENCH"] == "1", "BERTH_BENCH=1 runs the benchmarks"))
struct ListBenchmarks {
    private static let organizations = 100
    private static let repositoriesEach = 1000
    private static let rounds = 21

    @Test("medians of pages of 100, total and tags included")
    func pages() async throws {
        let clock = ManualClock()
        let directory = try TemporaryDirectory()
        let registry = try await openTestRegistry(in: directory, clock: clock)
        let users = try await fill(registry, now: clock.now)
        let all = RepositoryFilter()
        for (who, user) in users {
            try await report("\(who): v2, first page") {
                _ = try await page(of: registry, all, by: user)
            }
            try await report("\(who): v2, offset 90,000") {
                _ = try await page(of: registry, all, offset: 90_000, by: user)
            }
            for (name, order) in [
                ("name", RepositoryOrder.name), ("tag_count", .tags), ("namespace", .organization),
                ("is_public", .visibility),
            ] {
                try await report("\(who): v2, by \(name)") {
                    _ = try await page(of: registry, all, order: order, by: user)
                }
            }
            for (name, filter) in [
                ("a part of the name", RepositoryFilter(name: "o-77")),
                ("category", RepositoryFilter(category: "linux")),
                ("one organization", RepositoryFilter(organization: .exactly("org-7"))),
                ("public ones", RepositoryFilter(isPublic: true)),
            ] {
                try await report("\(who): v2, \(name)") {
                    _ = try await page(of: registry, filter, by: user)
                }
            }
            try await report("\(who): v3, from the middle") {
                _ = try await registry.listRepositories(
                    matching: all, after: RepositoryID(rawValue: 50_000), limit: 100, by: user)
            }
            try await report("\(who): organizations") {
                _ = try await registry.listOrganizations(by: user)
            }
        }
    }

    private func page(
        of registry: Registry, _ filter: RepositoryFilter, order: RepositoryOrder = .update, offset: Int = 0,
        by user: Administrator
    ) async throws -> RepositoryPage {
        try await registry.listRepositories(
            matching: filter, order: order, descending: true, offset: offset, limit: 100, by: user)
    }

    private func report(_ what: String, _ work: () async throws -> Void) async throws {
        try await work()
        var times: [Duration] = []
        for _ in 0..<Self.rounds { times.append(try await ContinuousClock().measure(work)) }
        let median = times.sorted()[Self.rounds / 2] / .milliseconds(1)
        let padded = what.padding(toLength: 52, withPad: " ", startingAt: 0)
        print("\(padded) \(String(format: "%8.2f", median)) ms")
    }

    /// Makes the account `big` with its repositories, two tags in each.
    ///
    /// - Returns: Users of it by what they may see.
    private func fill(_ registry: Registry, now: Date) async throws -> [(String, Administrator)] {
        let owner = try AccountName(parsing: "big")
        try await registry.addAccount(owner, by: .dataOperator)
        var random = SeededGenerator(seed: 1)
        let image = try SampleManifest.image()
        let manifest = try Manifest(parsing: image.bytes, contentType: image.mediaType)
        for number in 0..<Self.organizations {
            let name = try OrganizationName(parsing: "org-\(number)")
            try await registry.addOrganization(name, account: .name(owner), by: .dataOperator)
            let instants = (0..<Self.repositoriesEach).map { _ in
                now.addingTimeInterval(Double(Int.random(in: 0..<10_000_000, using: &random)))
            }
            try await registry.catalog.write { catalog in
                let organization = try #require(try catalog.read.organization(named: name))
                for (index, instant) in instants.enumerated() {
                    let id = try catalog.insertRepository(
                        named: RepositoryName(parsing: "\(name)/repo-\(index * Self.organizations + number)"),
                        organization: organization.id, by: Creator(id: nil, name: "operator"), now: now)
                    try catalog.insertManifest(
                        manifest, digest: image.digest, bytes: image.bytes, in: id, by: "operator", now: now)
                    for tag in ["v1", "latest"] {
                        try catalog.setTag(TagName(parsing: tag), to: image.digest, in: id, now: now)
                    }
                    try catalog.publishRepository(id, now: now)
                    try catalog.updateRepository(
                        id, isPublic: index % 50 == 0, description: "what this image is for",
                        category: index % 4 == 0 ? "linux" : "other", now: instant)
                }
            }
        }
        var users: [(String, Administrator)] = [("admin", try await user("big/big", in: registry))]
        for (name, count) in [("one", 1), ("half", Self.organizations / 2), ("all", Self.organizations)] {
            let qualified = try QualifiedUserName(parsing: "big/\(name)")
            try await registry.addUser(qualified, by: .dataOperator)
            for number in 0..<count {
                try await registry.setPermission(
                    .read, on: .organization(OrganizationName(parsing: "org-\(number)")), of: qualified,
                    by: .dataOperator)
            }
            users.append(
                ("\(count) of \(Self.organizations) organizations", try await user("big/\(name)", in: registry)))
        }
        return users
    }

    private func user(_ name: String, in registry: Registry) async throws -> Administrator {
        let name = try QualifiedUserName(parsing: name)
        let user = try #require(try await registry.catalog.read { try $0.user(named: name) })
        return .caller(
            Caller(
                subject: .user(id: user.id, name: name, credentialsVersion: user.credentialsVersion), access: nil))
    }
}
