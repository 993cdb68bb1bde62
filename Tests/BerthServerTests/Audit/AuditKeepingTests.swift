import BerthAccess
import BerthCatalog
import BerthOCI
import BerthTestSupport
import Foundation
import Testing

@testable import BerthRegistry

@Suite("Keeping the audit log")
struct AuditKeepingTests {
    private static func note(
        _ number: Int, _ result: AuditResult = .done, from network: String = "192.0.2.0/24"
    ) throws -> AuditNote {
        var note = AuditNote(
            .pull, result, by: .user(try QualifiedUserName(parsing: "acme/ci"), AccountID(rawValue: "acme")),
            from: RequestOrigin(address: "192.0.2.7", network: network), owner: AccountID(rawValue: "acme"))
        note.repository = try RepositoryName(parsing: "acme/app")
        note.tag = try TagName(parsing: "v\(number)")
        return note
    }

    @Test("records older than the setting go, others stay, in as many transactions as it takes")
    func pruning() async throws {
        let office = try await Office()
        let registry = office.registry
        let start = office.clock.now
        try await registry.catalog.write { catalog in
            for number in 0..<2500 {
                try catalog.insertAudit(
                    AuditEvent(
                        at: start.addingTimeInterval(Double(number) / 1000), action: .pull, actor: .anonymous,
                        owner: nil))
            }
        }
        office.clock.set(start.addingTimeInterval(90 * 86_400 + 2.4))
        #expect(try await registry.pruneAudit() > 2400)
        let left = try await registry.listAudit(AuditFilter(limit: .max), by: .dataOperator)
        #expect(left.count == 100 && left.allSatisfy { $0.action == .pull })
        #expect(try await registry.pruneAudit() == 0)
    }

    @Test("a setting of no days removes all of it")
    func noDays() async throws {
        let office = try await Office()
        var settings = RegistrySettings()
        settings.auditDays = 0
        let registry = try await openTestRegistry(in: office.directory, settings: settings, clock: office.clock)
        #expect(try await registry.pruneAudit() > 0)
        #expect(try await registry.listAudit(AuditFilter(), by: .dataOperator).isEmpty)
    }

    @Test("what is not written is kept with its order and its numbers, and added to what comes after it")
    func puttingBack() throws {
        let buffer = AuditBuffer(isOn: true)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        for number in [1, 2, 1] { buffer.add(try Self.note(number), at: start) }
        #expect(!buffer.isWritten)
        let first = buffer.take(atMost: 1)
        #expect(first.entries.map(\.count) == [2])
        for number in [3, 1] { buffer.add(try Self.note(number), at: start.addingTimeInterval(60)) }
        buffer.putBack(first)
        let all = buffer.take(atMost: 10)
        #expect(all.entries.map { $0.note.tag?.description } == ["v1", "v2", "v3"])
        #expect(all.entries.map(\.count) == [3, 1, 1])
        #expect(all.entries.map { $0.last.timeIntervalSince(start) } == [60, 0, 60])
        #expect(!buffer.isWritten)
        buffer.confirm()
        #expect(buffer.isWritten)
    }

    @Test("memory is bounded: what finds no room is counted, what is known goes on being counted by itself")
    func bound() throws {
        let buffer = AuditBuffer(isOn: true)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        for number in 0..<(AuditBuffer.maximumEntries + 50) { buffer.add(try Self.note(number), at: now) }
        buffer.add(try Self.note(0), at: now)
        let batch = buffer.take(atMost: .max)
        #expect(batch.entries.count == AuditBuffer.maximumEntries && batch.entries.first?.count == 2)
        #expect(batch.lost == 50)
        buffer.putBack(batch)
        #expect(buffer.take(atMost: 1).lost == 50)
    }

    @Test("more than one transaction takes is written whole, and how much was lost is recorded once")
    func writing() async throws {
        let office = try await Office()
        let registry = office.registry
        for number in 0..<1500 { registry.audit.add(try Self.note(number), at: office.clock.now) }
        var batch = registry.audit.take(atMost: .max)
        batch.lost = 50
        registry.audit.putBack(batch)
        async let other: Void = registry.writeAudit()
        try await registry.writeAudit()
        try await other
        #expect(registry.audit.isWritten)
        let lost = try await registry.listAudit(
            AuditFilter(actions: AuditActions(parsing: "audit.lost")), by: .dataOperator)
        #expect(lost.map(\.line) == ["berth audit.lost done -  (\(lost.first?.detail ?? "")) ×50"])
        let pulls = try await registry.listAudit(
            AuditFilter(actions: AuditActions(parsing: "pull"), limit: .max), by: .dataOperator)
        #expect(pulls.count == 1500 && Set(pulls.map(\.tag)).count == 1500)
    }

    @Test("who is refused cannot fill it: from one network so many attempts are told apart, the rest are one record")
    func flood() throws {
        let buffer = AuditBuffer(isOn: true)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        for number in 0..<1000 {
            buffer.add(try Self.note(number, .refused), at: now)
            buffer.add(
                AuditNote(
                    .signIn, .refused, by: .claimed("name-\(number)"),
                    from: RequestOrigin(address: "198.51.100.1", network: "198.51.100.1")), at: now)
        }
        buffer.add(try Self.note(5000, .refused, from: "203.0.113.5"), at: now)
        let batch = buffer.take(atMost: .max)
        #expect(batch.lost == 0)
        let refused = batch.entries.filter { $0.note.action == .pull && $0.note.origin.network == "192.0.2.0/24" }
        #expect(refused.count == AuditBuffer.maximumRefusals + 1)
        #expect(refused.last?.count == Int64(1000 - AuditBuffer.maximumRefusals))
        // Who tried what on which image is still told to its owner.
        #expect(refused.last?.note.repository?.description == "acme/app" && refused.last?.note.tag == nil)
        let signIns = batch.entries.filter { $0.note.action == .signIn }
        #expect(signIns.count == AuditBuffer.maximumRefusals + 1 && signIns.last?.note.actor == .claimed(""))
        #expect(batch.entries.contains { $0.note.tag?.description == "v5000" })
    }

    @Test("what somebody typed is cut, and holds no NUL")
    func claimedNames() {
        let long = String(repeating: "é", count: 200)
        let origin = RequestOrigin.commandLine
        let cut = AuditNote(.signIn, .refused, by: .claimed(long), from: origin)
        #expect(cut.actor == .claimed(String(repeating: "é", count: 128)))
        let clean = AuditNote(.signIn, .refused, by: .claimed("a\u{0}b"), from: origin)
        #expect(clean.actor == .claimed("a\u{FFFD}b"))
    }
}
