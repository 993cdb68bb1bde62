import BerthCatalog
import BerthOCI
import Foundation
import Testing

@Suite struct BlobTests {
    @Test("known bytes are in no repository until they are linked, and then only in that one")
    func membership() async throws {
        let world = try await World()
        let here = try await world.repository("team/here")
        let there = try await world.repository("team/there")
        try await world.catalog.write { catalog throws in
            #expect(try !catalog.addBlob(digest(5), size: 5, now: World.start))
            #expect(try catalog.addBlob(digest(5), size: 5, now: World.start))
            #expect(try catalog.read.blobSize(digest(5)) == 5)
            #expect(try catalog.read.blobSize(digest(5), in: here) == nil)
            #expect(try catalog.read.storedBlobs() == [StoredBlob(digest: digest(5), size: 5, isLinked: false)])
            try catalog.linkBlob(digest(5), to: here, now: World.start)
            try catalog.linkBlob(digest(5), to: here, now: World.start)
            #expect(try catalog.read.blobSize(digest(5), in: here) == 5)
            #expect(try catalog.read.blobSize(digest(5), in: there) == nil)
            #expect(try catalog.read.repositories(holdingBlob: digest(5)) == [name("team/here")])
            try catalog.linkBlob(digest(5), to: there, now: World.start)
            #expect(
                try catalog.read.repositories(holdingBlob: digest(5)) == [name("team/here"), name("team/there")])
            #expect(try catalog.read.repositories(holdingBlob: digest(5), limit: 1) == [name("team/here")])
            #expect(try catalog.read.storedBlobs() == [StoredBlob(digest: digest(5), size: 5, isLinked: true)])
            #expect(try catalog.removeBlobLink(digest(5), from: here))
            #expect(try !catalog.removeBlobLink(digest(5), from: here))
            #expect(try catalog.read.blobSize(digest(5), in: here) == nil)
            #expect(try catalog.read.blobSize(digest(5), in: there) == 5)
        }
    }

    @Test("the same bytes under two algorithms are two blobs")
    func algorithms() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.addBlob(digest(5, .sha512), size: 9, now: World.start)
            try catalog.linkBlob(digest(5, .sha512), to: id, now: World.start)
            #expect(try catalog.read.blobSize(digest(5, .sha512), in: id) == 9)
            #expect(try catalog.read.blobSize(digest(5), in: id) == nil)
        }
    }

    @Test("what is not known cannot be linked, nor to what is not there")
    func missing() async throws {
        let world = try await World()
        let id = try await world.repository()
        await #expect(throws: CatalogError.missing(.blob)) {
            try await world.catalog.write { try $0.linkBlob(digest(1), to: id, now: World.start) }
        }
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write {
                try $0.addBlob(digest(1), size: 1, now: World.start)
                try $0.linkBlob(digest(1), to: RepositoryID(rawValue: 99), now: World.start)
            }
        }
    }

    @Test("a lease only ever gets younger, and needs the blob to be in the repository")
    func leases() async throws {
        let world = try await World()
        let id = try await world.repository()
        let later = World.start.addingTimeInterval(60)
        try await world.catalog.write { catalog throws in
            try catalog.push(blob: 5, to: id)
            #expect(try catalog.read.blobLease(digest(5), in: id) == BlobLease(size: 5, leasedAt: World.start))
            #expect(try catalog.leaseBlob(digest(5), in: id, now: later))
            #expect(try catalog.leaseBlob(digest(5), in: id, now: World.start))
            try catalog.push(blob: 5, to: id)
            #expect(try catalog.read.blobLease(digest(5), in: id)?.leasedAt == later)
            #expect(try !catalog.leaseBlob(digest(6), in: id, now: later))
            #expect(try catalog.read.blobLease(digest(6), in: id) == nil)
        }
    }

    @Test("a reservation never changes the size of known bytes; adding does, so that a damaged file heals")
    func sizes() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.reserveBlob(digest(5), size: 3, now: World.start)
            #expect(try catalog.addBlob(digest(5), size: 5, now: World.start))
            try catalog.linkBlob(digest(5), to: id, now: World.start)
            try catalog.reserveBlob(digest(5), size: 4, now: World.start)
            #expect(try catalog.read.blobSize(digest(5), in: id) == 5)
            try catalog.addBlob(digest(5), size: 6, now: World.start)
            #expect(try catalog.read.blobSize(digest(5), in: id) == 6)
        }
    }

    @Test("stored blobs are paged by digest")
    func paging() async throws {
        let world = try await World()
        try await world.catalog.write { catalog throws in
            for number in [3, 1, 2] { try catalog.addBlob(digest(number), size: 1, now: World.start) }
            #expect(try catalog.read.storedBlobs(limit: 2).map(\.digest) == [digest(1), digest(2)])
            #expect(try catalog.read.storedBlobs(after: digest(2), limit: 2).map(\.digest) == [digest(3)])
            #expect(try catalog.read.storedBlobs(after: digest(3)) == [])
        }
    }

    @Test("R-43 the manifests of this repository that use a blob are known, those of others do not count")
    func users() async throws {
        let world = try await World()
        let here = try await world.repository("team/here")
        let there = try await world.repository("team/there")
        let first = try Sample.image(1, config: 10, layers: [11, 11, 10])
        let second = try Sample.image(2, config: 11)
        try await world.catalog.write { catalog throws in
            try catalog.push(first, to: here)
            try catalog.push(second, to: here)
            #expect(try catalog.read.manifests(usingBlob: digest(11), in: here) == [digest(1), digest(2)])
            #expect(try catalog.read.manifests(usingBlob: digest(10), in: here) == [digest(1)])
            #expect(try catalog.read.manifests(usingBlob: digest(11), in: there) == [])
            _ = try catalog.removeManifest(digest(1), in: here)
            #expect(try catalog.read.manifests(usingBlob: digest(10), in: here) == [])
        }
    }

    @Test("uploads are found by id, listed by age, removed, and their ids are taken once")
    func uploads() async throws {
        let world = try await World()
        let id = try await world.repository()
        func upload(_ name: String, after seconds: Double) -> UploadRecord {
            UploadRecord(
                id: name, repository: id, creator: world.dev.id, algorithm: .sha512,
                startedAt: World.start.addingTimeInterval(seconds))
        }
        let (old, young) = (upload("b", after: 0), upload("a", after: 10))
        try await world.catalog.write { catalog throws in
            try catalog.insertUpload(young)
            try catalog.insertUpload(old)
            #expect(try catalog.read.upload("a") == young)
            #expect(try catalog.read.upload("c") == nil)
            #expect(try catalog.read.uploads(startedBefore: World.start) == [])
            #expect(try catalog.read.uploads(startedBefore: World.start.addingTimeInterval(10)) == [old])
            #expect(try catalog.read.uploads(startedBefore: .distantFuture) == [old, young])
            #expect(try catalog.removeUpload("a"))
            #expect(try !catalog.removeUpload("a"))
        }
        await #expect(throws: CatalogError.conflict(.upload)) {
            try await world.catalog.write { try $0.insertUpload(old) }
        }
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write {
                try $0.insertUpload(
                    UploadRecord(
                        id: "d", repository: RepositoryID(rawValue: 99), creator: world.dev.id, algorithm: .sha256,
                        startedAt: World.start))
            }
        }
    }
}
