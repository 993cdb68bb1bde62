import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// Clients that go away, come back with a new token, or say everything twice.
@Suite("Interrupted uploads")
struct InterruptedUploadTests {
    @Test("R-27 a token that ends between two chunks, or during one, costs neither the upload nor a byte")
    func tokenEnds() async throws {
        var settings = RegistrySettings()
        settings.tokenLifetime = .seconds(60)
        try await withScenario(settings: settings) { scenario in
            let (client, clock) = (scenario.client, scenario.server.clock)
            let blob = SampleBlob(random: 2_000_000)
            @Sendable func token() async throws -> (String, String) {
                TestClient.bearer(try await scenario.token(for: .writer, scope: "repository:acme/app:pull,push"))
            }
            let first = try await token()
            let session = try await client.send("POST", "/v2/acme/app/blobs/uploads/", headers: [first])
                .requiring(202).requiredHeader("Location")
            let chunk = Array(blob.bytes[..<100_000])
            #expect(try await client.send("PATCH", session, headers: [first], body: .bytes(chunk)).status == 202)

            clock.advance(by: 61)
            let next = Array(blob.bytes[100_000..<200_000])
            let refused = try await client.send("PATCH", session, headers: [first], body: .bytes(next))
            #expect(refused.status == 401)
            let challenge = try refused.requiredHeader("WWW-Authenticate")
            #expect(challenge.hasPrefix("Bearer ") && challenge.contains("repository:acme/app:pull,push"))
            #expect(try await scenario.received(session, as: .writer) == 100_000)

            let second = try await token()
            try await client.withConnection { connection in
                let range = ("Content-Range", "100000-\(blob.bytes.count - 1)")
                let request = try await connection.begin("PATCH", session, headers: [second, range])
                try await request.write(Array(blob.bytes[100_000..<1_000_000]))
                try await eventually("some of the chunk is on the disk") {
                    try await scenario.received(session, as: .writer) ?? 0 > 100_000
                }
                clock.advance(by: 61)
                try await request.write(Array(blob.bytes[1_000_000...]))
                #expect(try await request.finish().status == 202)
            }
            let finished = try await client.send(
                "PUT", "\(session)?digest=\(blob.digest)", headers: [try await token()])
            #expect(finished.status == 201)
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }

    @Test("R-29 who finishes an upload twice is told that it is over, and finds the blob")
    func finishedTwice() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 100_000)
            let session = try await scenario.startUpload(in: "acme/app")
            for expected in [201, 404] {
                let put = try await scenario.send(
                    "PUT", "\(session)?digest=\(blob.digest)", body: .bytes(blob.bytes))
                #expect(put.status == expected)
                #expect(put.errorCodes == (expected == 404 ? ["BLOB_UPLOAD_UNKNOWN"] : []))
                #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 200)
            }
            #expect(try await scenario.push(blob, to: "acme/app").status == 201)
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }

    @Test("R-29 of many who finish one upload at once one does, and the others are told so")
    func finishedAtOnce() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 100_000)
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.patch(session, blob.bytes, 0..<blob.bytes.count).status == 202)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await scenario.finish(session, as: blob.digest).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1)
            #expect(statuses.allSatisfy { [201, 404, 409].contains($0) }, "\(statuses)")
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }

    @Test("R-29 a client whose answer was lost finds out where it is and ends with the blob", arguments: [true, false])
    func lostAnswer(isReset: Bool) async throws {
        try await withScenario { scenario in
            for round in 0..<5 {
                let blob = SampleBlob(random: 200_000, seed: UInt64(round))
                let session = try await scenario.startUpload(in: "acme/app")
                try await scenario.client.withConnection { connection in
                    let request = try await connection.begin(
                        "PUT", "\(session)?digest=\(blob.digest)",
                        headers: [("Content-Length", "\(blob.bytes.count)"), Scenario.Persona.owner.credentials])
                    try await request.write(blob.bytes)
                    try await request.end()
                    if isReset { try await request.reset() } else { try await request.abandon() }
                }
                try await eventually("the blob is there") { try await goesOn(with: blob, at: session, in: scenario) }
                #expect(try await scenario.holds(blob, in: "acme/app"))
            }
        }
    }

    /// What a client does that does not know how far it came: it asks, and sends what is missing.
    ///
    /// - Returns: Whether the blob is there.
    private func goesOn(with blob: SampleBlob, at session: String, in scenario: Scenario) async throws -> Bool {
        if try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 200 { return true }
        guard let received = try await scenario.received(session) else { return false }
        let retried = try await scenario.send(
            "PUT", "\(session)?digest=\(blob.digest)", body: .bytes(Array(blob.bytes[received...])))
        #expect([201, 400, 404, 409].contains(retried.status), "\(retried.status) \(retried.text)")
        return retried.status == 201
    }
}

/// How a client goes away in the middle of its chunk.
enum ClientDeparture: CaseIterable {
    /// The machine crashes; the length had been announced.
    case reset
    /// The program ends; the length had been announced.
    case closed
    /// The program ends before the last chunk of HTTP.
    case closedBetweenChunks
}

@Suite("Clients that vanish")
struct VanishingClientTests {
    @Test(
        "R-31 what came before a client vanished counts, can be gone on from, and holds no file open",
        arguments: ClientDeparture.allCases)
    func vanishes(departure: ClientDeparture) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1_500_000)
            let sent = 900_000
            let session = try await scenario.startUpload(in: "acme/app")
            let file = scenario.server.path(ofUpload: session)
            try await scenario.client.withConnection { connection in
                let request = try await scenario.beginPatch(
                    session, sending: Array(blob.bytes[..<sent]),
                    of: departure == .closedBetweenChunks ? nil : blob.bytes.count, on: connection)
                #expect(TestServer.openDescriptors(of: file) > 0)
                if departure == .reset { try await request.reset() } else { try await request.abandon() }
            }
            try await eventually("the server lets go of the file") { TestServer.openDescriptors(of: file) == 0 }
            let received = try #require(try await scenario.received(session))
            if departure == .reset {
                // The kernel may throw away what the server had not read yet.
                #expect((Scenario.writtenTogether...sent).contains(received))
            } else {
                #expect(received == sent)
            }
            let rest = try await scenario.patch(session, blob.bytes, received..<blob.bytes.count)
            #expect(rest.status == 202)
            #expect(try await scenario.finish(session, as: blob.digest).status == 201)
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }

    @Test("R-31 a client that waits for 100 and vanishes without a byte leaves the upload as it was")
    func vanishesBeforeTheBody() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1000)
            let session = try await scenario.startUpload(in: "acme/app")
            try await scenario.client.withConnection { connection in
                let request = try await connection.begin(
                    "PATCH", session,
                    headers: [
                        ("Content-Length", "1000"), ("Expect", "100-continue"), Scenario.Persona.owner.credentials,
                    ])
                try await eventually("the server waits for the body") {
                    TestServer.openDescriptors(of: scenario.server.path(ofUpload: session)) > 0
                }
                try await request.abandon()
            }
            try await eventually("the upload is free") {
                try await scenario.patch(session, blob.bytes, 0..<1000).status == 202
            }
            #expect(try await scenario.finish(session, as: blob.digest).status == 201)
        }
    }

    @Test("R-31 a whole blob in one request that breaks off leaves nothing")
    func singleRequest() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1_000_000)
            try await scenario.client.withConnection { connection in
                let request = try await connection.begin(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)",
                    headers: [("Content-Length", "1000000"), Scenario.Persona.owner.credentials])
                try await request.write(Array(blob.bytes[..<700_000]))
                try await eventually("the upload has begun") { try !scenario.server.uploadFiles().isEmpty }
                try await request.reset()
            }
            try await eventually("its bytes are gone") { try scenario.server.uploadFiles().isEmpty }
            #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 404)
            #expect(try await scenario.push(blob, to: "acme/app").status == 201)
        }
    }
}
