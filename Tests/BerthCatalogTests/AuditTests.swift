import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation
import Testing

@testable import BerthCatalog

@Suite struct AuditTests {
    private static func event(
        _ action: AuditAction = .pull, at seconds: Double = 0, by account: AccountID? = nil, of owner: AccountID? = nil,
        on repository: RepositoryName? = nil
    ) -> AuditEvent {
        AuditEvent(
            at: World.start.addingTimeInterval(seconds), action: action,
            actor: AuditActor(name: "acme/dev", account: account), owner: owner, repository: repository)
    }

    @Test("a record is read as it was written, whether it has everything or only what it must")
    func roundTrip() async throws {
        let world = try await World()
        let full = AuditEvent(
            at: World.start.addingTimeInterval(0.125), action: .shareAdd, result: .refused,
            actor: AuditActor(name: "guest/\u{1B}[31m“x”", account: world.guest.id), owner: world.acme.id,
            address: "2001:db8::7", repository: name("team/app"), tag: tag("v1"), digest: digest(7), isUnderShare: true,
            detail: "with 船", count: 12)
        let least = Self.event()
        let read = try await world.catalog.write { catalog throws in
            try catalog.insertAudit(full)
            try catalog.insertAudit(least)
            return try catalog.read.audit(AuditQuery(limit: 10))
        }
        #expect(read.map(\.event) == [least, full])
        #expect(read[0].id > read[1].id)
    }

    @Test("records outlive what they tell of")
    func outliving() async throws {
        let world = try await World()
        let event = Self.event(by: world.guest.id, of: world.guest.id, on: name("team/app"))
        let read = try await world.catalog.write { catalog throws in
            try catalog.insertAudit(event)
            _ = try catalog.removeAccount(world.guest.id)
            return try catalog.read.audit(AuditQuery(account: world.guest.id, limit: 10))
        }
        #expect(read.map(\.event) == [event])
    }

    @Test("an account is asked for by what its users did and what was done to its own, each record once, newest first")
    func accounts() async throws {
        let world = try await World()
        let (acme, guest) = (world.acme.id, world.guest.id)
        let events = [
            Self.event(by: acme, of: acme), Self.event(by: guest, of: acme), Self.event(by: acme, of: guest),
            Self.event(by: guest, of: guest), Self.event(), Self.event(.push, by: acme, of: acme),
        ]
        try await world.catalog.write { catalog in for event in events { try catalog.insertAudit(event) } }
        try await world.catalog.read { catalog throws in
            func ids(_ query: AuditQuery) throws -> [Int64] { try catalog.audit(query).map(\.id) }
            #expect(try ids(AuditQuery(account: acme, limit: 10)) == [6, 3, 2, 1])
            #expect(try ids(AuditQuery(account: acme, limit: 2)) == [6, 3])
            #expect(try ids(AuditQuery(account: acme, before: 3, limit: 1)) == [2])
            #expect(try ids(AuditQuery(owner: acme, limit: 10)) == [6, 2, 1])
            #expect(try ids(AuditQuery(account: guest, owner: acme, limit: 10)) == [2])
            #expect(try ids(AuditQuery(account: acme, actions: [.pull], limit: 10)) == [3, 2, 1])
            #expect(try ids(AuditQuery(actions: [], limit: 10)) == [])
            #expect(try ids(AuditQuery(limit: 0)) == [])
        }
    }

    @Test("pulls of single blobs are left out where that is asked for, and nothing else is")
    func blobPulls() async throws {
        let world = try await World()
        var (blob, mounted, deleted) = (Self.event(), Self.event(), Self.event(.delete))
        blob.detail = AuditEvent.blobDetail
        mounted.detail = AuditEvent.blobDetail + ", mounted into team/app"
        deleted.detail = AuditEvent.blobDetail
        let events = [Self.event(), blob, mounted, deleted]
        try await world.catalog.write { catalog in for event in events { try catalog.insertAudit(event) } }
        try await world.catalog.read { catalog throws in
            var query = AuditQuery(limit: 10)
            #expect(try catalog.audit(query).map(\.id) == [4, 3, 2, 1])
            query.hidesBlobPulls = true
            #expect(try catalog.audit(query).map(\.id) == [4, 3, 1])
            query.limit = 2
            #expect(try catalog.audit(query).map(\.id) == [4, 3])
        }
    }

    @Test("a list of an account or of a repository walks an index and sorts nothing but its page")
    func plans() async throws {
        let world = try await World()
        let database = try world.database()
        for (condition, index) in [
            ("a.repository = 'x'", "audit_of_repository"), ("a.actor_account = 'x'", "audit_by_actor"),
            ("a.owner_account = 'x' AND a.action IN (NULL, 'pull')", "audit_of_owner"),
        ] as [(SQL, String)] {
            let plan = try await database.read { database in
                try database.rows(
                    "EXPLAIN QUERY PLAN SELECT a.id FROM audit a WHERE" + condition + "ORDER BY a.id DESC LIMIT 10")
            }
            let words = plan.map { "\($0["detail"] ?? .null)" }.joined()
            #expect(words.contains(index) && !words.contains("TEMP B-TREE"), "\(words)")
        }
        try database.close()
    }

    @Test("the oldest go first, at most so many at once, and none of the instant itself")
    func pruning() async throws {
        let world = try await World()
        try await world.catalog.write { catalog in
            for second in [5, 1, 3, 2, 4] { try catalog.insertAudit(Self.event(at: Double(second))) }
        }
        let end = World.start.addingTimeInterval(4)
        func left() async throws -> [Double] {
            try await world.catalog.read { try $0.audit(AuditQuery(limit: 10)) }
                .map { $0.event.at.timeIntervalSince(World.start) }.sorted()
        }
        #expect(try await world.catalog.write { try $0.pruneAudit(before: end, limit: 2) } == 2)
        #expect(try await left() == [3, 4, 5])
        #expect(try await world.catalog.read { try $0.hasAudit(before: end) })
        #expect(try await world.catalog.write { try $0.pruneAudit(before: end, limit: 2) } == 1)
        #expect(try await left() == [4, 5])
        #expect(try await world.catalog.read { try !$0.hasAudit(before: end) })
    }

    @Test("every action is a group, or has one before its point, and none is twice")
    func actions() {
        let words = AuditAction.allCases.map(\.rawValue)
        #expect(Set(words).count == words.count)
        for action in AuditAction.allCases {
            let parts = action.rawValue.split(separator: ".", omittingEmptySubsequences: false)
            #expect((1...2).contains(parts.count) && parts[0] == action.group && !parts.contains(""))
        }
    }
}
