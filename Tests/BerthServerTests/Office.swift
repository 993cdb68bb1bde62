import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// A registry with accounts acme (owns organization `ships`), globex and initech, and the repository `ships/ferry`.
struct Office {
    let clock: ManualClock
    let directory: TemporaryDirectory
    let registry: Registry
    let ferry: RepositoryName

    init(settings: RegistrySettings = RegistrySettings()) async throws {
        clock = ManualClock(now: Date(timeIntervalSince1970: 1_795_262_400))  // 2026-11-21T12:00:00Z
        directory = try TemporaryDirectory()
        registry = try await openTestRegistry(in: directory, settings: settings, clock: clock)
        ferry = try RepositoryName(parsing: "ships/ferry")
        for name in ["acme", "globex", "initech"] {
            try await registry.addAccount(try AccountName(parsing: name), by: .dataOperator)
        }
        try await registry.addOrganization(
            try OrganizationName(parsing: "ships"), account: try account("acme"), by: .dataOperator)
        for name in ["acme/manager", "acme/writer", "acme/reader", "acme/nobody", "globex/user"] {
            try await registry.addUser(try QualifiedUserName(parsing: name), by: .dataOperator)
        }
        try await push("ships/ferry")
        for (name, permission) in [
            ("acme/manager", Permission.manage), ("acme/writer", .write), ("acme/reader", .read),
        ] {
            try await registry.setPermission(
                permission, on: .repository(ferry), of: try QualifiedUserName(parsing: name), by: .dataOperator)
        }
    }

    func account(_ text: String) throws -> AccountReference { try AccountReference(parsing: text) }

    /// Makes a published repository with a tag, as a push does.
    func push(_ name: String, tags: [String] = ["1"]) async throws {
        let name = try RepositoryName(parsing: name)
        let organization = try OrganizationName(parsing: name.organization)
        let manifest = Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#.utf8)
        let parsed = try Manifest(parsing: manifest, contentType: .ociIndex)
        let digest = Digest(hashing: manifest, algorithm: .sha256)
        for tag in tags {
            let tag = try TagName(parsing: tag)
            let now = clock.now
            try await registry.catalog.write { catalog in
                let owner = try #require(try catalog.read.organization(named: organization))
                let existing = try catalog.read.repository(named: name)?.id
                let id =
                    try existing
                    ?? catalog.insertRepository(
                        named: name, organization: owner.id, by: Creator(id: nil, name: "operator"), now: now)
                try catalog.insertManifest(parsed, digest: digest, bytes: manifest, in: id, by: "acme/acme", now: now)
                try catalog.setTag(tag, to: digest, in: id, now: now)
                try catalog.publishRepository(id, now: now)
            }
            clock.advance(by: 1)
        }
    }

    /// A signed-in user, as doors make it from good credentials.
    func user(_ name: String, limitedTo access: [TokenAccess]? = nil) async throws -> Administrator {
        let name = try QualifiedUserName(parsing: name)
        let user = try #require(try await registry.catalog.read { try $0.user(named: name) })
        return .caller(
            Caller(
                subject: .user(id: user.id, name: user.qualifiedName, credentialsVersion: user.credentialsVersion),
                access: access))
    }

    @discardableResult
    func share(
        _ name: String = "ships/ferry", with receiver: String = "globex", until deadline: Deadline = .forever,
        by actor: Administrator = .dataOperator
    ) async throws -> SharedRepository {
        try await registry.shareImage(
            try RepositoryName(parsing: name), with: try account(receiver), until: deadline, by: actor)
    }

    func inSeconds(_ seconds: TimeInterval) -> Deadline { .until(clock.now.addingTimeInterval(seconds)) }
}

/// Expects a refusal with a code, and gives its sentence.
@discardableResult
func refusal(
    _ code: AdministrationError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ work: () async throws -> Void
) async -> String {
    let error = await #expect(throws: AdministrationError.self, sourceLocation: sourceLocation) { try await work() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error?.message ?? ""
}
