import BerthAccess
import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Testing

@testable import BerthCatalog

@Suite struct CounterVerificationTests {
    @Test("verify names counters that are wrong and leaves them; with repair it counts anew")
    func verification() async throws {
        let office = try await Office()
        #expect(try await office.registry.verify() == VerifyReport())
        let right = try await office.registry.listRepositories(by: .dataOperator)

        let path = office.directory.path + "/storage/berth.sqlite"
        let database = try Database(path: path, migrations: Migration.all)
        try await database.write { database in
            try database.execute("UPDATE repositories SET tag_count = 12, size = 34")
            try database.execute("UPDATE account_usage SET tags = 56")
        }
        try database.close()

        for _ in 0..<2 {
            let found = try await office.registry.verify()
            #expect(found.damaged.count { $0.hasPrefix("counters of ships/ferry: recorded are 12 tags") } == 1)
            #expect(found.damaged.contains { $0.hasPrefix("usage of acme: recorded are 1 repositories, 56 tags") })
            #expect(found.damaged.contains { $0.hasPrefix("usage of globex: ") })
            #expect(found.hasDamageLeft)
        }
        let repaired = try await office.registry.verify(repair: true)
        #expect(!repaired.isClean && !repaired.hasDamageLeft)
        #expect(try await office.registry.verify() == VerifyReport())
        #expect(try await office.registry.listRepositories(by: .dataOperator) == right)
    }
}
