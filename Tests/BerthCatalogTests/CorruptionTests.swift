import BerthAccess
import BerthCatalog
import BerthDatabase
import BerthOCI
import Foundation
import Testing

@Suite struct CorruptionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let table: String
        let column: String
        let sql: SQL
        let read: @Sendable (CatalogReader, World, RepositoryID) throws -> Void
        var testDescription: String { "\(table).\(column)" }

        init(
            _ table: String, _ column: String, _ sql: SQL,
            _ read: @escaping @Sendable (CatalogReader, World, RepositoryID) throws -> Void
        ) {
            (self.table, self.column, self.sql, self.read) = (table, column, sql, read)
        }
    }

    static let cases: [Case] = [
        Case("settings", "value", "INSERT INTO settings (name, value) VALUES ('region', 'a@b')") { catalog, _, _ in
            _ = try catalog.region()
        },
        Case("accounts", "name", "UPDATE accounts SET name = '-' WHERE name = 'acme'") { catalog, _, _ in
            _ = try catalog.accounts()
        },
        Case("accounts", "home_region", "UPDATE accounts SET home_region = ''") { catalog, world, _ in
            _ = try catalog.accessFacts(on: name("team/app"), for: world.dev.id, of: nil)
        },
        Case("accounts", "created_at", "UPDATE accounts SET created_at = 'soon'") { catalog, world, _ in
            _ = try catalog.account(id: world.acme.id)
        },
        Case("users", "name", "UPDATE users SET name = X'FF' WHERE name = 'dev'") { catalog, world, _ in
            _ = try catalog.user(id: world.dev.id)
        },
        Case("users", "is_admin", "UPDATE users SET is_admin = 2") { catalog, world, _ in
            _ = try catalog.user(id: world.dev.id)
        },
        Case("users", "password_hash", "UPDATE users SET password_hash = X'00'") { catalog, world, _ in
            _ = try catalog.users(of: world.acme.id)
        },
        Case("audit", "action", "UPDATE audit SET action = 'steal'") { catalog, _, _ in
            _ = try catalog.audit(AuditQuery(limit: 1))
        },
        Case("audit", "result", "UPDATE audit SET result = 'perhaps'") { catalog, _, _ in
            _ = try catalog.audit(AuditQuery(limit: 1))
        },
        Case("organizations", "name", "UPDATE organizations SET name = 'UPPER'") { catalog, _, _ in
            _ = try catalog.organizations()
        },
        Case("repositories", "name", "UPDATE repositories SET name = 'team'") { catalog, _, id in
            _ = try catalog.repository(id: id)
        },
        Case("repositories", "is_public", "UPDATE repositories SET is_public = -1") { catalog, _, _ in
            _ = try catalog.repositories()
        },
        Case(
            "organization_permissions", "permission",
            "INSERT INTO organization_permissions (organization_id, user_id, permission) SELECT 1, id, 5 FROM users"
        ) { catalog, world, _ in
            _ = try catalog.accessFacts(on: name("team/app"), for: world.dev.id, of: nil)
        },
        Case("shares", "deadline", "UPDATE shares SET deadline = 'never'") { catalog, world, _ in
            _ = try catalog.accessFacts(on: name("team/app"), for: nil, of: world.guest.id)
        },
        Case("manifests", "subject", "UPDATE manifests SET subject = 'sha256:short'") { catalog, _, id in
            _ = try catalog.manifest(.tag(tag("v1")), in: id)
        },
        Case("manifests", "annotations", "UPDATE manifests SET annotations = '[1'") { catalog, _, id in
            _ = try catalog.manifest(.tag(tag("v1")), in: id)
        },
        Case("manifests", "size", "UPDATE manifests SET size = 1.5") { catalog, _, id in
            _ = try catalog.hasManifest(digest(1), in: id)
        },
        Case("manifest_bodies", "bytes", "UPDATE manifest_bodies SET bytes = 'text'") { catalog, _, id in
            _ = try catalog.manifest(.digest(digest(1)), in: id)
        },
        Case("tags", "name", "UPDATE tags SET name = ''") { catalog, _, id in
            _ = try catalog.tags(of: digest(1), in: id)
        },
        Case("blobs", "digest", "INSERT INTO blobs (digest, size, leased_at) VALUES ('sha256:0', 1, 1)") {
            catalog, _, _ in
            _ = try catalog.storedBlobs()
        },
        Case("blobs", "size", "UPDATE blobs SET size = 'big'") { catalog, _, id in
            _ = try catalog.blobSize(digest(10), in: id)
        },
        Case(
            "blob_removals", "digest", "INSERT INTO blob_removals (digest) VALUES ('md5:0')"
        ) { catalog, _, _ in
            _ = try catalog.pendingBlobRemovals()
        },
        Case("uploads", "algorithm", "UPDATE uploads SET algorithm = 'md5'") { catalog, _, _ in
            _ = try catalog.upload("u")
        },
        Case("access_keys", "sealed_secret", "UPDATE access_keys SET sealed_secret = 'plain'") { catalog, _, _ in
            _ = try catalog.accessKey("KEY")
        },
    ]

    @Test("a row that Berth cannot have written is an error that names table and column", arguments: cases)
    func corrupt(example: Case) async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 10, to: id)
            try catalog.push(.image(1, config: 10), tags: ["v1"], to: id)
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .forever, description: "", by: Creator(id: nil, name: ""),
                now: World.start)
            try catalog.insertUpload(
                UploadRecord(
                    id: "u", repository: id, creator: world.dev.id, algorithm: .sha256, startedAt: World.start))
            _ = try catalog.insertAccessKey("KEY", of: world.dev.id, sealedSecret: [1], now: World.start)
            try catalog.insertAudit(AuditEvent(at: World.start, action: .pull, actor: .anonymous, owner: nil))
        }
        try await world.execute(example.sql)
        let error = await #expect(throws: CatalogError.self) {
            try await world.catalog.read { try example.read($0, world, id) }
        }
        guard case .corrupt(let table, let column, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(table == example.table)
        #expect(column == example.column)
        #expect(error?.description.contains("column \(column) of table \(table)") == true)
    }
}
