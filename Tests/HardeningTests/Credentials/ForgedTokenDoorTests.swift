import BerthTestSupport
import Crypto
import Foundation
import Testing

/// A way to make a token that no registry issued out of one that it did.
struct Forgery: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (TokenForge) throws -> String

    init(_ name: String, _ make: @escaping @Sendable (TokenForge) throws -> String) {
        self.name = name
        self.make = make
    }

    var testDescription: String { name }

    static let attacker = P256.Signing.PrivateKey()

    static let algorithms: [Forgery] =
        ["none", "None", "nOnE", "HS256", "RS256", "ES384", "es256", ""].map { (algorithm: String) in
            Forgery("alg \(algorithm)") { try $0.token(header: ["alg": algorithm]) }
        } + [
            Forgery("no signature") { try $0.signingInput(header: ["alg": "none"]) + "." },
            Forgery("no last part") { try $0.signingInput(header: ["alg": "none"]) },
            Forgery("HS256 with the public key") { try $0.token(secret: $0.key.publicKey.pemRepresentation) },
            Forgery("HS256 that says ES256") {
                try $0.token(secret: $0.key.publicKey.pemRepresentation, header: ["alg": "ES256"])
            },
            Forgery("HS256 with nothing") { try $0.token(secret: "") },
        ]

    static let ownKeys: [Forgery] = [
        Forgery("another key") { try $0.token(key: attacker) },
        Forgery("jwk") { forge in
            let point = attacker.publicKey.rawRepresentation
            let jwk: [String: Any] = [
                "kty": "EC", "crv": "P-256", "x": point.prefix(32).base64EncodedString(),
                "y": point.suffix(32).base64EncodedString(),
            ]
            return try forge.token(header: ["jwk": jwk], key: attacker)
        },
        Forgery("jku") { try $0.token(header: ["jku": "https://keys.example.com/jwks"], key: attacker) },
        Forgery("x5u") { try $0.token(header: ["x5u": "file:///etc/ssl/certs/ca.pem"], key: attacker) },
        Forgery("x5c") { try $0.token(header: ["x5c": ["MIIBIjAN"]], key: attacker) },
        Forgery("jwk, signed by the right key") { try $0.token(header: ["jwk": ["kty": "EC"]]) },
    ]

    static let keyIDs: [Forgery] =
        ["../../../../etc/passwd", "token-key.pem", "' OR '1'='1", "", "unknown", "\u{0}"].map { (id: String) in
            Forgery("kid \(id)") { try $0.token(header: ["kid": id]) }
        } + [
            Forgery("kid of 8 KB") { try $0.token(header: ["kid": String(repeating: "k", count: 8192)]) },
            Forgery("kid as a list") { try $0.token(header: ["kid": [$0.header["kid"] ?? ""]]) },
            Forgery("no kid") { try $0.token(header: ["kid": nil]) },
        ]

    static let audiences: [Forgery] = [
        Forgery("another service") { try $0.token(payload: ["aud": "registry.example.com"]) },
        Forgery("other services") { try $0.token(payload: ["aud": ["a", "b"]]) },
        Forgery("a service that begins alike") { try $0.token(payload: ["aud": "ber"]) },
        Forgery("no audience") { try $0.token(payload: ["aud": nil]) },
        Forgery("an empty audience") { try $0.token(payload: ["aud": [String]()]) },
        Forgery("another issuer") { try $0.token(payload: ["iss": "https://idp.example.com"]) },
        Forgery("another use") { try $0.token(payload: ["use": "session"]) },
    ]

    static let severalFaults: [Forgery] = [
        Forgery("expired and signed by another key") { try $0.token(payload: ["exp": 1], key: attacker) },
        Forgery("not yet valid and signed by another key") {
            try $0.token(payload: ["nbf": 4_000_000_000], key: attacker)
        },
        Forgery("expired and of an unknown key") { try $0.token(header: ["kid": "x"], payload: ["exp": 1]) },
        Forgery("expired and of another service") { try $0.token(payload: ["exp": 1, "aud": "x"]) },
    ]

    static let times: [Forgery] =
        ["exp", "nbf", "iat"].flatMap { (name: String) in
            [
                Forgery("no \(name)") { try $0.token(payload: [name: nil]) },
                Forgery("\(name) as a text") { try $0.token(payload: [name: "\($0.payload[name] ?? 0)"]) },
            ]
        } + [
            Forgery("until the year 9999") { try $0.token(payload: ["exp": 253_402_300_799]) },
            Forgery("from next year on") { try $0.token(payload: ["nbf": 4_000_000_000]) },
            Forgery("issued next year") { try $0.token(payload: ["iat": 4_000_000_000]) },
            Forgery("expired") { try $0.token(payload: ["exp": $0.payload["iat"]]) },
        ]
}

/// Forged tokens at the doors of a running server; what is wrong with each is told apart in BerthIdentityTests.
@Suite struct ForgedTokenDoorTests {
    private func expectRefusals(
        of forgeries: [Forgery], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withScenario { scenario in
            let certificates = scenario.server.certificates
            let files = try FileManager.default.contentsOfDirectory(atPath: certificates).sorted()
            for forgery in forgeries {
                for door in TokenDoor.allCases {
                    let good = try await door.token(in: scenario)
                    let forged = try forgery.make(try TokenForge(good, certificates: certificates))
                    let refused = try await door.present(forged, in: scenario)
                    #expect(
                        refused.status == 401, "\(forgery.name) at \(door): \(refused.text)",
                        sourceLocation: sourceLocation)
                    if door == .registry {
                        #expect(refused.header("WWW-Authenticate")?.hasPrefix("Bearer realm=") == true)
                    }
                    let accepted = try await door.present(good, in: scenario)
                    #expect(accepted.status == 200, "\(door): \(accepted.text)", sourceLocation: sourceLocation)
                    scenario.waitAMinute()
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: certificates).sorted() == files)
            #expect(scenario.server.faults.isEmpty)
        }
    }

    @Test("S-29 no door takes a token whose algorithm is another than the key's")
    func algorithms() async throws { try await expectRefusals(of: Forgery.algorithms) }

    @Test("S-30 no door takes a key from the token itself")
    func ownKeys() async throws { try await expectRefusals(of: Forgery.ownKeys) }

    @Test("S-31 no door looks for the key of a hostile kid anywhere")
    func keyIDs() async throws { try await expectRefusals(of: Forgery.keyIDs) }

    @Test("S-32 no door takes a token of another service or issuer, though the key is the right one")
    func audiences() async throws { try await expectRefusals(of: Forgery.audiences) }

    @Test("S-33 no door lets one fault of a token hide another")
    func severalFaults() async throws { try await expectRefusals(of: Forgery.severalFaults) }

    @Test("S-35 no door takes a token without times, or with ones that are no times")
    func times() async throws { try await expectRefusals(of: Forgery.times) }

    @Test("a token that is put together again by hand is taken, so that the refusals mean something")
    func control() async throws {
        try await withScenario { scenario in
            for door in TokenDoor.allCases {
                let good = try await door.token(in: scenario)
                let forge = try TokenForge(good, certificates: scenario.server.certificates)
                let again = try forge.token(payload: ["jti": "by hand"])
                let answer = try await door.present(again, in: scenario)
                #expect(answer.status == 200, "\(door): \(answer.text)")
            }
        }
    }
}
