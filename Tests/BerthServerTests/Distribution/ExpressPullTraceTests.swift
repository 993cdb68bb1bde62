import BerthAccess
import BerthCatalog
import BerthOCI
import BerthOutbound
import BerthRegistry
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// What some pulls leave behind.
private struct Traces: Equatable {
    /// The pulls of the repository.
    var pulls: Int64 = 0
    /// The bytes of blobs that count for its owner.
    var bytes: Int64 = 0
    /// How often each record of the audit log was made.
    var audit: [String: Int64] = [:]
    /// The lines of the access log without time, duration and id.
    var log: [String] = []
}

@Suite("What pulls that are answered from memory leave behind")
struct ExpressPullTraceTests {
    private static let requests: [(String, HotImage.Item)] = [
        ("GET", .tag), ("HEAD", .tag), ("GET", .digest), ("HEAD", .digest), ("GET", .config), ("GET", .loose),
    ]

    private static func counted(_ hot: HotImage) async throws -> (pulls: Int64, bytes: Int64) {
        let registry = hot.scenario.registry
        try await registry.recordTraffic()
        let name = try HotImage.name
        let pulls = try await registry.catalog.read { try $0.repository(named: name)?.pullCount }
        let owner = AccountReference.name(try AccountName(parsing: "acme"))
        return (try #require(pulls), try await registry.overview(of: owner, by: .dataOperator).pulledBytes)
    }

    /// The lines of these answers in the order of the log, once all are there, without time, duration and id.
    private static func lines(of answers: [TestResponse], in hot: HotImage) async throws -> [String] {
        let identifiers = Set(answers.compactMap { $0.header("X-Request-Id") })
        #expect(identifiers.count == answers.count)
        func lines() -> [[Substring]] {
            hot.scenario.server.log.lines.map { $0.split(whereSeparator: \.isWhitespace) }.filter { words in
                words.contains { $0.hasPrefix("hb.request.id=") && identifiers.contains(String($0.dropFirst(14))) }
            }
        }
        try await eventually("the last line is written") { lines().count >= answers.count }
        return lines().map { words in
            words.dropFirst().filter { !$0.hasPrefix("duration_ms=") && !$0.hasPrefix("hb.request.id=") }
                .joined(separator: " ")
        }
    }

    /// Pulls everything a few times with these credentials, all on one connection.
    private static func traces(
        of hot: HotImage, times: Int, credentials: (String, String), headers: [(String, String)] = []
    ) async throws -> Traces {
        let scenario = hot.scenario
        let before = try await counted(hot)
        let lastAudit = try await scenario.lastAuditID()
        let answers = try await scenario.client.withConnection { connection in
            var answers: [TestResponse] = []
            for _ in 0..<times {
                for (method, item) in requests {
                    answers.append(
                        try await connection.send(method, hot.path(of: item), headers: headers + [credentials]))
                }
            }
            return answers
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        let log = try await lines(of: answers, in: hot)
        let after = try await counted(hot)
        var traces = Traces(pulls: after.pulls - before.pulls, bytes: after.bytes - before.bytes)
        traces.log = log
        for entry in try await scenario.auditEntries(after: lastAudit) where entry.action != .signIn {
            traces.audit[entry.line.replacing(#/ ×\d+$/#, with: ""), default: 0] += entry.count
        }
        return traces
    }

    @Test("counts, audit records and lines of the log are those of the ordinary way")
    func same() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            try await scenario.share(HotImage.repository)
            for persona in [Scenario.Persona.reader, .receiverUser] {
                let token = try await hot.token(for: persona)
                try await hot.warm(token)
                // A request with a password is never answered from memory.
                let ordinary = try await Self.traces(of: hot, times: 4, credentials: persona.credentials)
                let hotTraces = try await Self.traces(of: hot, times: 4, credentials: TestClient.bearer(token))
                for item in HotImage.Item.allCases { #expect(try hot.isRemembered(item, by: token)) }
                #expect(hotTraces == ordinary)
                #expect(hotTraces.pulls == 8)
                #expect(hotTraces.bytes == Int64(4 * (hot.bytes(of: .config).count + hot.bytes(of: .loose).count)))
                #expect(hotTraces.audit.values.reduce(0, +) == 16)
                #expect(hotTraces.log.count == 24)
                let line = try #require(hotTraces.log.first)
                for part in [
                    "info request account=\(persona.rawValue) ", " bytes=\(hot.image.bytes.count) ",
                    " client=127.0.0.1 ", " digest=\(hot.image.digest) ", " method=GET ",
                    " repository=\(HotImage.repository) ", " route=/v2/{name}/manifests/{reference} ",
                ] { #expect("\(line) ".contains(part), "\(part) in \(line)") }
            }
        }
    }

    @Test("every answer from memory is one line of the log with its id and its duration")
    func logLines() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            try await hot.hideFromCatalog()
            for _ in 0..<5 {
                let answer = try await hot.pull(.config, by: token)
                let identifier = try answer.requiredHeader("X-Request-Id")
                func lines() -> [String] { scenario.server.log.lines.filter { $0.contains(identifier) } }
                try await eventually("the line is written") { !lines().isEmpty }
                #expect(lines().count == 1)
                let words = try #require(lines().first).split(whereSeparator: \.isWhitespace)
                #expect(words.contains("hb.request.id=\(identifier)"))
                #expect(words.contains { $0.wholeMatch(of: /duration_ms=[0-9.]+(?:e-[0-9]+)?/) != nil }, "\(words)")
                #expect(words.first?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(words)")
            }
        }
    }

    @Test("a pull from memory that a HEAD has made possible counts, and what an index lists does not")
    func whatCounts() async throws {
        try await withScenario { scenario in
            let child = try SampleManifest.image("of an index")
            try await scenario.push(child, to: HotImage.repository).requiring(201)
            let hot = try await HotImage(SampleManifest.index(of: [child.descriptor]), in: scenario)
            let token = try await hot.token(for: .reader)
            let path = "/v2/\(HotImage.repository)/manifests/\(child.digest)"
            #expect(try await Self.counted(hot).pulls == 0)
            for _ in 0..<3 {
                #expect(try await hot.pull(.tag, by: token, method: "HEAD").status == 200)
                #expect(
                    try await scenario.client.send("HEAD", path, headers: [TestClient.bearer(token)]).status == 200)
            }
            #expect(try await Self.counted(hot).pulls == 0)
            for _ in 0..<3 {
                #expect(try await hot.pull(.tag, by: token).status == 200)
                #expect(try await scenario.client.send("GET", path, headers: [TestClient.bearer(token)]).status == 200)
            }
            #expect(try await Self.counted(hot).pulls == 3)
            #expect(try await hot.pull(.digest, by: token).status == 200)
            #expect(try await hot.pull(.digest, by: token).status == 200)
            #expect(try await Self.counted(hot).pulls == 5)
        }
    }

    @Test("what was counted of pulls from memory is written when the server stops")
    func stopping() async throws {
        let (directory, clock) = (try TemporaryDirectory(), ManualClock())
        try await withServer(clock: clock, directory: directory) { server in
            let hot = try await HotImage(SampleManifest.index(of: []), in: try await Scenario(on: server))
            let token = try await hot.token(for: .reader)
            for _ in 0..<5 { #expect(try await hot.pull(.tag, by: token).status == 200) }
        }
        let registry = try await openTestRegistry(in: directory, clock: clock)
        let name = try HotImage.name
        #expect(try await registry.catalog.read { try $0.repository(named: name)?.pullCount } == 5)
        let pulls = try await registry.listAudit(
            AuditFilter(actions: AuditActions(parsing: "pull")), by: .dataOperator)
        #expect(pulls.reduce(0) { $0 + $1.count } == 5)
    }

    @Test("behind a trusted proxy each pull has the address that was forwarded, also on one connection")
    func forwarded() async throws {
        var configuration = Server.Configuration()
        configuration.trustedProxies = [try #require(AddressBlock("127.0.0.1"))]
        try await withServer(configuration: configuration) { server in
            let hot = try await HotImage(in: try await Scenario(on: server))
            try await hot.scenario.share(HotImage.repository)
            let token = try await hot.token(for: .receiver)
            try await hot.warm(token)
            let addresses = [
                "192.0.2.1", "198.51.100.2", nil, "203.0.113.9, 192.0.2.3", "192.0.2.1", "2001:db8::7", "nonsense", nil,
            ]
            let expected = [
                "192.0.2.1", "198.51.100.2", "127.0.0.1", "192.0.2.3", "192.0.2.1", "2001:db8::7", "127.0.0.1",
                "127.0.0.1",
            ]
            let last = try await hot.scenario.lastAuditID()
            let answers = try await server.client.withConnection { connection in
                var answers: [TestResponse] = []
                for address in addresses {
                    let forwarded = address.map { [("X-Forwarded-For", $0)] } ?? []
                    answers.append(
                        try await connection.send(
                            "GET", hot.path(of: .tag), headers: forwarded + [TestClient.bearer(token)]))
                }
                return answers
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(try hot.isRemembered(.tag, by: token))
            let clients = try await Self.lines(of: answers, in: hot).map { line in
                line.split(separator: " ").first { $0.hasPrefix("client=") }.map(String.init) ?? ""
            }
            #expect(clients == expected.map { "client=\($0)" })
            var told: [String: Int64] = [:]
            for entry in try await hot.scenario.auditEntries(after: last) {
                told[entry.address, default: 0] += entry.count
            }
            #expect(told == Dictionary(expected.map { ($0, 1) }, uniquingKeysWith: +))
        }
    }

    @Test("of a peer that is no trusted proxy nothing is believed, also for pulls from memory")
    func forgedAddress() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            let traces = try await Self.traces(
                of: hot, times: 2, credentials: TestClient.bearer(token), headers: [("X-Forwarded-For", "192.0.2.1")])
            #expect(traces.audit.keys.allSatisfy { $0.contains(" 127.0.0.1") })
            #expect(traces.log.allSatisfy { $0.contains(" client=127.0.0.1 ") })
        }
    }
}
