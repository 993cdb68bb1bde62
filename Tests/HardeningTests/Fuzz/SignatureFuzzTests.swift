import BerthIdentity
import BerthTestSupport
import Foundation
import Testing

extension FuzzTests {
    private static let signer = RequestSigner(accessKey: "AKEXAMPLE0000000000", secretKey: "a secret key")
    /// 2026-01-02T03:04:05Z
    private static let signedAt = Date(timeIntervalSince1970: 1_767_323_045)

    @Test("a changed request passes only where a signer who knows nothing of Berth signs it the same")
    func signatures() async throws {
        let json = [("Host", "127.0.0.1:5000"), ("Content-Type", "application/json")]
        let octets = [
            ("Host", "127.0.0.1:5000"), ("Content-Type", "application/octet-stream"),
            ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"),
        ]
        let corpus = [
            Message("GET", "/v2/manage/namespaces", headers: json),
            Message("GET", "/v2/manage/repos", "limit=10&filter=name::a%7Cnamespace::b&name=", headers: json),
            Message("POST", "/v2/manage/namespaces/acme/repos", headers: json, body: #"{"repository":"app"}"#),
            Message("DELETE", "/v2/manage/namespaces/acme/repos/a%24b/tags/v1", "x=%2F&x=1&é", headers: json),
            Message("PATCH", "/v2/manage/../%2e/", "=&a=b=c&+", headers: json, body: "[]"),
            Message("GET", "/v3/projects", headers: octets),
        ].map { $0.signed(by: Self.signer, at: Self.signedAt) }
        let tokens = [
            "SDK-HMAC-SHA256 ", "Access=", "SignedHeaders=", "Signature=", ", ", "host;x-sdk-date", "UNSIGNED-PAYLOAD",
            "X-Sdk-Date: 20260102T030405Z\n", "Host: other\n", "X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD\n", "%24", "%3D",
            "GET\n", "POST\n", "application/octet-stream", "&a=b", String(repeating: "0", count: 64),
        ]
        for message in corpus { #expect(try Self.passes(Message(parsing: message.text)), "\(message.path)") }
        let (accepted, refused) = await FuzzTarget.signatures.fuzz(
            corpus.map { Array($0.text.utf8) }, tokens: tokens
        ) { input in
            try Self.passes(Message(parsing: String(decoding: input, as: UTF8.self)))
        }
        #expect(accepted > corpus.count && refused > 20)
    }

    /// Whether a request passes, which it may only when the signer signs it the same.
    private static func passes(_ message: Message) throws -> Bool {
        guard let header = message.authorization else { return false }
        do {
            let signature = try RequestSignature(parsing: header)
            try signature.verify(message.request, secret: signer.secretKey, now: signedAt)
            try hold(
                signature.signature == message.expectedSignature(signature.signedHeaders, by: signer),
                "a forged request passes")
            return true
        } catch is SignatureError {
            return false
        }
    }
}

/// A request as one text that can be mutated: method, path, query, headers, an empty line, body.
private struct Message {
    let method: String
    let path: String
    let query: String
    var headers: [(name: String, value: String)]
    let body: String

    init(
        _ method: String, _ path: String, _ query: String = "", headers: [(String, String)], body: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers.map { (name: $0.0, value: $0.1) }
        self.body = body
    }

    init(parsing text: String) {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }[...]
        func next() -> String { lines.popFirst() ?? "" }
        (method, path, query) = (next(), next(), next())
        headers = []
        while let line = lines.popFirst(), !line.isEmpty {
            let parts = line.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0) }
            headers.append((name: parts[0], value: parts.count > 1 ? parts[1] : ""))
        }
        body = lines.joined(separator: "\n")
    }

    var text: String {
        ([method, path, query] + headers.map { "\($0.name):\($0.value)" } + ["", body]).joined(separator: "\n")
    }

    var authorization: String? {
        headers.first { $0.name.lowercased() == "authorization" }?.value.trimmingCharacters(in: .whitespaces)
    }

    var request: SignedRequest {
        SignedRequest(method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
    }

    /// The same request with the headers of a signature.
    func signed(by signer: RequestSigner, at date: Date) -> Message {
        var message = self
        message.headers += signer.headers(
            signing: method, path, query: query, headers: headers.map { ($0.name, $0.value) }, body: Array(body.utf8),
            at: date
        ).map { (name: $0.0, value: $0.1) }
        return message
    }

    /// What a signer would sign this request with, all of `names` signed.
    func expectedSignature(_ names: [String], by signer: RequestSigner) -> String? {
        let signed = headers.filter { names.contains($0.name.lowercased()) }.map { ($0.name, $0.value) }
        let headers = signer.headers(
            signing: method.uppercased(), path, query: query, headers: signed, body: Array(body.utf8), at: .distantPast)
        return headers.last?.1.split(separator: "Signature=").last.map(String.init)
    }
}
