import BerthAccess
import BerthDatabase
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@testable import BerthCatalog

@Suite struct CounterTests {
    @Test("after every change of any kind the counters are what a count of everything gives", arguments: 0..<6)
    func anySequence(seed: UInt64) async throws {
        let world = try await World()
        var history = History(seed: seed)
        for step in 0..<150 {
            let change = history.nextChange()
            try await world.catalog.write { try change.apply(to: $0, in: world) }
            let faults = try await world.catalog.read { try $0.countingFaults(of: world) }
            #expect(faults == [], "seed \(seed), step \(step): \(change)")
            guard faults.isEmpty else { return }
        }
    }

    @Test("a repository holds every blob once, however many images refer to it")
    func sharedLayers() async throws {
        let world = try await World()
        let id = try await world.repository()
        let first = try Sample.image(1, config: 10, layers: [100, 101])
        let second = try Sample.image(2, config: 11, layers: [100, 100])
        try await world.catalog.write { catalog throws in
            for blob in [10, 11, 100, 101] { try catalog.push(blob: blob, to: id) }
            try catalog.push(first, tags: ["1"], to: id)
            try catalog.push(second, tags: ["2", "latest"], to: id)
            let bytes = Int64(first.bytes.count + second.bytes.count)
            let all = try #require(try catalog.read.repository(id: id))
            #expect(all.size == bytes + 10 + 11 + 100 + 101 && all.tagCount == 3)
            #expect(
                try catalog.read.usage(of: world.acme.id) == AccountUsage(repositories: 1, tags: 3, bytes: all.size))
            _ = try catalog.removeManifest(first.digest, in: id)
            let left = try #require(try catalog.read.repository(id: id))
            #expect(left.size == Int64(second.bytes.count) + 11 + 100 && left.tagCount == 2)
            _ = try catalog.removeRepository(id)
            #expect(try catalog.read.usage(of: world.acme.id) == AccountUsage.none)
        }
    }

    @Test("an index is as large as the images in it, also when those come later or go")
    func indexes() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try Sample.image(1, config: 10, layers: [100])
        let late = try Sample.image(2, config: 10, layers: [200])
        try await world.catalog.write { catalog throws in
            for blob in [10, 100] { try catalog.push(blob: blob, to: id) }
            try catalog.push(other, to: id)
            try catalog.push(.index(3, children: [1, 2]), to: id)
            try catalog.push(.index(4, children: [3]), to: id)
            #expect(try catalog.read.imageSizes(in: id) == [1: 110, 3: 110, 4: 110])
            try catalog.push(late, to: id)
            #expect(try catalog.read.imageSizes(in: id) == [1: 110, 2: 10, 3: 120, 4: 120])
            try catalog.push(blob: 200, to: id)
            #expect(try catalog.read.imageSizes(in: id) == [1: 110, 2: 210, 3: 320, 4: 320])
            _ = try catalog.removeManifest(other.digest, in: id)
            #expect(try catalog.read.imageSizes(in: id) == [2: 210, 3: 210, 4: 210])
        }
    }

    @Test("indexes that list indexes that list indexes have no sum that a number cannot hold")
    func tower() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 1_000_000, to: id)
            try catalog.push(.image(1, config: 1_000_000), to: id)
            try catalog.push(.image(2, config: 1_000_000, layers: [2]), to: id)
            for level in 1..<80 {
                try catalog.push(.index(2 * level + 1, children: [2 * level - 1, 2 * level]), to: id)
                try catalog.push(.index(2 * level + 2, children: [2 * level, 2 * level - 1]), to: id)
            }
            #expect(try catalog.read.imageSizes(in: id)[160] == ImageSize.maximum)
        }
        #expect(try await world.catalog.read { try $0.countingFaults(of: world) } == [])
    }

    @Test("S-63 a blob that comes late is counted once in each index above it, however many ways lead there")
    func manyWays() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            func changedRows() throws -> Int64 {
                try #require(try catalog.read.database.first("SELECT total_changes() AS n")).integer("manifests", "n")
            }
            // Each index lists all below it, and the lowest has the highest digest.
            let lowest = 1000
            let levels = 40
            try catalog.push(.image(lowest, config: 10, layers: [5]), to: id)
            for level in 1...levels {
                try catalog.push(.index(lowest - level, children: Array(lowest - level + 1...lowest)), to: id)
            }
            let before = try changedRows()
            try catalog.push(blob: 5, to: id)
            #expect(try changedRows() - before <= Int64(levels + 10))
            #expect(try catalog.read.imageSizes(in: id)[lowest - levels] == 5 << Int64(levels - 1))
        }
        #expect(try await world.catalog.read { try $0.countingFaults(of: world) } == [])
    }

    @Test("counters that are wrong are found and mended")
    func mending() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 10, to: id)
            try catalog.push(.image(1, config: 10), tags: ["1"], to: id)
            try catalog.push(.index(2, children: [1]), to: id)
        }
        let right = try await world.catalog.read { try $0.repository(id: id) }
        for damage: SQL in [
            "UPDATE repositories SET size = 7, tag_count = 9", "UPDATE manifests SET image_size = 3",
            "UPDATE manifest_blobs SET size = 99",
        ] {
            try await world.execute(damage)
            #expect(try await world.catalog.read { try $0.recount(of: id)?.isExact } == false)
            #expect(try await world.catalog.write { try $0.mendCounters(of: id) })
            #expect(try await world.catalog.write { try $0.mendCounters(of: id) } == false)
            #expect(try await world.catalog.read { try $0.repository(id: id) } == right)
        }
        for damage: SQL in ["UPDATE account_usage SET bytes = -1", "DELETE FROM account_usage"] {
            try await world.execute(damage)
            #expect(try await world.catalog.write { try $0.mendUsage(of: world.acme.id) })
            #expect(try await world.catalog.write { try $0.mendUsage(of: world.acme.id) } == false)
            _ = try await world.catalog.write { try $0.mendUsage(of: world.guest.id) }
        }
        try await world.execute("UPDATE organizations SET repository_count = 5")
        #expect(try await world.catalog.read { try $0.wrongRepositoryCounts().map(\.counted) } == [1])
        #expect(try await world.catalog.write { try $0.mendRepositoryCounts() } == 1)
        #expect(try await world.catalog.read { try $0.countingFaults(of: world) } == [])
    }
}

/// One random change after another, out of few repositories, blobs and manifests so that they meet.
private struct History {
    enum Change: CustomStringConvertible {
        case pushBlob(Int, String)
        case pushImage(number: Int, config: Int, layers: [Int], tags: [String], String)
        case pushIndex(number: Int, children: [Int], tags: [String], String)
        case removeTag(String, String)
        case removeManifest(Int, String)
        case removeBlob(Int, String)
        case removeRepository(String)
        case removeOrganization(String)
        case collectGarbage

        var description: String { "\(String(reflecting: self))" }
    }

    private var numbers: SeededGenerator

    init(seed: UInt64) { numbers = SeededGenerator(seed: seed) }

    mutating func nextChange() -> Change {
        let repository = ["team/app", "team/web/api", "crew/app"][below(3)]
        switch below(32) {
        case 0..<8: return .pushBlob(blob(), repository)
        case 8..<17:
            let number = 1 + below(6)
            // What a manifest says follows from its number, as it follows from a digest.
            return .pushImage(
                number: number, config: 100 + number % 3, layers: [110 + number % 4, 120 + number % 2],
                tags: tags(), repository)
        case 17..<22:
            let number = 11 + below(4)
            let children = number == 14 ? [11, 12, 3] : [number - 10, number - 9, number - 7]
            return .pushIndex(number: number, children: children, tags: tags(), repository)
        case 22..<25: return .removeTag("t\(below(4))", repository)
        case 25..<28:
            let number = below(10)
            return .removeManifest(number < 6 ? number + 1 : number + 5, repository)
        case 28: return .removeBlob(blob(), repository)
        case 29: return .removeRepository(repository)
        case 30: return below(3) == 0 ? .removeOrganization("crew") : .collectGarbage
        default: return .collectGarbage
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }

    private mutating func blob() -> Int { [100, 101, 102, 110, 111, 112, 113, 120, 121, 130][below(10)] }

    private mutating func tags() -> [String] { (0..<below(3)).map { _ in "t\(below(4))" } }
}

extension History.Change {
    func apply(to catalog: CatalogWriter, in world: World) throws {
        switch self {
        case .pushBlob(let number, let repository):
            try catalog.push(blob: number, to: catalog.repository(repository, of: world))
        case .pushImage(let number, let config, let layers, let tags, let repository):
            let id = try catalog.repository(repository, of: world)
            try catalog.push(.image(number, config: config, layers: layers), tags: tags, to: id)
            try catalog.publishRepository(id, now: World.start)
        case .pushIndex(let number, let children, let tags, let repository):
            let id = try catalog.repository(repository, of: world)
            try catalog.push(.index(number, children: children), tags: tags, to: id)
            try catalog.publishRepository(id, now: World.start)
        case .removeTag(let text, let repository):
            _ = try catalog.removeTag(tag(text), in: catalog.repository(repository, of: world))
        case .removeManifest(let number, let repository):
            _ = try catalog.removeManifest(digest(number), in: catalog.repository(repository, of: world))
        case .removeBlob(let number, let repository):
            let id = try catalog.repository(repository, of: world)
            guard try catalog.read.manifests(usingBlob: digest(number), in: id).isEmpty else { return }
            _ = try catalog.removeBlobLink(digest(number), from: id)
        case .removeRepository(let repository):
            _ = try catalog.removeRepository(catalog.repository(repository, of: world))
        case .removeOrganization(let text):
            guard let organization = try catalog.read.organization(named: OrganizationName(parsing: text)) else {
                return
            }
            for record in try catalog.read.repositories(of: world.acme.id)
            where record.organization == organization.id {
                _ = try catalog.removeRepository(record.id)
            }
            _ = try catalog.removeOrganization(organization.id)
        case .collectGarbage:
            let cutoff = World.start.addingTimeInterval(1)
            for membership in try catalog.read.unreferencedMemberships(before: cutoff) {
                _ = try catalog.deleteUnreferencedMembership(membership, before: cutoff)
            }
            for blob in try catalog.read.unreferencedBlobs(before: cutoff) {
                _ = try catalog.deleteUnreferencedBlob(blob.digest, before: cutoff)
                try catalog.finishBlobRemoval(blob.digest)
            }
            for digest in try catalog.read.unreferencedManifestBodies(before: cutoff) {
                _ = try catalog.deleteUnreferencedManifestBody(digest, before: cutoff)
            }
            for id in try catalog.read.emptyRepositories(before: cutoff) {
                _ = try catalog.deleteEmptyRepository(id, before: cutoff)
            }
        }
    }
}

extension CatalogWriter {
    /// The repository, made with its organization if it is not there.
    fileprivate func repository(_ text: String, of world: World) throws -> RepositoryID {
        let name = name(text)
        if let repository = try read.repository(named: name) { return repository.id }
        let creator = Creator(id: nil, name: "operator")
        let organization = try OrganizationName(parsing: name.organization)
        let owner =
            try read.organization(named: organization)
            ?? insertOrganization(organization, account: world.acme.id, by: creator, now: World.start)
        return try insertRepository(named: name, organization: owner.id, by: creator, now: World.start)
    }
}

extension CatalogReader {
    /// What is counted wrong, by a count of its own and by the catalog's.
    fileprivate func countingFaults(of world: World) throws -> [String] {
        var faults: [String] = []
        for id in try repositoryIDs(after: RepositoryID(rawValue: 0), limit: .max) {
            let record = try repository(id: id)
            if try recount(of: id)?.isExact != true { faults.append("the recount of repository \(id)") }
            if try record?.size != plainSize(of: id) { faults.append("the size of repository \(id)") }
            if try record?.tagCount != tags(in: id).count { faults.append("the tags of repository \(id)") }
        }
        let records = try repositoryIDs(after: RepositoryID(rawValue: 0), limit: .max).compactMap(repository(id:))
        let usage = AccountUsage(
            repositories: records.count(where: \.isPublished), tags: records.reduce(0) { $0 + $1.tagCount },
            bytes: records.reduce(0) { $0 + $1.size })
        if try self.usage(of: world.acme.id) != usage { faults.append("the usage of the account") }
        if try recountedUsage(of: world.acme.id) != usage { faults.append("the recounted usage of the account") }
        for organization in try organizationSummaries(for: nil, named: nil, includesVisible: false) {
            let name = organization.organization.name
            let count = records.count { $0.isPublished && $0.name.organization == name.description }
            if organization.repositoryCount != count { faults.append("the repositories of \(name)") }
        }
        if try !wrongRepositoryCounts().isEmpty { faults.append("the recounted repositories of organizations") }
        return faults
    }

    /// Bytes of the manifests and of the different blobs that they refer to and that the repository holds.
    private func plainSize(of repository: RepositoryID) throws -> Int64 {
        let manifests = try database.rows(
            "SELECT digest, size FROM manifests WHERE repository_id = ?", bind(repository))
        var blobs: Set<Digest> = []
        for row in try database.rows("SELECT blob FROM manifest_blobs WHERE repository_id = ?", bind(repository)) {
            blobs.insert(try row.digest("manifest_blobs", "blob"))
        }
        let held = try blobs.compactMap { try blobSize($0, in: repository) }
        return try manifests.reduce(0) { try $0 + $1.integer("manifests", "size") } + held.reduce(0, +)
    }

    /// Image sizes by the numbers of the manifests.
    fileprivate func imageSizes(in repository: RepositoryID) throws -> [Int: Int64] {
        let rows = try database.rows(
            "SELECT digest, image_size FROM manifests WHERE repository_id = ?", bind(repository))
        var sizes: [Int: Int64] = [:]
        for row in rows {
            let number = try Int(row.digest("manifests", "digest").hex, radix: 16)
            sizes[number ?? 0] = try row.integer("manifests", "image_size")
        }
        return sizes
    }
}
