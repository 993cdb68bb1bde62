import BerthCatalog
import BerthOCI
import Foundation
import Testing

@Suite struct ManifestTests {
    @Test("a manifest is found by digest and by tag with its exact bytes, in its repository only")
    func manifest() async throws {
        let world = try await World()
        let here = try await world.repository("team/here")
        let there = try await world.repository("team/there")
        let sample = try Sample.image(
            1, config: 10, artifactType: "application/vnd.example", subject: 9, annotations: ["k\"\\": "é/\u{1F600}"])
        try await world.catalog.write { catalog throws in
            try catalog.push(sample, tags: ["v1"], to: here)
            let expected = ManifestRecord(
                digest: digest(1), mediaType: .ociManifest,
                artifactType: MediaType(rawValue: "application/vnd.example"), size: Int64(sample.bytes.count),
                subject: digest(9), annotations: ["k\"\\": "é/\u{1F600}"], pushedAt: World.start, pushedBy: "acme/dev",
                bytes: sample.bytes)
            #expect(try catalog.read.manifest(.digest(digest(1)), in: here) == expected)
            #expect(try catalog.read.manifest(.tag(tag("v1")), in: here) == expected)
            #expect(try catalog.read.hasManifest(digest(1), in: here) == expected.size)
            #expect(try catalog.read.manifest(.tag(tag("V1")), in: here) == nil)
            #expect(try catalog.read.manifest(.digest(digest(1)), in: there) == nil)
            #expect(try catalog.read.manifest(.tag(tag("v1")), in: there) == nil)
            #expect(try catalog.read.hasManifest(digest(1), in: there) == nil)
        }
    }

    @Test("R-37 pushing a manifest again keeps tags and edges and notes who pushed it and when")
    func again() async throws {
        let world = try await World()
        let id = try await world.repository()
        let sample = try Sample.index(2, children: [1, 1, 3])
        let later = World.start.addingTimeInterval(60)
        try await world.catalog.write { catalog throws in
            try catalog.push(sample, tags: ["v1"], to: id)
            try catalog.insertManifest(
                sample.manifest, digest: sample.digest, bytes: sample.bytes, in: id, by: "acme/other", now: later)
            let found = try #require(try catalog.read.manifest(.tag(tag("v1")), in: id))
            #expect(found.pushedBy == "acme/other" && found.pushedAt == later)
            #expect(try catalog.read.parents(of: digest(1), in: id) == [digest(2)])
        }
    }

    @Test("bytes are shared by digest, the row in the repository is what counts")
    func sharedBytes() async throws {
        let world = try await World()
        let here = try await world.repository("team/here")
        let there = try await world.repository("team/there")
        let sample = try Sample.image(1, config: 10)
        try await world.catalog.write { catalog throws in
            try catalog.push(sample, to: here)
            try catalog.push(sample, to: there)
            #expect(
                try catalog.read.storedManifests() == [StoredManifest(digest: digest(1), bytes: sample.bytes)])
            #expect(try catalog.removeManifest(digest(1), in: here))
            #expect(try !catalog.removeManifest(digest(1), in: here))
            #expect(try catalog.read.manifest(.digest(digest(1)), in: here) == nil)
            #expect(try catalog.read.manifest(.digest(digest(1)), in: there)?.bytes == sample.bytes)
            #expect(try catalog.read.storedManifests(after: digest(1)) == [])
            #expect(try catalog.read.storedManifests(limit: 0) == [])
        }
    }

    @Test("a manifest needs a repository, a tag needs a manifest")
    func missing() async throws {
        let world = try await World()
        let id = try await world.repository()
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write { try $0.push(.image(1, config: 10), to: RepositoryID(rawValue: 99)) }
        }
        await #expect(throws: CatalogError.missing(.manifest)) {
            try await world.catalog.write { try $0.setTag(tag("v1"), to: digest(1), in: id, now: World.start) }
        }
    }

    @Test("R-41 the parents of a child are known until the index is gone")
    func parents() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try await world.repository("team/other")
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), to: id)
            try catalog.push(.index(3, children: [1]), to: id)
            try catalog.push(.index(2, children: [1]), to: id)
            #expect(try catalog.read.parents(of: digest(1), in: id) == [digest(2), digest(3)])
            #expect(try catalog.read.parents(of: digest(1), in: other) == [])
            _ = try catalog.removeManifest(digest(2), in: id)
            #expect(try catalog.read.parents(of: digest(1), in: id) == [digest(3)])
        }
    }

    @Test("R-40 a manifest goes with its tags; a tag that was moved to another manifest stays")
    func removalTakesTags() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), tags: ["a", "b", "c", "moved"], to: id)
            try catalog.push(.image(2, config: 10), tags: ["moved"], to: id)
            #expect(try catalog.read.tags(of: digest(1), in: id).map(\.name) == [tag("a"), tag("b"), tag("c")])
            #expect(try catalog.removeManifest(digest(1), in: id))
            #expect(
                try catalog.read.tags(in: id)
                    == [TagRecord(name: tag("moved"), digest: digest(2), updatedAt: World.start)])
            #expect(try catalog.read.manifest(.tag(tag("a")), in: id) == nil)
            #expect(try catalog.removeTag(tag("moved"), in: id))
            #expect(try !catalog.removeTag(tag("moved"), in: id))
            #expect(try catalog.read.hasManifest(digest(2), in: id) != nil)
        }
    }

    @Test("O-44: tags are listed in byte order")
    func tagOrder() async throws {
        let world = try await World()
        let id = try await world.repository()
        let names = ["0", "9.1", "A", "Z-1", "_x", "a", "a-b", "a.b", "a0", "a_b", "z"]
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), tags: names.shuffled(), to: id)
            #expect(try catalog.read.tags(in: id).map(\.name.description) == names)
            #expect(try catalog.read.tagNames(in: id).map(\.description) == names)
            #expect(names.map(tag).sorted() == names.map(tag))
        }
    }

    @Test("O-45: pages of n tags, one after the other, are all tags; n = 0 is empty")
    func tagPages() async throws {
        let world = try await World()
        let id = try await world.repository()
        let names = (0..<10).map { "v\($0)" } + ["v1.0", "v1.0-rc"]
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), tags: names, to: id)
            for size in 1...13 {
                var seen: [String] = []
                while true {
                    let page = try catalog.read.tagNames(in: id, after: seen.last, limit: size)
                    #expect(page.count == min(size, names.count - seen.count))
                    guard !page.isEmpty else { break }
                    seen += page.map(\.description)
                }
                #expect(seen == names.sorted())
            }
            #expect(try catalog.read.tagNames(in: id, limit: 0) == [])
        }
    }

    @Test("O-46: a list begins strictly after `last`, which may be any text, and after the final tag it is empty")
    func tagsAfter() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.push(.image(1, config: 10), tags: ["a", "b", "d"], to: id)
            func after(_ last: String) throws -> [String] {
                try catalog.read.tagNames(in: id, after: last).map(\.description)
            }
            #expect(try after("") == ["a", "b", "d"])
            #expect(try after("b") == ["d"])
            #expect(try after("c") == ["d"])
            #expect(try after("d") == [])
            #expect(try after("Ünïcode' OR 1=1") == [])
            #expect(try after("%") == ["a", "b", "d"])
        }
    }

    @Test("referrers of a subject, there or not, are descriptors by digest, filtered by type and paged")
    func referrers() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try await world.repository("team/other")
        let signature = "application/vnd.example.signature"
        let samples = [
            try Sample.image(1, config: 10, artifactType: signature, subject: 9, annotations: ["a": "b"]),
            try Sample.image(2, config: 10, subject: 9),
            try Sample.image(3, config: 10, artifactType: signature, subject: 9),
            try Sample.image(4, config: 10, artifactType: signature, subject: 8),
        ]
        try await world.catalog.write { catalog throws in
            for sample in samples.reversed() { try catalog.push(sample, to: id) }
            let all = try catalog.read.referrers(of: digest(9), in: id)
            #expect(all.map(\.digest) == [digest(1), digest(2), digest(3)])
            #expect(
                all.first
                    == Descriptor(
                        mediaType: .ociManifest, digest: digest(1), size: Int64(samples[0].bytes.count),
                        artifactType: MediaType(rawValue: signature), annotations: ["a": "b"]))
            #expect(all[1].artifactType == .ociConfig && all[1].annotations == nil)
            func list(_ type: String?, after: Int? = nil, limit: Int = .max) throws -> [Digest] {
                try catalog.read.referrers(
                    of: digest(9), in: id, artifactType: type, after: after.map { digest($0) }, limit: limit
                ).map(\.digest)
            }
            #expect(try list(signature) == [digest(1), digest(3)])
            #expect(try list("none") == [])
            #expect(try list(nil, after: 1, limit: 1) == [digest(2)])
            #expect(try list(signature, after: 1, limit: 5) == [digest(3)])
            #expect(try list(nil, after: 3) == [])
            #expect(try catalog.read.referrerDigests(of: digest(9), in: id, limit: 2) == [digest(1), digest(2)])
            #expect(try catalog.read.referrers(of: digest(9), in: other) == [])
            #expect(try catalog.read.referrers(of: digest(7), in: id) == [])
            _ = try catalog.removeManifest(digest(1), in: id)
            #expect(try list(nil) == [digest(2), digest(3)])
        }
    }

    @Test("a push that fails in its last step leaves no manifest, tag or edge")
    func pushIsAtomic() async throws {
        struct Stop: Error {}
        let world = try await World()
        let id = try await world.repository()
        await #expect(throws: Stop.self) {
            try await world.catalog.write { catalog throws in
                try catalog.push(.index(2, children: [1]), tags: ["v1"], to: id)
                throw Stop()
            }
        }
        try await world.catalog.read { catalog throws in
            #expect(try catalog.manifest(.digest(digest(2)), in: id) == nil)
            #expect(try catalog.tags(in: id) == [])
            #expect(try catalog.parents(of: digest(1), in: id) == [])
            #expect(try catalog.storedManifests() == [])
        }
    }
}
