import BerthAccess
import BerthCatalog
import BerthDatabase
import BerthOCI
import Foundation
import Testing

@Suite struct ConcurrencyTests {
    @Test("64 writers and 64 readers on two connections each do all their work; nobody meets a locked database")
    func manyAtOnce() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try Catalog(path: world.path)
        let sample = try Sample.image(1, config: 10)
        try await world.catalog.write { try $0.push(sample, to: id) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                let catalog = number.isMultiple(of: 2) ? world.catalog : other
                group.addTask {
                    for step in 0..<4 {
                        try await catalog.write {
                            try $0.push(blob: number * 4 + step + 1, to: id)
                            try $0.setTag(tag("t\(number).\(step)"), to: digest(1), in: id, now: World.start)
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<8 {
                        try await catalog.read { catalog throws in
                            let tags = try catalog.tags(in: id)
                            #expect(tags.count == (try catalog.counts().blobs))
                        }
                        _ = try catalog.version()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await other.read { try $0.tags(in: id).count } == 256)
        #expect(try await world.catalog.integrityCheck() == [])
    }

    @Test("R-35 of many first pushes of one tag the last commit wins, and none fails")
    func firstPushesOfOneTag() async throws {
        let world = try await World()
        let id = try await world.repository()
        let order = try await withThrowingTaskGroup(of: (Int, Digest).self) { group in
            for number in 1...100 {
                group.addTask {
                    try await world.catalog.write { catalog throws in
                        let sample = try Sample.image(number, config: 1000)
                        try catalog.push(sample, tags: ["new"], to: id)
                        return (try catalog.read.counts().manifests, sample.digest)
                    }
                }
            }
            var order: [(Int, Digest)] = []
            for try await one in group { order.append(one) }
            return order
        }
        let last = order.max { $0.0 < $1.0 }
        #expect(order.count == 100)
        #expect(try await world.catalog.read { try $0.manifest(.tag(tag("new")), in: id)?.digest } == last?.1)
    }

    @Test("R-36 who reads a tag while it is being moved sees one version, whole")
    func tagFlip() async throws {
        let world = try await World()
        let id = try await world.repository()
        let samples = try (1...2).map { try Sample.image($0, config: 10, layers: Array(20..<(20 + $0 * 30))) }
        let other = try Catalog(path: world.path)
        try await world.catalog.write { catalog throws in
            for sample in samples { try catalog.push(sample, tags: ["flip"], to: id) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for step in 0..<200 {
                    try await world.catalog.write {
                        try $0.setTag(tag("flip"), to: samples[step % 2].digest, in: id, now: World.start)
                    }
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        let found = try #require(
                            try await other.read { try $0.manifest(.tag(tag("flip")), in: id) })
                        let sample = try #require(samples.first { $0.digest == found.digest })
                        #expect(found.bytes == sample.bytes)
                        #expect(found.size == Int64(sample.bytes.count))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("R-38 of many deletions of one manifest exactly one removes it")
    func concurrentDeletion() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { try $0.push(.image(1, config: 10), tags: ["a"], to: id) }
        let removals = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask { try await world.catalog.write { try $0.removeManifest(digest(1), in: id) } }
            }
            var removals = 0
            for try await isRemoved in group where isRemoved { removals += 1 }
            return removals
        }
        #expect(removals == 1)
    }

    @Test("collecting while others push never takes a blob that a manifest refers to")
    func collectingWhilePushing() async throws {
        let world = try await World()
        let id = try await world.repository()
        let collector = try Catalog(path: world.path)
        let cutoff = World.start.addingTimeInterval(1)
        let pushed = try await withThrowingTaskGroup(of: Set<Int>.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    var pushed = Set<Int>()
                    for step in 0..<40 {
                        let number = 1000 + lane * 100 + step
                        try await world.catalog.write { try $0.push(blob: number, to: id) }
                        let sample = try Sample.image(number + 10_000, config: number)
                        let isThere = try await world.catalog.write { catalog throws in
                            guard try catalog.read.blobSize(digest(number), in: id) != nil else { return false }
                            try catalog.push(sample, to: id)
                            return true
                        }
                        if isThere { pushed.insert(number) }
                    }
                    return pushed
                }
            }
            group.addTask {
                for _ in 0..<60 {
                    for blob in try await collector.read({ try $0.unreferencedBlobs(before: cutoff) }) {
                        try await collector.write {
                            if try $0.deleteUnreferencedBlob(blob.digest, before: cutoff) {
                                try $0.finishBlobRemoval(blob.digest)
                            }
                        }
                    }
                }
                return []
            }
            var pushed = Set<Int>()
            for try await some in group { pushed.formUnion(some) }
            return pushed
        }
        try await world.catalog.read { catalog throws in
            for number in pushed { #expect(try catalog.blobSize(digest(number), in: id) == Int64(number)) }
        }
    }

    @Test("a change by another process is seen by the next question, and the counter says that there was one")
    func otherProcess() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write {
            try $0.upsertShare(
                of: id, with: world.guest.id, deadline: .forever, description: "", by: Creator(id: nil, name: ""),
                now: World.start)
        }
        let before = try world.catalog.version()
        let path = world.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let catalog = try Catalog(path: path)
            try await catalog.write { catalog throws in
                for account in try catalog.read.accounts() {
                    for repository in try catalog.read.repositories() {
                        _ = try catalog.removeShare(of: repository.id, with: account.id)
                    }
                }
            }
            try catalog.close()
        }
        #expect(try world.catalog.version() != before)
        #expect(try await world.catalog.read { try $0.shares(of: id) } == [])
    }

    @Test("a cancelled write leaves nothing")
    func cancellation() async throws {
        let world = try await World()
        let id = try await world.repository()
        let (isWriting, mayEnd) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        let task = Task {
            try await world.catalog.write { catalog throws in
                try catalog.push(blob: 1, to: id)
                isWriting.continuation.yield()
                mayEnd.wait()
            }
        }
        for await _ in isWriting.stream { break }
        task.cancel()
        mayEnd.signal()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await world.catalog.read { try $0.blobSize(digest(1)) } == nil)
    }
}
