import BerthAccess
import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@testable import BerthCatalog

extension Scenario {
    /// The records that come after one with this id, the oldest first.
    func auditEntries(after last: Int64 = 0) async throws -> [AuditEntry] {
        try await registry.writeAudit()
        return try await registry.listAudit(AuditFilter(limit: .max), by: .dataOperator)
            .filter { $0.id > last }.reversed()
    }

    /// The id of the newest record.
    func lastAuditID() async throws -> Int64 { try await auditEntries().last?.id ?? 0 }

    /// What is told of what `work` does, without sign-ins, one line a record.
    func told(of work: () async throws -> Void) async throws -> [String] {
        let last = try await lastAuditID()
        try await work()
        return try await auditEntries(after: last).filter { $0.action != .signIn }.map(\.line)
    }

    /// A persona whose requests come from elsewhere.
    func actor(_ persona: Persona, from address: String = "192.0.2.7") async throws -> Administrator {
        .caller(try await caller(persona).coming(from: RequestOrigin(address: address, network: address)))
    }

    /// Runs SQL on the data by a connection of its own, as a disk or another program would change it.
    func execute(_ statements: SQL...) async throws {
        let database = try Database(path: server.storage + "/berth.sqlite", migrations: Migration.all)
        try await database.write { database in
            for statement in statements { try database.execute(statement) }
        }
        try database.close()
    }
}

extension AuditEntry {
    /// Who, what, how it ended, of which image, from where, what else. `@` stands for a digest, `*` for a share.
    var line: String {
        let name = repository.map { "\($0)\(tag.map { ":\($0)" } ?? "")\(digest == nil ? "" : "@")" } ?? "-"
        let share = isUnderShare ? " *" : ""
        let times = count == 1 ? "" : " ×\(count)"
        let rest = detail.isEmpty ? "" : " (\(detail))"
        return "\(actor) \(action.rawValue) \(result.rawValue) \(name)\(share) \(address)\(rest)\(times)"
    }
}
