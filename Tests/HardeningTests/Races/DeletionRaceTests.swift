import BerthCatalog
import BerthRegistry
import BerthTestSupport
import Testing

/// Deletions at the same time as each other, as pushes and as pulls.
@Suite("Races with deletions")
struct DeletionRaceTests {
    @Test("R-38 of many who delete one manifest one does, the others find nothing, and nothing is counted twice")
    func oneManifest() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            for tag in ["v1", "v2"] { try await scenario.push(image, to: "acme/app", tag: tag) }
            let statuses = try await scenario.atOnce(30) { scenario, _ in
                try await scenario.send("DELETE", "/v2/acme/app/manifests/\(image.digest)")
            }
            #expect(statuses.sorted() == [202] + [Int](repeating: 404, count: 29))
            let usage = try await scenario.usage(of: "acme")
            #expect(usage.tags == 0 && usage.bytes == 0)
            #expect(try await scenario.registry.verify().isClean)
        }
    }

    @Test("R-40 a manifest goes with all its tags; a tag that is moved to another meanwhile survives")
    func moveWhileDeleting() async throws {
        try await withScenario { scenario in
            let (gone, kept) = (try SampleManifest.image("gone"), try SampleManifest.image("kept"))
            try await scenario.push(kept, to: "acme/app", tag: "kept")
            for round in 0..<10 {
                let tags = ["a\(round)", "b\(round)", "moved\(round)"]
                for tag in tags { try await scenario.push(gone, to: "acme/app", tag: tag) }
                let statuses = try await scenario.atOnce {
                    try await $0.send("DELETE", "/v2/acme/app/manifests/\(gone.digest)")
                } _: {
                    try await $0.put(kept, to: "acme/app", tag: tags[2])
                }
                #expect(statuses.first == 202 && statuses.second == 201)
                #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(tags[2])").body == kept.bytes)
                for reference in [tags[0], tags[1], "\(gone.digest)"] {
                    #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(reference)").status == 404)
                }
            }
            #expect(try await scenario.tags(of: "acme/app") == ["kept"] + (0..<10).map { "moved\($0)" })
        }
    }

    @Test("R-41 a child is deleted or its index is pushed, never both")
    func childOrIndex() async throws {
        try await withScenario { scenario in
            for round in 0..<10 {
                let child = try SampleManifest.image("child \(round)")
                try await scenario.push(child, to: "acme/app")
                let index = try SampleManifest.index(of: [child.descriptor])
                let statuses = try await scenario.atOnce {
                    try await deleteLate("/v2/acme/app/manifests/\(child.digest)", after: round % 4, in: $0)
                } _: {
                    try await $0.put(index, to: "acme/app")
                }
                #expect([[202, 400], [405, 201]].contains([statuses.first, statuses.second]), "\(statuses)")
                let isThere = try await scenario.send("GET", "/v2/acme/app/manifests/\(child.digest)").status == 200
                #expect(isThere == (statuses.second == 201))
            }
        }
    }

    @Test("R-43 a blob is deleted or a manifest that needs it is pushed, never both")
    func blobOrManifest() async throws {
        try await withScenario { scenario in
            for round in 0..<10 {
                let image = try SampleManifest.image("image \(round)")
                for blob in image.blobs { try await scenario.push(blob, to: "acme/app") }
                let layer = try #require(image.blobs.last)
                try await scenario.push(layer, to: "acme/other")
                let statuses = try await scenario.atOnce {
                    try await deleteLate("/v2/acme/app/blobs/\(layer.digest)", after: round % 4, in: $0)
                } _: {
                    try await $0.put(image, to: "acme/app")
                }
                #expect([[202, 400], [405, 201]].contains([statuses.first, statuses.second]), "\(statuses)")
                #expect(try await scenario.holds(layer, in: "acme/app") == (statuses.second == 201))
                #expect(try await scenario.holds(layer, in: "acme/other"))
            }
        }
    }

    /// Deletes after so many other requests, so that sometimes the deletion comes first and sometimes the push.
    private func deleteLate(_ path: String, after count: Int, in scenario: Scenario) async throws -> TestResponse {
        for _ in 0..<count { _ = try await scenario.send("GET", "/v2/") }
        return try await scenario.send("DELETE", path)
    }

    @Test("R-39 a download that has begun ends whole, although its blob is deleted and collected meanwhile")
    func deletedDuringPull() async throws {
        try await withScenario { scenario in
            // More than the buffers of a connection hold, so that most of it is still to be sent.
            let blob = SampleBlob([UInt8](repeating: 7, count: 24 * 1024 * 1024))
            try await scenario.push(blob, to: "acme/app")
            let path = "/v2/acme/app/blobs/\(blob.digest)"
            let file = scenario.server.path(of: blob.digest)
            try await scenario.client.withConnection { connection in
                try await connection.setReading(false)
                let request = try await connection.begin(
                    "GET", path, headers: [("Content-Length", "0"), Scenario.Persona.owner.credentials])
                try await request.end()
                try await eventually("the download begins") { TestServer.openDescriptors(of: file) > 0 }
                #expect(try await scenario.send("DELETE", path).status == 202)
                #expect(try await scenario.collectGarbage() == 1)
                #expect(try await scenario.send("GET", path).status == 404)
                #expect(TestServer.openDescriptors(of: file) > 0)
                try await connection.setReading(true)
                let answer = try await request.answer()
                #expect(answer.status == 200 && answer.body == blob.bytes)
            }
            try await eventually("the file is let go of") { TestServer.openDescriptors(of: file) == 0 }
        }
    }
}
