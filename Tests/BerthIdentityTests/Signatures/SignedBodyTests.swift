import Crypto
import Foundation
import Testing

@testable import BerthIdentity

/// What `X-Sdk-Content-Sha256` may say of a body.
@Suite struct SignedBodyTests {
    typealias Bench = SignatureBench
    private static let body = Array("a body".utf8)
    private static let hash = hexadecimal(SHA256.hash(data: body))

    /// Signs a request with `Content-Type` and `X-Sdk-Content-Sha256` as given and verifies it with ``body``.
    private func verify(
        type: String?, claim: String, signedHash: String, leavingUnsigned unsigned: [String] = [],
        body: [UInt8] = body
    ) throws {
        var headers = Bench.commonHeaders.filter { $0.name != "Content-Type" && $0.name != "Accept" }
        if let type { headers.append((name: "Content-Type", value: type)) }
        headers.append((name: "X-Sdk-Content-Sha256", value: claim))
        let signature = try Bench.sign(
            method: "POST", headers: headers.filter { !unsigned.contains($0.name) }, bodyHash: signedHash)
        try signature.verify(
            Bench.request(method: "POST", headers: headers, body: body), secret: Bench.secret, now: Bench.signedAt)
    }

    @Test("the hash of the body is accepted, signed or not; any other is refused even if it was signed")
    func hashes() throws {
        try verify(type: "application/json", claim: Self.hash, signedHash: Self.hash)
        try verify(
            type: "application/json", claim: Self.hash, signedHash: Self.hash,
            leavingUnsigned: ["X-Sdk-Content-Sha256"])
        for wrong in [
            String(repeating: "0", count: 64), Self.hash.uppercased(), "", "UNSIGNED", "unsigned-payload", "x",
        ] {
            #expect(throws: SignatureError.contentHash) {
                try verify(type: "application/octet-stream", claim: wrong, signedHash: wrong)
            }
        }
    }

    @Test("a body that is neither JSON nor BSON may be unsigned, as SDKs leave it")
    func unsignedPayload() throws {
        try verify(type: "text/plain", claim: "UNSIGNED-PAYLOAD", signedHash: "UNSIGNED-PAYLOAD")
        try verify(
            type: "text/plain", claim: "UNSIGNED-PAYLOAD", signedHash: hexadecimal(SHA256.hash(data: Data())), body: [])
    }

    @Test("a JSON body is never unsigned, nor one whose headers could have been added on the way")
    func payloadToSign() throws {
        for type in ["application/json", "Application/JSON; charset=utf-8", "application/bson", "", nil] {
            #expect(throws: SignatureError.unsignedPayload) {
                try verify(type: type, claim: "UNSIGNED-PAYLOAD", signedHash: "UNSIGNED-PAYLOAD")
            }
        }
        for header in ["Content-Type", "X-Sdk-Content-Sha256"] {
            #expect(throws: SignatureError.unsignedPayload) {
                try verify(
                    type: "text/plain", claim: "UNSIGNED-PAYLOAD", signedHash: "UNSIGNED-PAYLOAD",
                    leavingUnsigned: [header])
            }
        }
    }
}
