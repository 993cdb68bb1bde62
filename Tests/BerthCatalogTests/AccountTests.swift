import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation
import Testing

@Suite struct AccountTests {
    @Test("the region is recorded once and can be read back")
    func region() async throws {
        let catalog = try await World().catalog
        #expect(try await catalog.read { try $0.region() } == nil)
        try await catalog.write { try $0.setRegion(r2) }
        try await catalog.write { try $0.setRegion(r1) }
        #expect(try await catalog.read { try $0.region() } == r1)
    }

    @Test("an account is found by name and by id, and all are listed by name")
    func accounts() async throws {
        let world = try await World()
        try await world.catalog.read { catalog throws in
            #expect(try catalog.account(named: world.acme.name) == world.acme)
            #expect(try catalog.account(id: world.acme.id) == world.acme)
            #expect(try catalog.account(named: AccountName(parsing: "ACME")) == nil)
            #expect(try catalog.account(id: AccountID(rawValue: "")) == nil)
            #expect(try catalog.accounts() == [world.acme, world.guest])
        }
        #expect(world.acme.id != world.guest.id)
        #expect(world.acme.id.rawValue.count == 32)
        #expect(world.acme.id.rawValue.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test("an account name is taken once")
    func accountConflict() async throws {
        let world = try await World()
        await #expect(throws: CatalogError.conflict(.account)) {
            try await world.catalog.write { try $0.insertAccount(world.acme.name, homeRegion: r2, now: World.start) }
        }
        #expect(try await world.catalog.read { try $0.accounts().count } == 2)
    }

    @Test("a user is found by id and by its qualified name, and listed by name within its account")
    func users() async throws {
        let world = try await World()
        try await world.catalog.read { catalog throws in
            #expect(try catalog.user(id: world.dev.id) == world.dev)
            #expect(try catalog.user(named: QualifiedUserName(parsing: "acme/dev")) == world.dev)
            #expect(try catalog.user(named: QualifiedUserName(parsing: "guest/dev")) == nil)
            #expect(try catalog.user(id: UserID(rawValue: "x")) == nil)
            #expect(try catalog.users(of: world.acme.id) == [world.admin, world.dev])
            #expect(try catalog.users(of: world.guest.id) == [])
        }
        #expect(world.dev.qualifiedName.description == "acme/dev")
        #expect(
            world.admin.principal
                == Principal.User(id: world.admin.id, account: world.acme.id, homeRegion: r1, isAdmin: true))
        #expect(world.dev.passwordHash == "hash")
        #expect(world.admin.passwordHash == nil)
    }

    @Test("a user name is taken once in an account, and only there")
    func userConflict() async throws {
        let world = try await World()
        await #expect(throws: CatalogError.conflict(.user)) {
            try await world.catalog.write {
                try $0.insertUser(
                    world.dev.name, of: world.acme.id, isAdmin: false, passwordHash: nil, now: World.start)
            }
        }
        await #expect(throws: CatalogError.missing(.account)) {
            try await world.catalog.write {
                try $0.insertUser(
                    world.dev.name, of: AccountID(rawValue: "x"), isAdmin: false, passwordHash: nil, now: World.start)
            }
        }
        let same = try await world.catalog.write {
            try $0.insertUser(world.dev.name, of: world.guest.id, isAdmin: false, passwordHash: nil, now: World.start)
        }
        #expect(same.account == world.guest.id)
    }

    @Test("every change of a user's credentials makes the version grow, disabling what is disabled too")
    func credentialsVersion() async throws {
        let world = try await World()
        let dev = world.dev.id
        try await world.catalog.write { catalog throws in
            try catalog.setPassword("other", of: dev)
            #expect(try catalog.read.user(id: dev)?.credentialsVersion == 2)
            try catalog.setDisabled(true, user: dev)
            try catalog.setDisabled(true, user: dev)
            let disabled = try #require(try catalog.read.user(id: dev))
            #expect(disabled.isDisabled && disabled.credentialsVersion == 4 && disabled.passwordHash == "other")
            try catalog.setDisabled(false, user: dev)
            try catalog.setPassword(nil, of: dev)
            let enabled = try #require(try catalog.read.user(id: dev))
            #expect(!enabled.isDisabled && enabled.credentialsVersion == 6 && enabled.passwordHash == nil)
            #expect(try catalog.read.user(id: world.admin.id)?.credentialsVersion == 1)
        }
        let nobody = UserID(rawValue: "x")
        await #expect(throws: CatalogError.missing(.user)) {
            try await world.catalog.write { try $0.setPassword("", of: nobody) }
        }
        await #expect(throws: CatalogError.missing(.user)) {
            try await world.catalog.write { try $0.setDisabled(true, user: nobody) }
        }
    }

    @Test("access keys are kept with their sealed secrets, disabled, removed, and taken once")
    func accessKeys() async throws {
        let world = try await World()
        let dev = world.dev.id
        try await world.catalog.write { catalog throws in
            let second = try catalog.insertAccessKey("KEY2", of: dev, sealedSecret: [0, 1, 255], now: World.start)
            let first = try catalog.insertAccessKey("KEY1", of: dev, sealedSecret: [], now: World.start)
            #expect(try catalog.read.accessKey("KEY2") == second)
            #expect(try catalog.read.accessKeys(of: dev) == [first, second])
            #expect(try catalog.read.accessKeys(of: world.admin.id) == [])
            #expect(try catalog.read.accessKeyCounts(ofUsersOf: world.acme.id) == [dev: 2])
            #expect(try catalog.read.accessKeyCounts(ofUsersOf: world.guest.id) == [:])
            try catalog.setDisabled(true, accessKey: "KEY1")
            #expect(try catalog.read.accessKey("KEY1")?.isDisabled == true)
            #expect(try catalog.read.accessKey("KEY2")?.isDisabled == false)
            #expect(try catalog.removeAccessKey("KEY1"))
            #expect(try !catalog.removeAccessKey("KEY1"))
            #expect(try catalog.read.accessKey("KEY1") == nil)
        }
        await #expect(throws: CatalogError.conflict(.accessKey)) {
            try await world.catalog.write {
                try $0.insertAccessKey("KEY2", of: world.admin.id, sealedSecret: [], now: World.start)
            }
        }
        await #expect(throws: CatalogError.missing(.user)) {
            try await world.catalog.write {
                try $0.insertAccessKey("KEY3", of: UserID(rawValue: "x"), sealedSecret: [], now: World.start)
            }
        }
        await #expect(throws: CatalogError.missing(.accessKey)) {
            try await world.catalog.write { try $0.setDisabled(true, accessKey: "KEY3") }
        }
    }

    @Test("removing a user takes its keys, permissions and uploads with it")
    func removeUser() async throws {
        let world = try await World()
        let dev = world.dev.id
        let repository = try await world.repository()
        try await world.catalog.write { catalog throws in
            _ = try catalog.insertAccessKey("KEY", of: dev, sealedSecret: [1], now: World.start)
            try catalog.setPermission(.read, of: dev, onOrganization: world.team.id)
            try catalog.setPermission(.write, of: dev, onRepository: repository)
            try catalog.insertUpload(
                UploadRecord(
                    id: "u", repository: repository, creator: dev, algorithm: .sha256, startedAt: World.start))
            #expect(try catalog.removeUser(dev))
            #expect(try !catalog.removeUser(dev))
            #expect(try catalog.read.accessKey("KEY") == nil)
            #expect(try catalog.read.organizationPermissions(of: world.team.id) == [])
            #expect(try catalog.read.repositoryPermissions(of: repository) == [])
            #expect(try catalog.read.upload("u") == nil)
        }
    }

    @Test("an account that owns an organization stays; another goes with its users and the shares that it was given")
    func removeAccount() async throws {
        let world = try await World()
        let repository = try await world.repository()
        await #expect(throws: CatalogError.inUse(.account)) {
            try await world.catalog.write { try $0.removeAccount(world.acme.id) }
        }
        try await world.catalog.write { catalog throws in
            let user = try catalog.insertUser(
                world.dev.name, of: world.guest.id, isAdmin: true, passwordHash: nil, now: World.start)
            try catalog.upsertShare(
                of: repository, with: world.guest.id, deadline: .forever, description: "",
                by: Creator(id: nil, name: "acme/dev"),
                now: World.start)
            #expect(try catalog.removeAccount(world.guest.id))
            #expect(try !catalog.removeAccount(world.guest.id))
            #expect(try catalog.read.user(id: user.id) == nil)
            #expect(try catalog.read.shares(of: repository) == [])
        }
    }
}
