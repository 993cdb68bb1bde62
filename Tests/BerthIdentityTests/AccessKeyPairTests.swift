import BerthTestBasics
import Testing

@testable import BerthIdentity

@Suite struct AccessKeyPairTests {
    @Test("the long-term login is the hex HMAC-SHA256 of the access key under the secret")
    func loginPassword() {
        // printf %s AKEXAMPLE | openssl dgst -sha256 -hmac SKEXAMPLE
        let password = AccessKeyPair.loginPassword(accessKey: "AKEXAMPLE", secret: "SKEXAMPLE")
        #expect(password == "0e88cbb99273df9955697b92044912a5883c7ea4463f1cae99013c9478dba7c0")
        #expect(AccessKeyPair.isLoginPassword(password, accessKey: "AKEXAMPLE", secret: "SKEXAMPLE"))
        // The vendor's: the password is keyed with the secret, and the message is the access key.
        #expect(
            AccessKeyPair.loginPassword(accessKey: SignatureBench.accessKey, secret: SignatureBench.secret)
                == "6d5166e472d526387e1f9a491fbff7330955bd43b3fe09d4c2fbf53e4eb21681")
    }

    @Test("any other text is not the login, wherever it differs")
    func wrongLogin() {
        let password = AccessKeyPair.loginPassword(accessKey: "AK", secret: "SK")
        for index in password.indices {
            var wrong = password
            wrong.replaceSubrange(index...index, with: wrong[index] == "0" ? "1" : "0")
            #expect(!AccessKeyPair.isLoginPassword(wrong, accessKey: "AK", secret: "SK"))
        }
        for wrong in ["", String(password.dropLast()), password + "0", password.uppercased(), "SK"] {
            #expect(!AccessKeyPair.isLoginPassword(wrong, accessKey: "AK", secret: "SK"))
        }
        #expect(!AccessKeyPair.isLoginPassword(password, accessKey: "AK", secret: "SL"))
    }

    @Test("generated pairs have 20 and 40 characters of their alphabets, and no two are alike")
    func generation() {
        var generator = SeededGenerator(seed: 1)
        let pairs = (0..<500).map { _ in AccessKeyPair.generate(using: &generator) } + [AccessKeyPair.generate()]
        for pair in pairs {
            #expect(pair.accessKey.count == 20 && pair.secret.count == 40)
            #expect(pair.accessKey.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) })
            #expect(pair.secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }
        #expect(Set(pairs.map(\.secret)).count == pairs.count && Set(pairs.map(\.accessKey)).count == pairs.count)
    }

    @Test("S-45 a pair shows its secret in no description")
    func noSecretInDescriptions() {
        let pair = AccessKeyPair.generate()
        var dumped = ""
        dump(pair, to: &dumped)
        for text in ["\(pair)", String(reflecting: pair), dumped, String(describing: Optional(pair))] {
            #expect(text.contains(pair.accessKey) && !text.contains(pair.secret))
        }
    }

    @Test("S-43 constant-time comparison is comparison")
    func constantTime() {
        #expect(ConstantTime.equal("abc", "abc") && ConstantTime.equal("", ""))
        for (left, right) in [("abc", "abd"), ("abc", "xbc"), ("abc", "ab"), ("", "a"), ("é", "e\u{301}")] {
            #expect(!ConstantTime.equal(left, right))
        }
    }
}
