import BerthTestBasics
import Foundation
import Testing

@testable import BerthIdentity

/// Bytes that count how many of them are looked at.
private struct CountedBytes: Collection {
    /// Shared by all copies.
    final class Counter {
        var count = 0
    }

    let bytes: [UInt8]
    let counter = Counter()

    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count }
    func index(after index: Int) -> Int { index + 1 }

    subscript(index: Int) -> UInt8 {
        counter.count += 1
        return bytes[index]
    }
}

@Suite struct SecretComparisonTests {
    @Test("S-43 comparing secrets looks at every byte, wherever the first difference is")
    func work() {
        let secret = Array("0e88cbb99273df9955697b92044912a5".utf8)
        for position in 0...secret.count {
            var guess = secret
            if position < secret.count { guess[position] ^= 1 }
            let (left, right) = (CountedBytes(bytes: secret), CountedBytes(bytes: guess))
            #expect(ConstantTime.equal(left, right) == (position == secret.count))
            #expect(left.counter.count == secret.count && right.counter.count == secret.count, "\(position)")
        }
    }

    @Test("S-43 nothing that signs somebody in compares secrets in another way")
    func sources() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        let comparison = try Self.comparison()
        var constantTime: Set<String> = []
        for directory in ["BerthIdentity", "BerthRegistry/Tokens", "BerthRegistry/IAM", "BerthServer/Tokens"] {
            let directory = sources.appending(path: directory)
            for file in try FileManager.default.subpathsOfDirectory(atPath: directory.path(percentEncoded: false))
            where file.hasSuffix(".swift") {
                let text = try String(contentsOf: directory.appending(path: file), encoding: .utf8)
                if text.contains("ConstantTime.equal(") { constantTime.insert(file) }
                for line in text.split(separator: "\n") where line.contains(comparison) {
                    // The hash of a request's body is no secret: whoever sent the body knows it.
                    #expect(line.contains("claim == hash"), "\(file): \(line)")
                }
            }
        }
        #expect(
            constantTime == [
                "Keys/AccessKeyPair.swift", "Passwords/PasswordHasher.swift", "Signatures/RequestSignature.swift",
                "TemporaryLogins.swift",
            ])
    }

    /// A secret on either side of `==` or `!=`; asking whether there is one is no comparison.
    private static func comparison() throws -> Regex<AnyRegexOutput> {
        let secret = #"(?i:\w*(?:password|secret|signature|hash|mac|derived))"#
        return try Regex(#"\b\#(secret)\s*[!=]=(?! *nil)|[!=]=\s*(?:\w+\.)*\#(secret)\b(?!\.count)"#)
    }
}
