import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Synchronization
import Testing

@testable import BerthIdentity

/// Whether somebody without credentials learns which accounts, users and keys there are.
@Suite struct UserEnumerationTests {
    private static let wrong = "a wrong password"

    /// Sign-ins that all fail, each for a reason of its own.
    private static func failures(on registry: Registry) async throws -> [(name: String, password: String)] {
        let disabled = try QualifiedUserName(parsing: "acme/disabled")
        try await registry.addUser(
            disabled, password: Password(parsing: "password-of-disabled"), by: .dataOperator)
        try await registry.setDisabled(true, user: disabled, by: .dataOperator)
        try await registry.addUser(try QualifiedUserName(parsing: "acme/keyless"), by: .dataOperator)
        return [
            ("acme", wrong), ("acme/acme", wrong), ("acme/writer", wrong), ("acme/nobody", wrong), ("nobody", wrong),
            ("nobody/acme", wrong), ("acme/disabled", "password-of-disabled"), ("acme/disabled", wrong),
            ("acme/keyless", wrong), ("acme/keyless", ""), ("acme/writer", ""), ("ACME", wrong), ("acme/", wrong),
            ("a b/c", wrong), ("", wrong), ("' OR 1=1 --", wrong), (String(repeating: "a", count: 4000), wrong),
            ("acme/writer", String(repeating: "x", count: 4000)),
        ]
    }

    @Test("S-42 at every door an unknown, a disabled and a known user with a wrong password are one answer")
    func answers() async throws {
        try await withScenario { scenario in
            var answers: [String: Set<String>] = [:]
            for (name, password) in try await Self.failures(on: scenario.registry) {
                scenario.waitAMinute()
                let basic = [TestClient.basic(name, password)]
                let form = "grant_type=password&service=berth&username=\(escaped(name))&password=\(escaped(password))"
                for (door, answer) in [
                    ("/v2/", try await scenario.client.send("GET", "/v2/", headers: basic)),
                    ("/token", try await scenario.client.send("GET", "/token?service=berth", headers: basic)),
                    ("POST /token", try await scenario.post(form)),
                ] {
                    #expect(answer.status == 401, "\(name) at \(door)")
                    answers[door, default: []].insert(Self.everything(answer))
                }
            }
            #expect(answers.values.allSatisfy { $0.count == 1 }, "\(answers)")
        }
    }

    @Test("S-42 an unknown access key and a known one with a wrong login are one answer")
    func keys() async throws {
        try await withScenario { scenario in
            let registry = scenario.registry
            let key = try await registry.addAccessKey(to: Scenario.Persona.writer.qualifiedName(), by: .dataOperator)
            let off = try await registry.addAccessKey(to: Scenario.Persona.reader.qualifiedName(), by: .dataOperator)
            try await registry.disableAccessKey(off.accessKey, by: .dataOperator)
            var answers: Set<String> = []
            for (name, password) in [
                (key.loginName, off.loginPassword), ("region-1@NOSUCHKEY00000000000", key.loginPassword),
                (off.loginName, off.loginPassword), ("region-2@\(key.accessKey)", key.loginPassword),
                ("region-1@", key.loginPassword), ("bearertoken@\(key.accessKey)", key.loginPassword),
            ] {
                let answer = try await scenario.client.send("GET", "/v2/", headers: [TestClient.basic(name, password)])
                #expect(answer.status == 401, "\(name)")
                answers.insert(Self.everything(answer))
            }
            #expect(answers.count == 1, "\(answers)")
        }
    }

    @Test("S-42 every failed sign-in derives one hash of the same cost, whatever it fails for")
    func work() async throws {
        let cost = PasswordHasher.Parameters(log2Rounds: 1, blockSize: 8, parallelism: 1)
        let derivations = Mutex<[PasswordHasher.Parameters]>([])
        let hasher = PasswordHasher(parameters: cost, threads: 1, maximumWaiting: 8) { password, salt, parameters in
            derivations.withLock { $0.append(parameters) }
            return try PasswordHasher.scrypt(password, salt, parameters)
        }
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let registry = try await Registry.open(
            storage: directory.path + "/storage", certificates: directory.path + "/certs", passwords: hasher,
            now: { clock.now })
        _ = try await registry.addAccount(
            AccountName(parsing: "acme"), password: Password(parsing: "password-of-acme"), by: .dataOperator)
        try await registry.addUser(
            try QualifiedUserName(parsing: "acme/writer"), password: Password(parsing: "password-of-writer"),
            by: .dataOperator)
        // A password that is remembered must make no difference to a wrong one.
        _ = try await registry.authenticate(username: "acme/writer", password: "password-of-writer", from: .commandLine)
        for (name, password) in try await Self.failures(on: registry) {
            clock.advance(by: 61)
            derivations.withLock { $0 = [] }
            await #expect(throws: (any Error).self) {
                try await registry.authenticate(username: name, password: password, from: .commandLine)
            }
            #expect(derivations.withLock(\.self) == [cost], "\(name.prefix(40))")
        }
    }

    /// An answer without what differs from one to the next.
    private static func everything(_ answer: TestResponse) -> String {
        let headers = answer.headers.filter { !["date", "x-request-id"].contains($0.name.lowercased()) }
            .map { "\($0.name.lowercased()): \($0.value)" }.sorted()
        return "\(answer.status)\n\(headers.joined(separator: "\n"))\n\(answer.text)"
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
