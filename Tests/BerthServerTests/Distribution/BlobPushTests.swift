import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Testing

@Suite("Blob push: rows O-11 to O-28")
struct BlobPushTests {
    private static let algorithms = Digest.Algorithm.allCases

    @Test("O-11 O-12 POST then PUT stores a blob that its Location gives back", arguments: algorithms, [true, false])
    func postAndPut(algorithm: Digest.Algorithm, isEmptyPost: Bool) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("post and put", algorithm: algorithm)
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(session.contains("/v2/acme/app/blobs/uploads/"))
            let finished = try await scenario.send(
                "PUT", "\(session)?digest=\(blob.digest)",
                headers: [("Content-Type", "application/octet-stream")], body: .bytes(blob.bytes))
            #expect(finished.status == 201)
            let location = try #require(finished.header("Location"))
            #expect(location.hasPrefix("/v2/"))
            #expect(try await scenario.send("GET", location).body == blob.bytes)
        }
    }

    @Test("O-13 one POST with the digest stores the blob", arguments: algorithms)
    func singlePost(algorithm: Digest.Algorithm) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("single post", algorithm: algorithm)
            let pushed = try await scenario.push(blob, to: "acme/app")
            #expect(pushed.status == 201)
            #expect(try await scenario.send("GET", try #require(pushed.header("Location"))).body == blob.bytes)
        }
    }

    @Test("O-14 wrong bytes are refused on every way in and leave nothing", arguments: algorithms, 0..<4)
    func wrongDigest(algorithm: Digest.Algorithm, way: Int) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("the right bytes", algorithm: algorithm)
            let wrong = Array("the wrong bytes".utf8)
            let response: TestResponse
            switch way {
            case 0:
                response = try await scenario.send(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)", body: .bytes(wrong))
            case 1:
                let session = try await scenario.startUpload(in: "acme/app")
                response = try await scenario.send("PUT", "\(session)?digest=\(blob.digest)", body: .bytes(wrong))
            case 2:
                let session = try await scenario.startUpload(in: "acme/app")
                _ = try await scenario.send(
                    "PATCH", session, headers: [("Content-Range", "0-\(wrong.count - 1)")], body: .bytes(wrong))
                response = try await scenario.send("PUT", "\(session)?digest=\(blob.digest)")
            default:
                let session = try await scenario.startUpload(in: "acme/app")
                _ = try await scenario.send("PATCH", session, body: .chunked([wrong]))
                response = try await scenario.send("PUT", "\(session)?digest=\(blob.digest)")
            }
            #expect(response.status == 400)
            #expect(response.errorCodes == ["DIGEST_INVALID"])
            #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 404)
        }
    }

    @Test("O-15 a streamed PATCH needs neither length nor range", arguments: algorithms)
    func streamedPatch(algorithm: Digest.Algorithm) async throws {
        try await withScenario { scenario in
            let parts = (0..<50).map { part in [UInt8](repeating: UInt8(part), count: 10_000) }
            let blob = SampleBlob(parts.flatMap(\.self), algorithm: algorithm)
            let session = try await scenario.startUpload(in: "acme/app")
            let patched = try await scenario.send("PATCH", session, body: .chunked(parts))
            #expect(patched.status == 202)
            #expect(patched.header("Range") == "0-499999")
            #expect(try await scenario.send("PUT", "\(session)?digest=\(blob.digest)").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").body == blob.bytes)
        }
    }

    @Test("O-16 chunks arrive in order, the last one by PATCH or in the PUT", arguments: algorithms, [true, false])
    func chunks(algorithm: Digest.Algorithm, isLastInPut: Bool) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob((0..<3072).map { UInt8(truncatingIfNeeded: $0) }, algorithm: algorithm)
            let session = try await scenario.startUpload(in: "acme/app")
            for start in stride(from: 0, to: isLastInPut ? 2048 : 3072, by: 1024) {
                let patched = try await scenario.patch(session, blob.bytes, start..<start + 1024)
                #expect(patched.status == 202)
                #expect(patched.header("Range") == "0-\(start + 1023)")
                #expect(patched.header("Location") == session)
            }
            let finished =
                isLastInPut
                ? try await scenario.send(
                    "PUT", "\(session)?digest=\(blob.digest)", headers: [("Content-Range", "2048-3071")],
                    body: .bytes(Array(blob.bytes[2048...])))
                : try await scenario.send("PUT", "\(session)?digest=\(blob.digest)")
            #expect(finished.status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").body == blob.bytes)
        }
    }

    @Test("O-17 O-18 a chunk out of order is 416 and writes nothing, by PATCH and by PUT")
    func outOfOrder() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("012345678901")
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.patch(session, blob.bytes, 3..<6).status == 416)
            #expect(try await scenario.patch(session, blob.bytes, 0..<3).status == 202)
            for range in [6..<9, 0..<3, 9..<12] {
                let refused = try await scenario.patch(session, blob.bytes, range)
                #expect(refused.status == 416)
                #expect(refused.header("Range") == "0-2")
                #expect(refused.header("Location") == session)
            }
            let refused = try await scenario.send(
                "PUT", "\(session)?digest=\(blob.digest)", headers: [("Content-Range", "9-11")],
                body: .bytes(Array(blob.bytes[9...])))
            #expect(refused.status == 416)
            let status = try await scenario.send("GET", session)
            #expect(status.status == 204)
            #expect(status.header("Range") == "0-2")
            #expect(try await scenario.patch(session, blob.bytes, 3..<12).status == 202)
            #expect(try await scenario.send("PUT", "\(session)?digest=\(blob.digest)").status == 201)
        }
    }

    @Test("O-19 a session tells how far it is, a fresh one 0-0")
    func sessionStatus() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            let fresh = try await scenario.send("GET", session)
            #expect(fresh.status == 204)
            #expect(fresh.header("Range") == "0-0")
            #expect(fresh.header("Location") == session)
            _ = try await scenario.patch(session, Array("abc".utf8), 0..<3)
            #expect(try await scenario.send("GET", session).header("Range") == "0-2")
        }
    }

    @Test(
        "O-20 a Content-Range that cannot be read or does not fit is refused and writes nothing",
        arguments: ["bytes 0-2/3", "0-", "2-0", "0-9", "-2", "a-b", "0-99999999999999999999", "0-2, 3-4", ""])
    func badContentRange(text: String) async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            let refused = try await scenario.send(
                "PATCH", session, headers: [("Content-Range", text)], body: .bytes(Array("abc".utf8)))
            #expect([400, 416].contains(refused.status))
            #expect(try await scenario.patch(session, Array("abc".utf8), 0..<3).status == 202)
        }
    }

    @Test("O-21 there is no smallest chunk")
    func noMinimumChunk() async throws {
        try await withScenario { scenario in
            let started = try await scenario.send("POST", "/v2/acme/app/blobs/uploads/")
            #expect(started.header("OCI-Chunk-Min-Length") == nil)
            let session = try #require(started.header("Location"))
            #expect(try await scenario.patch(session, [65], 0..<1).status == 202)
        }
    }

    @Test("O-22 an announced algorithm is used, an unknown one refused")
    func announcedAlgorithm() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("announced", algorithm: .sha512)
            let started = try await scenario.send("POST", "/v2/acme/app/blobs/uploads/?digest-algorithm=sha512")
            let session = try #require(started.header("Location"))
            #expect(
                try await scenario.send("PUT", "\(session)?digest=\(blob.digest)", body: .bytes(blob.bytes)).status
                    == 201)
            #expect(
                try await scenario.send("POST", "/v2/acme/app/blobs/uploads/?digest-algorithm=md5").status == 400)
        }
    }

    @Test("O-23 R-34 sha512 need not be announced")
    func unannouncedAlgorithm() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob([UInt8](repeating: 7, count: 3_000_000), algorithm: .sha512)
            let session = try await scenario.startUpload(in: "acme/app")
            _ = try await scenario.patch(session, blob.bytes, 0..<1_500_000)
            _ = try await scenario.patch(session, blob.bytes, 1_500_000..<3_000_000)
            #expect(try await scenario.send("PUT", "\(session)?digest=\(blob.digest)").status == 201)
            #expect(
                try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").header("Content-Length")
                    == "3000000")
        }
    }

    @Test("O-24 a cancelled upload is gone")
    func cancel() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            _ = try await scenario.patch(session, Array("abc".utf8), 0..<3)
            #expect(try await scenario.send("DELETE", session).status == 204)
            let digest = SampleBlob("abc").digest
            for (method, path) in [
                ("GET", session), ("PATCH", session), ("PUT", "\(session)?digest=\(digest)"), ("DELETE", session),
            ] {
                let response = try await scenario.send(method, path)
                #expect(response.status == 404, "\(method)")
                #expect(response.errorCodes == ["BLOB_UPLOAD_UNKNOWN"], "\(method)")
            }
        }
    }

    @Test("O-25 R-32 an upload that receives nothing is forgotten, one that moves is kept")
    func abandonedUploads() async throws {
        try await withScenario { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.registry.removeExpiredUploads() == 0)
            #expect(try await scenario.send("GET", session).status == 204)
            scenario.server.clock.advance(by: 25 * 60 * 60)
            #expect(try await scenario.registry.removeExpiredUploads() == 1)
            #expect(try await scenario.send("GET", session).status == 404)
        }
    }

    @Test("O-26 a mount is 201 where the caller may pull the source, else an ordinary upload")
    func mount() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("mounted")
            try await scenario.push(blob, to: "acme/source")
            let path = "/v2/acme/target/blobs/uploads/?mount=\(blob.digest)"
            let mounted = try await scenario.send("POST", "\(path)&from=acme/source")
            #expect(mounted.status == 201)
            #expect(try await scenario.send("GET", try #require(mounted.header("Location"))).body == blob.bytes)
            let unknown = SampleBlob("unknown").digest
            for query in [
                "mount=\(unknown)&from=acme/source", "mount=\(blob.digest)&from=acme/none",
                "mount=\(blob.digest)&from=nobody/none",
            ] {
                let response = try await scenario.send("POST", "/v2/acme/other/blobs/uploads/?\(query)")
                #expect(response.status == 202, "\(query)")
                #expect(response.header("Location") != nil, "\(query)")
            }
        }
    }

    @Test("O-27 a mount without a source looks through what the caller may pull")
    func anonymousMount() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("mounted from anywhere")
            try await scenario.push(blob, to: "acme/source")
            #expect(
                try await scenario.send("POST", "/v2/acme/target/blobs/uploads/?mount=\(blob.digest)").status == 201)
            #expect(try await scenario.send("HEAD", "/v2/acme/target/blobs/\(blob.digest)").status == 200)
        }
    }

    @Test("O-28 a mounted blob is deleted on its own")
    func deleteMounted() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("mounted and deleted")
            try await scenario.push(blob, to: "acme/a")
            _ = try await scenario.send("POST", "/v2/acme/b/blobs/uploads/?mount=\(blob.digest)&from=acme/a")
            #expect(try await scenario.send("DELETE", "/v2/acme/b/blobs/\(blob.digest)").status == 202)
            #expect(try await scenario.send("HEAD", "/v2/acme/b/blobs/\(blob.digest)").status == 404)
            #expect(try await scenario.send("HEAD", "/v2/acme/a/blobs/\(blob.digest)").status == 200)
        }
    }

    @Test("S-59 a body sent as a form is raw bytes, whatever it spells", arguments: ["PUT", "PATCH", "POST"])
    func formContentType(method: String) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob("digest=sha256%3A0&mount=x&c=d+e")
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            var path = "/v2/acme/app/blobs/uploads/"
            if method != "POST" { path = try await scenario.startUpload(in: "acme/app") }
            if method == "PATCH" {
                let patched = try await scenario.send(method, path, headers: form, body: .bytes(blob.bytes))
                #expect(patched.status == 202)
            }
            let finished = try await scenario.send(
                method == "POST" ? "POST" : "PUT", "\(path)?digest=\(blob.digest)", headers: form,
                body: method == "PATCH" ? .none : .bytes(blob.bytes))
            #expect(finished.status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(blob.digest)").body == blob.bytes)
        }
    }

    @Test("R-25 R-26 an upload goes on after a restart")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let blob = SampleBlob([UInt8](repeating: 3, count: 200_000))
        let session = try await withServer(directory: directory) { server in
            let scenario = try await Scenario(on: server)
            let session = try await scenario.startUpload(in: "acme/app")
            _ = try await scenario.patch(session, blob.bytes, 0..<100_000)
            return session
        }
        try await withServer(directory: directory) { server in
            let credentials = TestClient.basic(Scenario.Persona.owner.rawValue, Scenario.Persona.owner.password)
            let status = try await server.client.send("GET", session, headers: [credentials])
            #expect(status.header("Range") == "0-99999")
            let finished = try await server.client.send(
                "PUT", "\(session)?digest=\(blob.digest)", headers: [credentials, ("Content-Range", "100000-199999")],
                body: .bytes(Array(blob.bytes[100_000...])))
            #expect(finished.status == 201)
        }
    }
}
