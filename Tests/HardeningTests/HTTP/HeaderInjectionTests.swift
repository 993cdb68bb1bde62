import BerthOCI
import BerthTestSupport
import Testing

/// A line end, escaped, with the header that it would begin.
private let split = "%0d%0aX-Evil:%201"

@Suite struct HeaderInjectionTests {
    private static let digest = SampleBlob("there").digest

    @Test(
        "S-51 a line end in a path or a query is refused and begins no header",
        arguments: [
            ("GET", "/v2/acme/app\(split)/tags/list"), ("GET", "/v2/acme/app/manifests/v1\(split)"),
            ("PUT", "/v2/acme/app/manifests/v1\(split)"), ("GET", "/v2/acme/app/blobs/\(digest)\(split)"),
            ("GET", "/v2/acme/app/blobs/uploads/\(split)"), ("PATCH", "/v2/acme/app/blobs/uploads/a\(split)"),
            ("POST", "/v2/acme/app\(split)/blobs/uploads/"), ("GET", "/v2/acme/app/referrers/\(digest)\(split)"),
            ("POST", "/v2/acme/app/blobs/uploads/?mount=\(digest)&from=acme/app\(split)"),
            ("POST", "/v2/acme/app/blobs/uploads/?mount=\(digest)\(split)&from=acme/app"),
            ("POST", "/v2/acme/app/blobs/uploads/?digest=\(digest)\(split)"),
            ("POST", "/v2/acme/app/blobs/uploads/?digest-algorithm=sha256\(split)"),
            ("PUT", "/v2/acme/app/manifests/\(digest)?tag=v1\(split)"),
            ("GET", "/v2/acme/app/tags/list?last=v1\(split)"), ("GET", "/v2/acme/app/tags/list?n=1\(split)"),
            ("GET", "/v2/_catalog?last=v1\(split)"), ("GET", "/v2/_catalog?n=1&other=\(split)"),
            ("GET", "/v2/acme/app/referrers/\(digest)?artifactType=a/b\(split)"),
            ("GET", "/v2/acme/app/tags/list?last=%0a"), ("GET", "/v2/acme/app/tags/list?last=%00"),
            ("GET", "/token?service=berth\(split)"), ("GET", "/token?service=berth&scope=repository:a/b\(split):pull"),
            ("GET", "/token?service=berth&account=a\(split)"), ("GET", "/none\(split)"), ("GET", "/v2\(split)"),
            ("GET", "/v2/manage/namespaces/acme\(split)/repos"), ("GET", "/v2/manage/repos?filter=\(split)"),
        ])
    func lineEnds(method: String, path: String) async throws {
        try await withScenario { scenario in
            let response = try await scenario.send(method, path)
            #expect([400, 401, 404].contains(response.status), "\(response.status)")
            #expect(response.header("X-Evil") == nil)
            #expect(!response.headers.contains { $0.value.contains("X-Evil") })
        }
    }

    @Test("S-51 a Link keeps what it repeats within its quotation, whatever that is")
    func link() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            // Letters whose low bytes are CR and LF, which careless encoders turn into a line end.
            let types = [#"a>; rel="evil", <http://evil.example/"#, "čĊX-Evil: 1", "a,b;c\"d\\"]
            for type in types where type.utf8.allSatisfy({ $0 < 0x7F }) {
                for number in 1...2 {
                    try await scenario.push(
                        SampleManifest.index(
                            of: [], artifactType: type, subject: subject, annotations: ["n": "\(number)"]),
                        to: "acme/app")
                }
            }
            for type in types {
                let escaped = type.utf8.map { byte in
                    "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined()
                let page = try await scenario.send(
                    "GET", "/v2/acme/app/referrers/\(subject.digest)?n=1&artifactType=\(escaped)")
                #expect(page.status == 200)
                #expect(page.header("X-Evil") == nil)
                guard type.utf8.allSatisfy({ $0 < 0x7F }) else { continue }
                let link = try #require(page.header("Link"))
                #expect(link.utf8.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 })
                #expect(link.hasSuffix(">; rel=\"next\""))
                #expect(link.dropLast(">; rel=\"next\"".count).allSatisfy { !">\",; ".contains($0) })
                let next = try await scenario.send("GET", String(link.dropFirst().prefix { $0 != ">" }))
                #expect(next.status == 200 && next.header("Link") == nil)
            }
        }
    }

    @Test("S-51 a line end in a media type is refused, one in an annotation stays in the body")
    func manifests() async throws {
        try await withScenario { scenario in
            let subject = try SampleManifest.image("subject").descriptor
            let evil = try SampleManifest.index(of: [], artifactType: "a/b\r\nX-Evil: 1", subject: subject)
            let refused = try await scenario.push(evil, to: "acme/app", tag: "v1")
            #expect(refused.status == 400 && refused.errorCodes == ["MANIFEST_INVALID"])
            let note = try SampleManifest.index(
                of: [], subject: subject,
                annotations: ["org.opencontainers.image.title\r\nX-Evil": "a\r\nX-Evil: 1\r\n\r\n<html>"])
            let responses = [
                try await scenario.push(note, to: "acme/app", tag: "v1"),
                try await scenario.send("GET", "/v2/acme/app/manifests/v1"),
                try await scenario.send("GET", "/v2/acme/app/referrers/\(subject.digest)"),
            ]
            for response in responses {
                #expect(response.status < 300)
                #expect(response.header("X-Evil") == nil)
                #expect(!response.text.contains("\r\n"))
            }
        }
    }

    @Test("S-51 a line end in the path as it is ends the request line, and is refused")
    func rawLineEnds() async throws {
        try await withScenario { scenario in
            for path in ["/v2/\rX-Evil: 1", "/v2/\nX-Evil: 1", "/v2/acme/app\u{0}/tags/list", "/v2/\u{B}"] {
                let answer = RawAnswer(
                    try await scenario.client.sendRaw(Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)))
                #expect(answer.statuses == [400], "\(path.debugDescription)")
                #expect(!answer.text.contains("X-Evil"))
            }
        }
    }
}
