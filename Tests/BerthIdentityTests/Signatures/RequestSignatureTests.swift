import Crypto
import Foundation
import Testing

@testable import BerthIdentity

@Suite struct RequestSignatureTests {
    typealias Bench = SignatureBench

    @Test("a request with a body that the SDK signed is accepted, and the same request changed anywhere is not")
    func vectorWithBody() throws {
        let canonical = CanonicalRequest(
            method: "post", path: try CanonicalRequest.path("/v2/manage/namespaces"), query: "",
            headers: [
                (name: "content-type", value: "application/json"),
                (name: "host", value: "swr-api.region-1.example.com"), (name: "user-agent", value: "ua/1"),
                (name: "x-sdk-date", value: "20260102T030405Z"),
            ], bodyHash: "ed3cba144bf02cd985e9f3680bcafb015960cac7a417e20ed16efb55d8b18fdd")
        #expect(
            hexadecimal(SHA256.hash(data: Data(canonical.text.utf8)))
                == "d2bac2275d27f5850da6627d27e14cd3dd9c9fed5d197f034d78bdfa62a3253b")
        #expect(
            canonical.signature(date: "20260102T030405Z", secret: Bench.secret)
                == "b247a920b6f905e85db22432190f829c7dae3a0747001681918e6d0f66e999cc")
        let signature = try RequestSignature(
            parsing: Bench.authorization("b247a920b6f905e85db22432190f829c7dae3a0747001681918e6d0f66e999cc"))
        #expect(signature.accessKey == Bench.accessKey)
        let body = Array(#"{"namespace": "group-a"}"#.utf8)
        let hash = hexadecimal(SHA256.hash(data: body))
        #expect(hash == canonical.bodyHash)
        try signature.verify(
            Bench.request(method: "POST", body: body), secret: Bench.secret, now: Bench.signedAt)
        for changed in [
            Bench.request(method: "PUT", body: body), Bench.request(method: "POST", body: body + [0x20]),
            Bench.request(method: "POST"), Bench.request(method: "POST", query: "a", body: body),
            Bench.request(method: "POST", path: "/v2/manage/namespacez", body: body),
        ] {
            #expect(throws: SignatureError.wrong) {
                try signature.verify(changed, secret: Bench.secret, now: Bench.signedAt)
            }
        }
        #expect(throws: SignatureError.wrong) {
            try signature.verify(
                Bench.request(method: "POST", body: body), secret: Bench.secret + "0", now: Bench.signedAt)
        }
    }

    @Test("a request with an encoded path and a query that the SDK signed is accepted, in whatever order they come")
    func vectorWithQuery() throws {
        let signature = try RequestSignature(
            parsing: Bench.authorization(
                "65f1090606d279c54d5babc1661b3f4882c852fab30b12b5f349b4a52b59d8e5",
                headers: "content-type;host;user-agent;x-project-id;x-sdk-date"))
        for path in ["web%2Fapi", "web%2fapi", "%77eb%2Fapi"] {
            for query in [
                "filter=tag%3A%3Av1%7Corder_type%3A%3Aasc&limit=10&offset=0",
                "offset=0&limit=10&filter=tag::v1%7corder_type::asc",
            ] {
                try signature.verify(
                    Bench.request(
                        path: "/v2/manage/namespaces/group-a/repos/\(path)/tags", query: query,
                        headers: Bench.commonHeaders.reversed() + [(name: "x-pRoject-id", value: " proj-1\t")]),
                    secret: Bench.secret, now: Bench.signedAt)
            }
        }
    }

    @Test("paths are canonical: decoded once, encoded in UTF-8, with a slash at the end")
    func paths() throws {
        for (raw, canonical) in [
            ("", "/"), ("/", "/"), ("/a", "/a/"), ("/a/", "/a/"), ("/a//b", "/a//b/"), ("/a%24b$c", "/a%24b%24c/"),
            ("/%7e~-._", "/~~-._/"), ("/%C3%A9", "/%C3%A9/"), ("/é", "/%C3%A9/"), ("/a+b", "/a%2Bb/"),
            ("/%2525", "/%2525/"), ("/..%2F..", "/../../"), ("/%00%FF", "/%00%FF/"),
        ] {
            #expect(try CanonicalRequest.path(raw) == canonical, "\(raw)")
        }
    }

    @Test("queries are canonical: sorted by decoded name and value, valueless names with an equals sign")
    func queries() throws {
        for (raw, canonical) in [
            ("", ""), ("&", ""), ("a", "a="), ("a=", "a="), ("=", "="), ("b=1&a=2", "a=2&b=1"),
            ("a=2&a=1&a=10", "a=1&a=10&a=2"), ("a=b=c", "a=b%3Dc"), ("a=%2B+", "a=%2B%2B"),
            ("%7Ba%7D=1&a=2", "a=2&%7Ba%7D=1"), ("A=1&a=2&_=3", "A=1&_=3&a=2"), ("a-b=1&a=2", "a=2&a-b=1"),
            ("e%CC%81=1&%C3%A9=2", "e%CC%81=1&%C3%A9=2"), ("%C3%A9=2&e%CC%81=1", "e%CC%81=1&%C3%A9=2"),
        ] {
            #expect(try CanonicalRequest.query(raw) == canonical, "\(raw)")
        }
    }

    @Test("a percent sign that encodes nothing is refused")
    func badEncoding() throws {
        for text in ["%", "/%", "/%a", "/%zz", "/%%20", "/%2", "/%+1", "/%é1"] {
            #expect(throws: SignatureError.encoding) { try CanonicalRequest.path(text) }
            #expect(throws: SignatureError.encoding) { try CanonicalRequest.query("a=\(text)") }
            #expect(throws: SignatureError.encoding) { try CanonicalRequest.query(text) }
        }
    }

    @Test("a date is good for 15 minutes both ways and no second longer")
    func clock() throws {
        let signature = try Bench.sign()
        let request = Bench.request()
        for seconds in [-900.0, -1, 0, 1, 900] {
            try signature.verify(
                request, secret: Bench.secret, now: Bench.signedAt.addingTimeInterval(seconds))
        }
        for seconds in [-901.0, 901, 1e9, -1e9, .infinity, -.infinity] {
            #expect(throws: SignatureError.clock) {
                try signature.verify(
                    request, secret: Bench.secret, now: Bench.signedAt.addingTimeInterval(seconds))
            }
        }
    }

    @Test(
        "a date of any other form is refused",
        arguments: [
            "", "20260102", "2026-01-02T03:04:05Z", "20260102T030405", "20260102T030405z", "20260102 030405Z",
            "20260102T030405+", "20261302T030405Z", "20260002T030405Z", "20260230T030405Z", "20260100T030405Z",
            "20260102T240405Z", "20260102T036005Z", "20260102T030460Z", "+0260102T030405Z", "２0260102T0304Z",
            "20260102T030405ZZ", "-1", "1767323045",
        ])
    func dateForms(text: String) throws {
        #expect(SignatureDate(parsing: text) == nil)
        var headers = Bench.commonHeaders
        headers[3].value = text
        let signature = try Bench.sign(headers: headers.dropLast(), date: text)
        #expect(throws: SignatureError.date) {
            try signature.verify(Bench.request(headers: headers), secret: Bench.secret, now: Bench.signedAt)
        }
    }

    @Test("each signed header has to be in the request exactly once; others may repeat")
    func signedHeaders() throws {
        let signature = try Bench.sign()
        for index in 0..<4 {
            var headers = Bench.commonHeaders
            let (name, value) = headers[index]
            headers.append((name: name.uppercased(), value: value))
            #expect(throws: SignatureError.headerRepeated(name.lowercased())) {
                try signature.verify(Bench.request(headers: headers), secret: Bench.secret, now: Bench.signedAt)
            }
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            #expect(throws: SignatureError.headerMissing(name.lowercased())) {
                try signature.verify(Bench.request(headers: headers), secret: Bench.secret, now: Bench.signedAt)
            }
            headers.append((name: name, value: value + "x"))
            #expect(throws: SignatureError.self) {
                try signature.verify(Bench.request(headers: headers), secret: Bench.secret, now: Bench.signedAt)
            }
        }
        try signature.verify(
            Bench.request(headers: Bench.commonHeaders + [(name: "Accept", value: "x")]), secret: Bench.secret,
            now: Bench.signedAt)
    }

    @Test("a header of letters beyond ASCII is signed as its UTF-8")
    func unicodeHeader() throws {
        let headers = Bench.commonHeaders + [(name: "X-Note", value: "Zürich 東京")]
        let signature = try Bench.sign(headers: headers)
        try signature.verify(Bench.request(headers: headers), secret: Bench.secret, now: Bench.signedAt)
    }
}
