import BerthAccess
import BerthCatalog
import Foundation
import Testing

@Suite struct ShareTests {
    private static let end = World.start.addingTimeInterval(3600)

    @Test("a share is made, changed without losing who made it and when, and removed")
    func lifeOfAShare() async throws {
        let world = try await World()
        let id = try await world.repository()
        let later = World.start.addingTimeInterval(60)
        try await world.catalog.write { catalog throws in
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .until(Self.end), description: "for tests",
                by: Creator(id: nil, name: "acme/dev"),
                now: World.start)
            let made = ShareRecord(
                repository: id, repositoryName: name("team/app"), receiver: world.guest.id,
                receiverName: world.guest.name, receiverHomeRegion: r1, deadline: .until(Self.end),
                description: "for tests", creator: Creator(id: nil, name: "acme/dev"), createdAt: World.start,
                updatedAt: World.start)
            #expect(try catalog.read.share(of: id, with: world.guest.id) == made)
            #expect(try catalog.read.shares(of: id) == [made])
            #expect(made.access == Access.Share(receiver: world.guest.id, deadline: .until(Self.end)))

            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .forever, description: "",
                by: Creator(id: nil, name: "acme/other"), now: later)
            let changed = try #require(try catalog.read.share(of: id, with: world.guest.id))
            #expect(changed.deadline == .forever && changed.description == "" && changed.updatedAt == later)
            #expect(changed.creator.name == "acme/dev" && changed.createdAt == World.start)

            #expect(try catalog.removeShare(of: id, with: world.guest.id))
            #expect(try !catalog.removeShare(of: id, with: world.guest.id))
            #expect(try catalog.read.share(of: id, with: world.guest.id) == nil)
        }
    }

    @Test("a share of nothing or with nobody is refused")
    func missing() async throws {
        let world = try await World()
        let id = try await world.repository()
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write {
                try $0.upsertShare(
                    of: RepositoryID(rawValue: 99), with: world.guest.id, deadline: .forever, description: "",
                    by: Creator(id: nil, name: ""),
                    now: World.start)
            }
        }
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write {
                try $0.upsertShare(
                    of: id, with: AccountID(rawValue: "x"), deadline: .forever, description: "",
                    by: Creator(id: nil, name: ""),
                    now: World.start)
            }
        }
    }

    @Test("a share counts up to and not including its deadline, to the millisecond")
    func effectiveUntilDeadline() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .until(Self.end), description: "",
                by: Creator(id: nil, name: ""), now: World.start)
            func count(_ offset: TimeInterval) throws -> Int {
                try catalog.read.effectiveShareCount(
                    of: id, region: r1, now: Self.end.addingTimeInterval(offset))
            }
            #expect(try count(-1) == 1)
            #expect(try count(-0.001) == 1)
            #expect(try count(0) == 0)
            #expect(try count(1) == 0)
            #expect(try catalog.read.effectiveShareCount(of: id, region: r2, now: World.start) == 0)
            try catalog.updateRepository(id, isPublic: true, now: World.start)
            #expect(try count(-1) == 0)
        }
    }

    @Test("the receiver sees what it was given, by whom, how much it is, and also what has expired")
    func received() async throws {
        let world = try await World()
        let first = try await world.repository("team/a")
        let second = try await world.repository("team/b")
        let image = try Sample.image(1, config: 10, layers: [100])
        try await world.catalog.write { catalog throws in
            for blob in [10, 100] { try catalog.push(blob: blob, to: second) }
            try catalog.push(image, tags: ["v1", "v2"], to: second)
            for (repository, deadline) in [(second, Deadline.forever), (first, .until(World.start))] {
                try catalog.upsertShare(
                    of: repository, with: world.guest.id, deadline: deadline, description: "",
                    by: Creator(id: nil, name: ""), now: World.start)
            }
            let received = try catalog.read.sharesReceived(by: world.guest.id)
            #expect(received.map(\.share.repositoryName) == [name("team/a"), name("team/b")])
            #expect(received.map(\.tags) == [0, 2])
            #expect(received.map(\.size) == [0, Int64(110 + image.bytes.count)])
            #expect(received.map(\.share.deadline) == [.until(World.start), .forever])
            #expect(received.allSatisfy { $0.owner == world.acme.id && $0.ownerName == world.acme.name })
            #expect(received.allSatisfy { $0.ownerHomeRegion == r1 && !$0.isPublic })
            #expect(try catalog.read.sharesReceived(by: world.acme.id) == [])
        }
    }

    @Test("shares of a repository are listed by the receiver's name")
    func order() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            for receiver in ["zeta", "Alpha", "beta"] {
                let account = try catalog.insertAccount(
                    AccountName(parsing: receiver), homeRegion: r1, now: World.start)
                try catalog.upsertShare(
                    of: id, with: account.id, deadline: .forever, description: "", by: Creator(id: nil, name: ""),
                    now: World.start)
            }
            let expected = ["Alpha", "beta", "zeta"]
            #expect(try catalog.read.shares(of: id).map(\.receiverName.description) == expected)
            #expect(
                try catalog.read.effectiveShares(of: id, region: r1, now: World.start)
                    .map(\.receiverName.description) == expected)
        }
    }
}
