import BerthTestBasics
import Foundation
import Testing

@testable import BerthIdentity

@Suite struct HostileSignatureTests {
    typealias Bench = SignatureBench
    private static let digits = String(repeating: "a", count: 64)

    @Test(
        "another scheme or algorithm is refused by that name",
        arguments: [
            "", "Basic YTpi", "Bearer x", "SDK-HMAC-SHA256", "sdk-hmac-sha256 Access=a", "SDK-HMAC-SHA2567 Access=a",
            "SDK-HMAC-SM3 Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "SDK-ECDSA-P256-SHA256 Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "V11-HMAC-SHA256 Credential=a/20260102/region-1/swr, SignedHeaders=host, Signature=\(digits)",
        ])
    func otherAlgorithms(header: String) {
        #expect(throws: SignatureError.algorithm) { try RequestSignature(parsing: header) }
    }

    @Test(
        "a header of another form is refused with what is wrong",
        arguments: [
            "", " ", "Access=a", "Access", ",,,", "Access=a, SignedHeaders=host;x-sdk-date",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits), Access=a",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits), More=1",
            "Access=a, Access=b, Signature=\(digits)", "access=a, signedheaders=host;x-sdk-date, signature=\(digits)",
            "Access=, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "Access=a b, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "Access=é, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "Access=a\u{0}, SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "Access=\(String(repeating: "A", count: 129)), SignedHeaders=host;x-sdk-date, Signature=\(digits)",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits)a",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits.dropLast())G",
            "Access=a, SignedHeaders=host;x-sdk-date, Signature=\(digits.uppercased())",
            "Access=a, SignedHeaders=, Signature=\(digits)",
            "Access=a, SignedHeaders=;host;x-sdk-date, Signature=\(digits)",
            "Access=a, SignedHeaders=Host;X-Sdk-Date, Signature=\(digits)",
            "Access=a, SignedHeaders=x-sdk-date;host, Signature=\(digits)",
            "Access=a, SignedHeaders=host;host;x-sdk-date, Signature=\(digits)",
            "Access=a, SignedHeaders=host; x-sdk-date, Signature=\(digits)",
            "Access=a, SignedHeaders=ho\nst;x-sdk-date, Signature=\(digits)",
            "Access=a, SignedHeaders=host:;x-sdk-date, Signature=\(digits)",
        ])
    func malformed(fields: String) {
        let error = #expect(throws: SignatureError.self) {
            try RequestSignature(parsing: "SDK-HMAC-SHA256 " + fields)
        }
        guard case .malformed = error else {
            Issue.record("\(fields): \(String(describing: error))")
            return
        }
    }

    @Test("spaces after the commas and the order of the fields do not matter")
    func spelling() throws {
        let parsed = try RequestSignature(
            parsing: "SDK-HMAC-SHA256 Signature=\(Self.digits),Access=a,\t SignedHeaders=host;x-sdk-date")
        #expect(parsed.accessKey == "a" && parsed.signedHeaders == ["host", "x-sdk-date"])
    }

    @Test("host and date have to be signed, whatever else is")
    func neededHeaders() {
        #expect(throws: SignatureError.notSigned("host")) {
            try RequestSignature(parsing: Bench.authorization(Self.digits, headers: "x-sdk-date"))
        }
        #expect(throws: SignatureError.notSigned("x-sdk-date")) {
            try RequestSignature(parsing: Bench.authorization(Self.digits, headers: "content-type;host"))
        }
    }

    @Test("everything is bounded: header, signed headers, path, query, parameters")
    func bounds() throws {
        func names(_ count: Int) -> String {
            (0..<count - 2).map { "a\($0 + 100)" }.joined(separator: ";") + ";host;x-sdk-date"
        }
        #expect(
            try RequestSignature(parsing: Bench.authorization(Self.digits, headers: names(64))).signedHeaders.count
                == 64)
        for text in [
            Bench.authorization(Self.digits, headers: names(65)), Bench.authorization(Self.digits, headers: names(900)),
            "SDK-HMAC-SHA256 " + String(repeating: "a=b,", count: 250_000), String(repeating: ".", count: 1_000_000),
        ] {
            #expect(throws: SignatureError.self) { try RequestSignature(parsing: text) }
        }
        let signature = try Bench.sign()
        for request in [
            Bench.request(path: "/" + String(repeating: "a", count: 8192)),
            Bench.request(query: "a=" + String(repeating: "%20", count: 10_000)),
            Bench.request(query: (0..<257).map { "a\($0)=1" }.joined(separator: "&")),
        ] {
            let error = #expect(throws: SignatureError.self) {
                try signature.verify(request, secret: Bench.secret, now: Bench.signedAt)
            }
            guard case .tooLarge = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("no random change of a good header crashes or is accepted")
    func mutations() throws {
        var generator = SeededGenerator(seed: 2)
        let good = try Bench.sign()
        let header = Array(
            Bench.authorization(good.signature, headers: good.signedHeaders.joined(separator: ";")).utf8)
        let request = Bench.request()
        try RequestSignature(parsing: String(decoding: header, as: UTF8.self))
            .verify(request, secret: Bench.secret, now: Bench.signedAt)
        for _ in 0..<5000 {
            var bytes = header
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
                }
            }
            guard let parsed = try? RequestSignature(parsing: String(decoding: bytes, as: UTF8.self)), parsed != good,
                parsed.signature != good.signature || parsed.signedHeaders != good.signedHeaders
            else { continue }
            #expect(throws: SignatureError.self) {
                try parsed.verify(request, secret: Bench.secret, now: Bench.signedAt)
            }
        }
    }

    @Test("random paths and queries have one canonical form, which is its own")
    func canonicalForms() throws {
        var generator = SeededGenerator(seed: 3)
        let alphabet = ["a", "B", "/", "%2F", "%2f", "$", "%24", "&", "=", "+", "%20", "é", "%C3%A9", "~", "..", ";"]
        for _ in 0..<2000 {
            let raw = (0..<Int.random(in: 0...12, using: &generator))
                .map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
            let path = try CanonicalRequest.path(raw)
            #expect(try CanonicalRequest.path(path) == path)
            let query = try CanonicalRequest.query(raw)
            #expect(try CanonicalRequest.query(query) == query)
            #expect(query.utf8.allSatisfy { $0 < 0x80 } && path.utf8.allSatisfy { $0 < 0x80 })
        }
    }
}
