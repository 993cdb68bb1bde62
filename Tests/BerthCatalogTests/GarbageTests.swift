import BerthCatalog
import BerthOCI
import Foundation
import Testing

@Suite struct GarbageTests {
    private static let old = World.start
    private static let cutoff = World.start.addingTimeInterval(100)
    private static let young = World.start.addingTimeInterval(100)

    /// What a dry run says.
    private func plan(_ world: World) async throws -> [Int64] {
        try await world.catalog.read { try $0.unreferencedBlobs(before: Self.cutoff).map(\.size) }
    }

    /// Removes as a collection does and returns the sizes of what went.
    private func collect(_ world: World) async throws -> [Int64] {
        try await world.catalog.write { catalog in
            for membership in try catalog.read.unreferencedMemberships(before: Self.cutoff) {
                #expect(try catalog.deleteUnreferencedMembership(membership, before: Self.cutoff))
            }
        }
        var freed: [Int64] = []
        for blob in try await world.catalog.read({ try $0.unreferencedBlobs(before: Self.cutoff) }) {
            let isDeleted = try await world.catalog.write {
                try $0.deleteUnreferencedBlob(blob.digest, before: Self.cutoff)
            }
            if isDeleted {
                freed.append(blob.size)
                try await world.catalog.write { try $0.finishBlobRemoval(blob.digest) }
            }
        }
        return freed
    }

    @Test("garbage is what no manifest refers to and nobody has relied on; a dry run says what a run frees")
    func blobs() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try await world.repository("team/other")
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 10, to: id, now: Self.old)  // used by a manifest
            try catalog.push(.image(1, config: 10), to: id)
            try catalog.push(blob: 11, to: id, now: Self.old)  // used by nothing
            try catalog.push(blob: 12, to: id, now: Self.young)  // just pushed
            try catalog.push(blob: 13, to: id, now: Self.old)  // just asked for
            _ = try catalog.leaseBlob(digest(13), in: id, now: Self.young)
            try catalog.push(blob: 10, to: other, now: Self.old)  // used in the other repository only
            try catalog.addBlob(digest(14), size: 14, now: Self.old)  // in no repository
            try catalog.addBlob(digest(15), size: 15, now: Self.young)
            try catalog.reserveBlob(digest(16), size: 16, now: Self.old)  // a push that never came
            try catalog.reserveBlob(digest(14), size: 99, now: Self.old)
        }
        #expect(try await plan(world) == [11, 14, 16])
        #expect(try await collect(world) == [11, 14, 16])
        #expect(try await plan(world) == [])
        try await world.catalog.read { catalog throws in
            #expect(try catalog.storedBlobs().map(\.size) == [10, 12, 13, 15])
            #expect(try catalog.blobSize(digest(10), in: id) == 10)
            #expect(try catalog.blobSize(digest(10), in: other) == nil)
            #expect(try catalog.blobSize(digest(12), in: id) == 12)
        }
    }

    @Test("memberships are found page by page, and one that is needed again is kept")
    func memberships() async throws {
        let world = try await World()
        let first = try await world.repository()
        let second = try await world.repository("team/other")
        try await world.catalog.write { catalog throws in
            for blob in 10..<15 {
                for id in [first, second] { try catalog.push(blob: blob, to: id, now: Self.old) }
            }
            try catalog.push(.image(1, config: 12), to: second)
            var found: [BlobMembership] = []
            while case let page = try catalog.read.unreferencedMemberships(
                before: Self.cutoff, after: found.last, limit: 4), !page.isEmpty
            { found += page }
            let all = [first, second].flatMap { id in
                (10..<15).map { BlobMembership(repository: id, digest: digest($0)) }
            }
            let needed = BlobMembership(repository: second, digest: digest(12))
            #expect(found == all.filter { $0 != needed })
            #expect(try !catalog.deleteUnreferencedMembership(needed, before: Self.cutoff))
        }
    }

    @Test("a blob that got a reference, a lease or a link after it was found is not removed")
    func recheck() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            for blob in [10, 11, 12, 13] { try catalog.push(blob: blob, to: id, now: Self.old) }
        }
        #expect(try await plan(world) == [10, 11, 12, 13])
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), to: id)
            _ = try catalog.leaseBlob(digest(11), in: id, now: Self.young)
            try catalog.reserveBlob(digest(12), size: 12, now: Self.young)
            #expect(try !catalog.deleteUnreferencedBlob(digest(10), before: Self.cutoff))
            #expect(try !catalog.deleteUnreferencedBlob(digest(11), before: Self.cutoff))
            #expect(try !catalog.deleteUnreferencedBlob(digest(12), before: Self.cutoff))
            #expect(try catalog.deleteUnreferencedBlob(digest(13), before: Self.cutoff))
            #expect(try !catalog.deleteUnreferencedBlob(digest(13), before: Self.cutoff))
            #expect(try catalog.read.blobSize(digest(13), in: id) == nil)
            #expect(try catalog.read.pendingBlobRemovals() == [digest(13)])
        }
    }

    @Test("while a file is being removed its blob cannot be reserved, added or linked; afterwards it can")
    func removalInProgress() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 10, to: id, now: Self.old)
            #expect(try catalog.deleteUnreferencedBlob(digest(10), before: Self.cutoff))
        }
        await #expect(throws: CatalogError.conflict(.blob)) {
            try await world.catalog.write { try $0.reserveBlob(digest(10), size: 10, now: Self.young) }
        }
        await #expect(throws: CatalogError.conflict(.blob)) {
            try await world.catalog.write { try $0.addBlob(digest(10), size: 10, now: Self.young) }
        }
        await #expect(throws: CatalogError.missing(.blob)) {
            try await world.catalog.write { try $0.linkBlob(digest(10), to: id, now: Self.young) }
        }
        try await world.catalog.write { catalog throws in
            try catalog.finishBlobRemoval(digest(10))
            try catalog.finishBlobRemoval(digest(10))
            #expect(try catalog.read.pendingBlobRemovals() == [])
            try catalog.reserveBlob(digest(10), size: 10, now: Self.young)
            #expect(try catalog.addBlob(digest(10), size: 10, now: Self.young))
            try catalog.linkBlob(digest(10), to: id, now: Self.young)
        }
    }

    @Test("a push whose reservation was collected meanwhile is told so")
    func lostReservation() async throws {
        let world = try await World()
        try await world.catalog.write { catalog throws in
            try catalog.reserveBlob(digest(10), size: 10, now: Self.old)
            #expect(try catalog.deleteUnreferencedBlob(digest(10), before: Self.cutoff))
            try catalog.finishBlobRemoval(digest(10))
            #expect(try !catalog.addBlob(digest(10), size: 10, now: Self.young))
        }
    }

    @Test("bytes of manifests that no repository has go after the grace; pushing one again keeps it")
    func manifestBodies() async throws {
        let world = try await World()
        let id = try await world.repository()
        let gone = try Sample.image(1, config: 10)
        let kept = try Sample.image(2, config: 10)
        try await world.catalog.write { catalog throws in
            try catalog.push(gone, to: id, now: Self.old)
            try catalog.push(kept, to: id, now: Self.old)
            _ = try catalog.removeManifest(digest(1), in: id)
            #expect(try catalog.read.unreferencedManifestBodies(before: Self.old) == [])
            #expect(try catalog.read.unreferencedManifestBodies(before: Self.cutoff) == [digest(1)])
            #expect(try catalog.deleteUnreferencedManifestBody(digest(1), before: Self.cutoff))
            #expect(try !catalog.deleteUnreferencedManifestBody(digest(2), before: Self.cutoff))
            #expect(try catalog.read.storedManifests().map(\.digest) == [digest(2)])
            try catalog.push(gone, to: id, now: Self.old)
            #expect(try catalog.read.manifest(.digest(digest(1)), in: id)?.bytes == gone.bytes)
        }
    }

    @Test("a repository that a broken push has left goes when nothing is in it, a published one never")
    func emptyRepositories() async throws {
        let world = try await World()
        let empty = try await world.repository("team/empty", published: false, at: Self.old)
        let garbage = try await world.repository("team/garbage", published: false, at: Self.old)
        let fresh = try await world.repository("team/fresh", published: false, at: Self.old)
        let uploading = try await world.repository("team/uploading", published: false, at: Self.old)
        let young = try await world.repository("team/young", published: false, at: Self.young)
        let published = try await world.repository("team/published", at: Self.old)
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 1, to: garbage, now: Self.old)
            try catalog.push(blob: 1, to: fresh, now: Self.young)
            try catalog.insertUpload(
                UploadRecord(
                    id: "u", repository: uploading, creator: world.dev.id, algorithm: .sha256, startedAt: Self.old))
            #expect(try catalog.read.emptyRepositories(before: Self.cutoff) == [empty, garbage])
            for id in [empty, garbage] { #expect(try catalog.deleteEmptyRepository(id, before: Self.cutoff)) }
            for id in [fresh, uploading, young, published] {
                #expect(try !catalog.deleteEmptyRepository(id, before: Self.cutoff))
            }
            for id in [empty, garbage] { #expect(try catalog.read.repository(id: id) == nil) }
            for id in [fresh, uploading, young, published] {
                #expect(try catalog.read.repository(id: id) != nil)
            }
        }
    }
}
