import BerthOCI
import BerthTestSupport
import Testing

@Suite struct RangeTests {
    private static let blob = SampleBlob((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31) })

    private static func get(
        _ scenario: Scenario, _ blob: SampleBlob = blob, range: String, method: String = "GET",
        headers: [(String, String)] = []
    ) async throws -> TestResponse {
        try await scenario.send(
            method, "/v2/acme/app/blobs/\(blob.digest)", headers: headers + [("Range", range)])
    }

    @Test(
        "S-55 several ranges are answered with the blob once, never with more",
        arguments: [
            "bytes=0-1,3-4", "bytes=0-,0-,0-",
            "bytes=" + [String](repeating: "0-4095", count: 1000).joined(separator: ","),
            "bytes=0-0,-1", "bytes=-1,-1", "bytes=0-1, 9999-10000", "bytes=,,,,", "bytes=0-1,",
        ])
    func severalRanges(range: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(Self.blob, to: "acme/app")
            let response = try await Self.get(scenario, range: range)
            #expect(response.status == 200)
            #expect(response.body == Self.blob.bytes)
            #expect(response.header("Content-Type") == "application/octet-stream")
        }
    }

    @Test(
        "S-55 a range beyond the blob or of nothing is 416 with the size, and a body that tells no content",
        arguments: [
            "bytes=-0", "bytes=4096-", "bytes=4096-5000", "bytes=100-99", "bytes=9223372036854775807-",
            "bytes=9223372036854775808-", "bytes=99999999999999999999999-99999999999999999999999", "bytes=-00",
        ])
    func unsatisfiable(range: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(Self.blob, to: "acme/app")
            let response = try await Self.get(scenario, range: range)
            #expect(response.status == 416)
            #expect(response.header("Content-Range") == "bytes */4096")
            #expect(response.errorCodes == ["SIZE_INVALID"])
        }
    }

    @Test(
        "S-55 what is no range of bytes is passed over",
        arguments: [
            "lines=0-1", "bytes", "bytes=", "bytes=a-b", "bytes=1", "=0-1", "0-1", "bytes=0-1-2", "bytes=--1",
            "bytes=+0-1",
            "bytes=0x0-0x1", "bytes=-", "bytes=\u{661}-\u{662}", "byte=0-1", "bytes:0-1", "none",
        ])
    func noRange(range: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(Self.blob, to: "acme/app")
            let response = try await Self.get(scenario, range: range)
            #expect(response.status == 200)
            #expect(response.body == Self.blob.bytes)
        }
    }

    @Test(
        "S-55 numbers that are larger than the blob, or than any number, end where the blob ends",
        arguments: [
            ("bytes=0-99999999999999999999999", 0..<4096), ("bytes=4095-9223372036854775807", 4095..<4096),
            ("bytes=-99999999999999999999999", 0..<4096), ("BYTES=1-2", 1..<3), ("bytes= 1-2 ", 1..<3),
            ("bytes=00000000000000000000000000001-2", 1..<3),
        ])
    func overflow(range: String, expected: Range<Int>) async throws {
        try await withScenario { scenario in
            try await scenario.push(Self.blob, to: "acme/app")
            let response = try await Self.get(scenario, range: range)
            #expect(response.status == 206)
            #expect(response.body == Array(Self.blob.bytes[expected]))
            #expect(
                response.header("Content-Range") == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/4096")
        }
    }

    @Test("S-55 of the empty blob there is no part")
    func emptyBlob() async throws {
        try await withScenario { scenario in
            let empty = SampleBlob("")
            try await scenario.push(empty, to: "acme/app")
            for range in ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=1-"] {
                let response = try await Self.get(scenario, empty, range: range)
                #expect(response.status == 416 || (response.status == 200 && response.body.isEmpty), "\(range)")
                if response.status == 416 { #expect(response.header("Content-Range") == "bytes */0", "\(range)") }
            }
        }
    }

    @Test("S-55 a part is given only of the content that If-Range names; HEAD and manifests have no parts")
    func conditions() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(Self.blob, to: "acme/app")
            try await scenario.push(image, to: "acme/app", tag: "v1")
            for (condition, status) in [
                ("\"\(Self.blob.digest)\"", 206), ("\"other\"", 200), ("W/\"\(Self.blob.digest)\"", 200), ("*", 200),
                ("Sat, 21 Nov 2026 00:00:00 GMT", 200),
            ] {
                let response = try await Self.get(scenario, range: "bytes=1-2", headers: [("If-Range", condition)])
                #expect(response.status == status, "\(condition)")
                #expect(response.body.count == (status == 206 ? 2 : 4096), "\(condition)")
            }
            let head = try await Self.get(scenario, range: "bytes=1-2", method: "HEAD")
            #expect(head.status == 200 && head.header("Content-Length") == "4096")
            let manifest = try await scenario.send(
                "GET", "/v2/acme/app/manifests/v1", headers: [("Range", "bytes=0-0")])
            #expect(manifest.status == 200 && manifest.body == image.bytes)
        }
    }
}
