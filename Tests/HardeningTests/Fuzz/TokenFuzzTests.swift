import BerthAccess
import BerthIdentity
import BerthTestBasics
import BerthTestSupport
import Crypto
import Foundation
import Testing

extension FuzzTests {
    @Test("a changed token is good only where what was signed is byte for byte as it was")
    func tokens() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let keys = try TokenKeys(directory: directory.path, now: clock.now)
        let service = TokenService(keys: keys, issuer: "berth", service: "registry") { clock.now }
        let originals = try await Self.originals(at: clock.now)
        let pem = try String(contentsOfFile: directory.file("token-key.pem"), encoding: .utf8)
        let publicKey = try P256.Signing.PrivateKey(pemRepresentation: pem).publicKey
        var signed: [String: TokenClaims] = [:]
        var goodTokens: [String] = []
        var corpus: [[UInt8]] = []
        var pieces = [".", "..", "=", "e30", "eyJhbGciOiJub25lIn0", "AAAA"]
        for claims in originals {
            let token = try await service.sign(claims)
            let parts = token.split(separator: ".").map(String.init)
            signed["\(parts[0]).\(parts[1])"] = claims
            pieces += parts
            goodTokens.append(token)
            corpus.append(Array(token.utf8))
            let forge = try TokenForge(token, certificates: directory.path)
            corpus += try [
                forge.token(header: ["alg": "none"]), forge.token(payload: ["exp": 253_402_300_799]),
                forge.token(payload: ["aud": "other"]), forge.token(header: ["kid": "x"]), forge.token(secret: "x"),
            ].map { Array($0.utf8) }
        }
        let known = signed
        for (token, claims) in zip(goodTokens, originals) {
            #expect(try await service.verify(token, use: claims.use) == claims)
        }
        let (accepted, refused) = await FuzzTarget.tokens.fuzz(corpus, tokens: pieces) { input in
            let token = String(decoding: input, as: UTF8.self)
            var isAccepted = false
            for use in [TokenUse.access, .refresh, .management] {
                do {
                    let claims = try await service.verify(token, use: use)
                    isAccepted = true
                    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
                    let content = parts.dropLast().joined(separator: ".")
                    try hold(known[content] != nil, "a token with other content is good")
                    try hold(claims == known[content] && claims.use == use, "a token says \(claims)")
                    let bytes = parts.last.flatMap { [UInt8](base64URL: $0) } ?? []
                    let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes)
                    try hold(
                        signature.map { publicKey.isValidSignature($0, for: Data(content.utf8)) } == true,
                        "a token with a wrong signature is good")
                } catch is TokenError {
                    continue
                }
            }
            return isAccepted
        }
        #expect(accepted >= originals.count && refused > 20)
    }

    /// Claims of every use.
    private static func originals(at now: Date) async throws -> [TokenClaims] {
        let user = TokenSubject.user(
            id: UserID(rawValue: "u1"), name: try QualifiedUserName(parsing: "acme/ci"), credentialsVersion: 3)
        let region = try Region(parsing: "region-1")
        let access = [TokenAccess(type: "repository", name: "acme/app", actions: ["pull", "push"])]
        let end = now.addingTimeInterval(300)
        return [
            TokenClaims(subject: user, access: access, region: region, issuedAt: now, expiresAt: end),
            TokenClaims(subject: .anonymous, region: nil, issuedAt: now, expiresAt: end),
            TokenClaims(subject: user, region: region, issuedAt: now, expiresAt: end, use: .refresh),
            TokenClaims(subject: user, region: region, issuedAt: now, expiresAt: end, use: .management),
        ]
    }
}
