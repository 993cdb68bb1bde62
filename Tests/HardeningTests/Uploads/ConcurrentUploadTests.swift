import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

/// Several writers, to one upload and of one blob.
@Suite("Concurrent uploads")
struct ConcurrentUploadTests {
    @Test("R-28 while one request writes to an upload others are refused, at any offset, and change nothing")
    func oneWriter() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1_200_000)
            let session = try await scenario.startUpload(in: "acme/app")
            try await scenario.client.withConnection { connection in
                let request = try await scenario.beginPatch(
                    session, sending: Array(blob.bytes[..<800_000]), of: blob.bytes.count, on: connection)
                let received = try #require(try await scenario.received(session))
                for start in [0, received, 800_000] {
                    let second = try await scenario.patch(
                        session, [UInt8](repeating: 0, count: 900_000), start..<900_000)
                    #expect(second.status == 409 && second.errorCodes == ["BLOB_UPLOAD_INVALID"])
                }
                #expect(try await scenario.send("PATCH", session, body: .bytes([1, 2, 3])).status == 409)
                #expect(try await scenario.finish(session, as: blob.digest).status == 409)
                try await request.write(Array(blob.bytes[800_000...]))
                #expect(try await request.finish().receivedBytes == blob.bytes.count)
            }
            #expect(try await scenario.finish(session, as: blob.digest).status == 201)
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }

    @Test("R-28 of many chunks for one place at once one is taken, whole")
    func race() async throws {
        try await withScenario { scenario in
            let blobs = (0..<6).map { SampleBlob(random: 1_500_000, seed: UInt64($0)) }
            let session = try await scenario.startUpload(in: "acme/app")
            let taken = try await withThrowingTaskGroup(of: (Int, SampleBlob).self) { group in
                for blob in blobs {
                    group.addTask {
                        (try await scenario.patch(session, blob.bytes, 0..<blob.bytes.count).status, blob)
                    }
                }
                var taken: [SampleBlob] = []
                for try await (status, blob) in group {
                    #expect([202, 409, 416].contains(status))
                    if status == 202 { taken.append(blob) }
                }
                return taken
            }
            #expect(taken.count == 1)
            let winner = try #require(taken.first)
            #expect(try await scenario.received(session) == winner.bytes.count)
            #expect(try await scenario.finish(session, as: winner.digest).status == 201)
            #expect(try await scenario.holds(winner, in: "acme/app"))
        }
    }

    @Test("R-28 an upload that is cancelled under its writer is gone, bytes and all")
    func cancelled() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1_200_000)
            let session = try await scenario.startUpload(in: "acme/app")
            try await scenario.client.withConnection { connection in
                let request = try await scenario.beginPatch(
                    session, sending: Array(blob.bytes[..<800_000]), of: blob.bytes.count, on: connection)
                #expect(try await scenario.send("DELETE", session).status == 204)
                try await request.write(Array(blob.bytes[800_000...]))
                let answer = try await request.finish()
                #expect(answer.status == 404 && answer.errorCodes == ["BLOB_UPLOAD_UNKNOWN"])
            }
            #expect(try await scenario.received(session) == nil)
            #expect(try scenario.server.uploadFiles().isEmpty)
        }
    }

    /// What a client that pushes the same blob as others does.
    private enum Conduct: CaseIterable {
        case honest, honestElsewhere, vanishes, sendsOtherBytes
    }

    @Test("R-30 many push one blob: the right bytes are taken from all, the wrong ones from none")
    func oneBlob() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 400_000)
            let other = SampleBlob(random: 400_000, seed: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        switch Conduct.allCases[number % 4] {
                        case .honest: #expect(try await scenario.push(blob, to: "acme/app").status == 201)
                        case .honestElsewhere:
                            #expect(try await scenario.push(blob, to: "acme/app\(number)").status == 201)
                            #expect(try await scenario.holds(blob, in: "acme/app\(number)"))
                        case .vanishes: try await breakOff(blob, in: scenario)
                        case .sendsOtherBytes:
                            let refused = try await scenario.send(
                                "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)", body: .bytes(other.bytes))
                            #expect(refused.status == 400 && refused.errorCodes == ["DIGEST_INVALID"])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await scenario.holds(blob, in: "acme/app"))
            try await eventually("what broke off is gone") { try scenario.server.uploadFiles().isEmpty }
            let report = try await scenario.registry.verify()
            #expect(report.isClean && report.checkedBlobs == 1, "\(report)")
        }
    }

    private func breakOff(_ blob: SampleBlob, in scenario: Scenario) async throws {
        try await scenario.client.withConnection { connection in
            let request = try await connection.begin(
                "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)",
                headers: [("Content-Length", "\(blob.bytes.count)"), Scenario.Persona.owner.credentials])
            try await request.write(Array(blob.bytes[..<200_000]))
            try await request.reset()
        }
    }

    @Test("R-30 who pushes slowly holds up nobody who pushes the same blob")
    func slowFirst() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: 1_000_000)
            try await scenario.client.withConnection { connection in
                let slow = try await connection.begin(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)",
                    headers: [("Content-Length", "1000000"), Scenario.Persona.owner.credentials])
                try await slow.write(Array(blob.bytes[..<600_000]))
                try await eventually("the slow upload has begun") { try !scenario.server.uploadFiles().isEmpty }
                #expect(try await scenario.push(blob, to: "acme/app").status == 201)
                #expect(try await scenario.holds(blob, in: "acme/app"))
                try await slow.write(Array(blob.bytes[600_000...]))
                #expect(try await slow.finish().status == 201)
            }
            #expect(try await scenario.holds(blob, in: "acme/app"))
        }
    }
}
