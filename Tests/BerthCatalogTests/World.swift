import BerthAccess
import BerthDatabase
import BerthOCI
import BerthTestBasics
import Foundation

@testable import BerthCatalog

/// A catalog of its own with an account `acme` in region `r1`, its admin, its user `dev`, its organization `team`, and
/// an account `guest`.
struct World: Sendable {
    let directory: TemporaryDirectory
    let catalog: Catalog
    let acme: AccountRecord
    let guest: AccountRecord
    let admin: UserRecord
    let dev: UserRecord
    let team: OrganizationRecord

    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    var path: String { directory.file("berth.sqlite") }

    init() async throws {
        directory = try TemporaryDirectory()
        catalog = try Catalog(path: directory.file("berth.sqlite"))
        (acme, guest, admin, dev, team) = try await catalog.write { catalog throws in
            let region = try Region(parsing: "r1")
            let acme = try catalog.insertAccount(AccountName(parsing: "acme"), homeRegion: region, now: Self.start)
            let guest = try catalog.insertAccount(AccountName(parsing: "guest"), homeRegion: region, now: Self.start)
            return (
                acme, guest,
                try catalog.insertUser(
                    UserName(parsing: "acme"), of: acme.id, isAdmin: true, passwordHash: nil, now: Self.start),
                try catalog.insertUser(
                    UserName(parsing: "dev"), of: acme.id, isAdmin: false, passwordHash: "hash", now: Self.start),
                try catalog.insertOrganization(
                    OrganizationName(parsing: "team"), account: acme.id, by: Creator(id: nil, name: "operator"),
                    now: Self.start)
            )
        }
    }

    /// A published repository in the organization `team`.
    func repository(_ name: String = "team/app", published: Bool = true, at now: Date = start) async throws
        -> RepositoryID
    {
        let team = team.id
        return try await catalog.write { catalog throws in
            let id = try catalog.insertRepository(
                named: RepositoryName(parsing: name), organization: team, by: Creator(id: nil, name: "operator"),
                now: now)
            if published { try catalog.publishRepository(id, now: now) }
            return id
        }
    }

    /// The same data by way of plain SQL.
    func database() throws -> Database { try Database(path: path, migrations: Migration.all) }

    func execute(_ sql: SQL, _ values: [SQLValue] = []) async throws {
        let database = try database()
        try await database.write { _ = try $0.execute(sql, values) }
        try database.close()
    }

    func count(_ sql: SQL) async throws -> Int64 {
        let database = try database()
        let value = try await database.read { try $0.first(sql)?["n"] }
        try database.close()
        guard case .integer(let count) = value else { return -1 }
        return count
    }
}

let r1 = sample { () throws(ParseFailure) in try Region(parsing: "r1") }
let r2 = sample { () throws(ParseFailure) in try Region(parsing: "r2") }

/// The digest with this number as its hex.
func digest(_ number: Int, _ algorithm: Digest.Algorithm = .sha256) -> Digest {
    let hex = String(number, radix: 16)
    return sample { () throws(ParseFailure) in
        try Digest(
            parsing: "\(algorithm.rawValue):" + String(repeating: "0", count: algorithm.hexLength - hex.count) + hex)
    }
}

func tag(_ text: String) -> TagName { sample { () throws(ParseFailure) in try TagName(parsing: text) } }

func name(_ text: String) -> RepositoryName {
    sample { () throws(ParseFailure) in try RepositoryName(parsing: text) }
}

private func sample<Value>(_ make: () throws(ParseFailure) -> Value) -> Value {
    do { return try make() } catch { fatalError("\(error)") }
}

/// An image or index manifest with the digest that the test gives it; the catalog does not hash.
struct Sample {
    let digest: Digest
    let bytes: [UInt8]
    let manifest: Manifest

    static func image(
        _ number: Int, config: Int, layers: [Int] = [], artifactType: String? = nil, subject: Int? = nil,
        annotations: [String: String] = [:]
    ) throws -> Sample {
        var fields = [
            #""schemaVersion":2"#, #""mediaType":"application/vnd.oci.image.manifest.v1+json""#,
            #""config":"# + descriptor(config, "application/vnd.oci.image.config.v1+json"),
            #""layers":["#
                + layers.map { descriptor($0, "application/vnd.oci.image.layer.v1.tar") }
                .joined(separator: ",") + "]",
        ]
        if let artifactType { fields.append(#""artifactType":"\#(artifactType)""#) }
        if let subject {
            fields.append(#""subject":"# + descriptor(subject, "application/vnd.oci.image.manifest.v1+json"))
        }
        if !annotations.isEmpty {
            fields.append(
                #""annotations":"# + String(decoding: try JSONEncoder().encode(annotations), as: UTF8.self))
        }
        return try Sample(number, fields)
    }

    static func index(_ number: Int, children: [Int]) throws -> Sample {
        try Sample(
            number,
            [
                #""schemaVersion":2"#, #""mediaType":"application/vnd.oci.image.index.v1+json""#,
                #""manifests":["#
                    + children.map { descriptor($0, "application/vnd.oci.image.manifest.v1+json") }
                    .joined(separator: ",") + "]",
            ])
    }

    private init(_ number: Int, _ fields: [String]) throws {
        digest = BerthCatalogTests.digest(number)
        bytes = Array(("{" + fields.joined(separator: ",") + "}").utf8)
        manifest = try Manifest(parsing: bytes, contentType: nil)
    }

    private static func descriptor(_ number: Int, _ mediaType: String) -> String {
        #"{"mediaType":"\#(mediaType)","digest":"\#(BerthCatalogTests.digest(number))","size":\#(number)}"#
    }
}

extension CatalogWriter {
    /// Puts a manifest and the tags on it, as a push does.
    func push(_ sample: Sample, tags: [String] = [], to repository: RepositoryID, now: Date = World.start) throws {
        try insertManifest(
            sample.manifest, digest: sample.digest, bytes: sample.bytes, in: repository, by: "acme/dev", now: now)
        for name in tags { try setTag(tag(name), to: sample.digest, in: repository, now: now) }
    }

    /// Puts a blob whose size is its number, as a push does.
    func push(blob number: Int, to repository: RepositoryID, now: Date = World.start) throws {
        try addBlob(digest(number), size: Int64(number), now: now)
        try linkBlob(digest(number), to: repository, now: now)
    }
}
