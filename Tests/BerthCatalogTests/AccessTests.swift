import BerthAccess
import BerthCatalog
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

@Suite struct AccessTests {
    @Test("facts on a name: all that was given to the user, and the share with its account")
    func facts() async throws {
        let world = try await World()
        let id = try await world.repository(published: false)
        let end = Date(timeIntervalSince1970: 1_700_000_000.001)
        try await world.catalog.write { catalog throws in
            try catalog.setPermission(.read, of: world.dev.id, onOrganization: world.team.id)
            try catalog.setPermission(.write, of: world.dev.id, onRepository: id)
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .until(end), description: "", by: Creator(id: nil, name: "x"),
                now: World.start)
            let record = try catalog.read.repository(id: id)
            let own = try catalog.read.accessFacts(on: name("team/app"), for: world.dev.id, of: world.acme.id)
            #expect(
                own
                    == AccessFacts(
                        organization: world.team.id, repository: record,
                        access: Access.Repository(owner: world.acme.id, ownerHomeRegion: r1, isPublic: false),
                        permissions: [.read, .write], share: nil))
            let foreign = try catalog.read.accessFacts(on: name("team/app"), for: nil, of: world.guest.id)
            #expect(foreign?.permissions == [])
            #expect(foreign?.share == Access.Share(receiver: world.guest.id, deadline: .until(end)))
            let anonymous = try catalog.read.accessFacts(on: name("team/app"), for: nil, of: nil)
            #expect(anonymous?.repository?.id == id && anonymous?.share == nil && anonymous?.permissions == [])
        }
    }

    @Test("a name without a repository is private under its organization; without an organization there are no facts")
    func factsOfNothing() async throws {
        let world = try await World()
        try await world.catalog.write { catalog throws in
            try catalog.setPermission(.write, of: world.dev.id, onOrganization: world.team.id)
            let facts = try #require(
                try catalog.read.accessFacts(on: name("team/new/deep"), for: world.dev.id, of: world.acme.id))
            #expect(facts.repository == nil && facts.share == nil && facts.permissions == [.write])
            #expect(facts.access == Access.Repository(owner: world.acme.id, ownerHomeRegion: r1, isPublic: false))
            #expect(try catalog.read.accessFacts(on: name("none/app"), for: world.dev.id, of: world.acme.id) == nil)
        }
    }

    @Test("lists hold exactly what Access lets the caller pull, for random states", arguments: 0..<6 as Range<UInt64>)
    func listsAgreeWithAccess(seed: UInt64) async throws {
        let state = try await RandomState(seed: seed)
        let instants = [
            -10, -0.001, -0.000_4, 0, 0.000_000_3, 0.000_999, 0.001, 5.5,
        ].map { World.start.addingTimeInterval($0) }
        try await state.catalog.read { catalog throws in
            var granted = 0
            let repositories = try catalog.repositories()
            for principal in state.principals {
                for region in [r1, r2, nil] {
                    for now in instants.map(Optional.some) + [nil] {
                        for allowsAnonymousPull in [true, false] {
                            let expected = try repositories.filter {
                                try mayPull(
                                    principal, $0.name, region: region, now: now,
                                    allowsAnonymousPull: allowsAnonymousPull, in: catalog)
                            }
                            let found = try catalog.pullableRepositories(
                                for: principal, region: region, now: now, allowsAnonymousPull: allowsAnonymousPull)
                            #expect(found == expected.map(\.name))
                            granted += found.count
                            let holder = try catalog.repositories(holdingBlob: digest(1)).first {
                                try mayPull(
                                    principal, $0, region: region, now: now,
                                    allowsAnonymousPull: allowsAnonymousPull, in: catalog)
                            }
                            #expect(
                                try catalog.pullableRepository(
                                    holdingBlob: digest(1), for: principal, region: region, now: now,
                                    allowsAnonymousPull: allowsAnonymousPull) == holder)
                        }
                    }
                }
            }
            #expect(granted > 0)
        }
    }

    @Test("pages of a list together are the list", arguments: [1, 2, 7])
    func pages(size: Int) async throws {
        let state = try await RandomState(seed: 99)
        try await state.catalog.read { catalog throws in
            for principal in state.principals {
                func list(after: String?, limit: Int) throws -> [RepositoryName] {
                    try catalog.pullableRepositories(
                        for: principal, region: r1, now: World.start, allowsAnonymousPull: true, after: after,
                        limit: limit)
                }
                var pages: [RepositoryName] = []
                while true {
                    let page = try list(after: pages.last?.description, limit: size)
                    guard !page.isEmpty else { break }
                    pages += page
                }
                #expect(pages == (try list(after: nil, limit: .max)))
            }
        }
    }

    @Test("the count of effective shares is what Access says of each receiver", arguments: 20..<26 as Range<UInt64>)
    func effectiveShares(seed: UInt64) async throws {
        let state = try await RandomState(seed: seed)
        try await state.catalog.read { catalog throws in
            for repository in try catalog.repositories() {
                for region in [r1, r2] {
                    for now in [-1, 0, 0.0005, 1].map({ World.start.addingTimeInterval($0) }) {
                        let expected = try catalog.shares(of: repository.id).filter { share in
                            let decision = Access.decide(
                                Access.Question(
                                    principal: .user(
                                        Principal.User(
                                            id: UserID(rawValue: ""), account: share.receiver,
                                            homeRegion: share.receiverHomeRegion, isAdmin: false)),
                                    repository: repository.access, share: share.access, region: region, now: now,
                                    allowsAnonymousPull: false))
                            return !repository.isPublic && decision.rights.contains(.pull)
                        }
                        let found = try catalog.effectiveShares(of: repository.id, region: region, now: now)
                        #expect(found == expected)
                        let counts = try catalog.effectiveShareCounts(
                            ofRepositoriesOf: repository.owner, region: region, now: now)
                        #expect(counts[repository.id] ?? 0 == expected.count)
                        #expect(
                            try catalog.effectiveShareCount(of: repository.id, region: region, now: now)
                                == expected.count)
                    }
                }
                #expect(try catalog.effectiveShares(of: repository.id, region: nil, now: World.start) == [])
                #expect(try catalog.effectiveShareCount(of: repository.id, region: r1, now: nil) == 0)
            }
        }
    }

    private func mayPull(
        _ principal: Principal, _ name: RepositoryName, region: Region?, now: Date?, allowsAnonymousPull: Bool,
        in catalog: CatalogReader
    ) throws -> Bool {
        let user: Principal.User? = if case .user(let user) = principal { user } else { nil }
        let facts = try #require(try catalog.accessFacts(on: name, for: user?.id, of: user?.account))
        return Access.decide(
            Access.Question(
                principal: principal, repository: facts.access, permissions: facts.permissions, share: facts.share,
                region: region, now: now, allowsAnonymousPull: allowsAnonymousPull)
        ).rights.contains(.pull)
    }
}

/// Accounts, repositories, permissions and shares at random, with deadlines close to ``World/start``.
struct RandomState {
    let directory: TemporaryDirectory
    let catalog: Catalog
    let principals: [Principal]

    init(seed: UInt64) async throws {
        directory = try TemporaryDirectory()
        catalog = try Catalog(path: directory.file("berth.sqlite"))
        principals = try await catalog.write { catalog throws in
            var random = SeededGenerator(seed: seed)
            func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
            var accounts: [AccountID] = []
            var principals: [Principal] = [.anonymous]
            var users: [UserID] = []
            for number in 0..<5 {
                let account = try catalog.insertAccount(
                    AccountName(parsing: "account\(number)"), homeRegion: chance(70) ? r1 : r2, now: World.start)
                accounts.append(account.id)
                for user in 0..<2 {
                    let user = try catalog.insertUser(
                        UserName(parsing: "user\(user)"), of: account.id, isAdmin: chance(30), passwordHash: nil,
                        now: World.start)
                    users.append(user.id)
                    principals.append(.user(user.principal))
                    principals.append(
                        .user(
                            Principal.User(
                                id: user.id, account: user.account, homeRegion: nil, isAdmin: user.isAdmin)))
                }
            }
            var repositories: [RepositoryID] = []
            for number in 0..<4 {
                let organization = try catalog.insertOrganization(
                    OrganizationName(parsing: "org\(number)"),
                    account: try #require(accounts.randomElement(using: &random)),
                    by: Creator(id: nil, name: "operator"), now: World.start)
                for user in users where chance(15) {
                    try catalog.setPermission(
                        try #require(Permission.allCases.randomElement(using: &random)), of: user,
                        onOrganization: organization.id)
                }
                for repository in 0..<6 {
                    let id = try catalog.insertRepository(
                        named: name("org\(number)/repo\(repository)"), organization: organization.id,
                        by: Creator(id: nil, name: "operator"), now: World.start)
                    repositories.append(id)
                    if chance(85) { try catalog.publishRepository(id, now: World.start) }
                    try catalog.updateRepository(id, isPublic: chance(25), now: World.start)
                    if chance(40) { try catalog.push(blob: 1, to: id) }
                }
            }
            for repository in repositories {
                for user in users where chance(15) {
                    try catalog.setPermission(
                        try #require(Permission.allCases.randomElement(using: &random)), of: user,
                        onRepository: repository)
                }
                for account in accounts where chance(50) {
                    let offset = try #require([-5, -0.001, 0, 0.001, 0.002, 6].randomElement(using: &random))
                    try catalog.upsertShare(
                        of: repository, with: account,
                        deadline: chance(30) ? .forever : .until(World.start.addingTimeInterval(offset)),
                        description: "", by: Creator(id: nil, name: "x"), now: World.start)
                }
            }
            return principals
        }
    }
}
