import BerthAccess
import BerthBlobs
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct AdministrationTests {
    @Test("an account comes with its admin user, without a password until one is set")
    func accounts() async throws {
        let office = try await Office()
        let users = try await office.registry.listUsers(of: try office.account("globex"), by: .dataOperator)
        #expect(users.map(\.name.description) == ["globex/globex", "globex/user"])
        #expect(users.first?.isAdmin == true && users.first?.hasPassword == false)
        await refusal(.nameTaken) {
            try await office.registry.addAccount(try AccountName(parsing: "globex"), by: .dataOperator)
        }
        await refusal(.nameInvalid) {
            try await office.registry.addAccount(
                try AccountName(parsing: String(repeating: "a", count: 32)), by: .dataOperator)
        }
    }

    @Test("an account that owns organizations is not removed; one that only received shares is, and they go with it")
    func removingAccounts() async throws {
        let office = try await Office()
        try await office.share()
        let sentence = await refusal(.inUse) {
            try await office.registry.removeAccount(office.account("acme"), by: .dataOperator)
        }
        #expect(sentence.contains("ships"))
        try await office.registry.removeAccount(office.account("globex"), by: .dataOperator)
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator).isEmpty)
        await refusal(.accountUnknown) {
            try await office.registry.removeAccount(office.account("globex"), by: .dataOperator)
        }
    }

    @Test("accounts are for the operator; a user sees its own")
    func accountsByUsers() async throws {
        let office = try await Office()
        let admin = try await office.user("acme/acme")
        await refusal(.denied) {
            try await office.registry.addAccount(try AccountName(parsing: "mine"), by: admin)
        }
        await refusal(.denied) { try await office.registry.removeAccount(office.account("globex"), by: admin) }
        #expect(try await office.registry.listAccounts(by: admin).map(\.name.description) == ["acme"])
    }

    @Test("admin users administer the users of their own account, and nobody else does")
    func usersByUsers() async throws {
        let office = try await Office()
        let (registry, name) = (office.registry, try QualifiedUserName(parsing: "acme/new"))
        let admin = try await office.user("acme/acme")
        try await registry.addUser(name, by: admin)
        await refusal(.nameTaken) { try await registry.addUser(name, by: admin) }
        let manager = try await office.user("acme/manager")
        await refusal(.denied) { try await registry.addUser(try QualifiedUserName(parsing: "acme/x"), by: manager) }
        await refusal(.denied) { try await registry.setDisabled(true, user: name, by: manager) }
        let other = try await office.user("globex/globex")
        await refusal(.accountUnknown) {
            try await registry.addUser(try QualifiedUserName(parsing: "acme/x"), by: other)
        }
        await refusal(.userUnknown) { try await registry.removeUser(name, by: other) }
        await refusal(.userUnknown) {
            try await registry.setPassword(try Password(parsing: "long enough"), of: name, by: other)
        }
        await refusal(.accountUnknown) { _ = try await registry.listUsers(of: office.account("acme"), by: other) }
        try await registry.removeUser(name, by: admin)
        await refusal(.userUnknown) { try await registry.removeUser(name, by: admin) }
    }

    @Test("an account keeps an enabled administrator, unless the operator takes the last one")
    func lastAdministrator() async throws {
        let office = try await Office()
        let (registry, first) = (office.registry, try QualifiedUserName(parsing: "acme/acme"))
        let (second, admin) = (try QualifiedUserName(parsing: "acme/second"), try await office.user("acme/acme"))
        await refusal(.lastAdministrator) { try await registry.setDisabled(true, user: first, by: admin) }
        await refusal(.lastAdministrator) { try await registry.removeUser(first, by: admin) }
        try await registry.addUser(second, isAdmin: true, by: admin)
        try await registry.setDisabled(true, user: second, by: admin)
        await refusal(.lastAdministrator) { try await registry.removeUser(first, by: admin) }
        try await registry.setDisabled(false, user: second, by: admin)
        try await registry.removeUser(first, by: admin)
        try await registry.removeUser(second, by: .dataOperator)
    }

    @Test("a user that was disabled, or has another password, is refused with what it proved before")
    func staleCallers() async throws {
        let office = try await Office()
        let name = try QualifiedUserName(parsing: "acme/acme")
        let before = try await office.user("acme/acme")
        try await office.registry.setPassword(try Password(parsing: "long enough"), of: name, by: .dataOperator)
        await #expect(throws: AccessRefusal.self) { try await office.share(by: before) }
        let after = try await office.user("acme/acme")
        try await office.registry.setDisabled(true, user: name, by: .dataOperator)
        await #expect(throws: AccessRefusal.self) { try await office.share(by: after) }
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator).isEmpty)
    }

    @Test("neither a token for images nor an anonymous caller administers")
    func tokens() async throws {
        let office = try await Office()
        let access = [TokenAccess(type: "repository", name: "ships/ferry", actions: ["pull", "push"])]
        let limited = try await office.user("acme/acme", limitedTo: access)
        await refusal(.denied) { try await office.share(by: limited) }
        await #expect(throws: AccessRefusal.self) {
            try await office.share(by: .caller(Caller(subject: .anonymous, access: nil)))
        }
    }

    @Test(
        "passwords have 8 characters to 1,024 bytes and no control characters",
        arguments: ["", "1234567", "12345678\n", String(repeating: "x", count: 1025), "tab\tinside"])
    func badPasswords(text: String) async throws {
        let sentence = await refusal(.valueInvalid) { _ = try Password(parsing: text) }
        #expect(text.isEmpty || !sentence.contains(text))
    }

    @Test("passwords do not print themselves")
    func passwordsAreQuiet() throws {
        let password = try Password(parsing: "correct horse")
        var dumped = ""
        dump(password, to: &dumped)
        #expect(!"\(password) \(String(reflecting: password)) \(dumped)".contains("horse"))
        #expect(throws: Never.self) { try Password(parsing: String(repeating: "x", count: 1024)) }
    }

    @Test("a key is shown once, signs in, and neither it nor a token from it is good once it is disabled")
    func keys() async throws {
        let office = try await Office()
        let (registry, name) = (office.registry, try QualifiedUserName(parsing: "acme/writer"))
        let key = try await registry.addAccessKey(to: name, by: try await office.user("acme/writer"))
        #expect(key.loginName == "region-1@\(key.accessKey)")
        let caller = try await registry.authenticate(
            username: key.loginName, password: key.loginPassword, from: .commandLine)
        #expect(caller.name == "acme/writer")
        #expect(try await registry.listAccessKeys(of: name, by: .dataOperator).map(\.accessKey) == [key.accessKey])
        let other = try await office.user("globex/globex")
        await refusal(.accessKeyUnknown) { try await registry.disableAccessKey(key.accessKey, by: other) }
        let reader = try await office.user("acme/reader")
        await refusal(.denied) { try await registry.disableAccessKey(key.accessKey, by: reader) }
        try await registry.disableAccessKey(key.accessKey, by: .dataOperator)
        await #expect(throws: AccessRefusal.self) {
            try await registry.authenticate(username: key.loginName, password: key.loginPassword, from: .commandLine)
        }
        await #expect(throws: AccessRefusal.self) { _ = try await registry.listAccounts(by: .caller(caller)) }
        try await registry.removeAccessKey(key.accessKey, by: .dataOperator)
        #expect(try await registry.listAccessKeys(of: name, by: .dataOperator).isEmpty)
        await refusal(.accessKeyUnknown) { try await registry.removeAccessKey(key.accessKey, by: .dataOperator) }
    }

    @Test("administrators count the keys of their account's users, and see each user; others see themselves")
    func seeingUsers() async throws {
        let office = try await Office()
        let (registry, name) = (office.registry, try QualifiedUserName(parsing: "acme/writer"))
        let (admin, writer) = (try await office.user("acme/acme"), try await office.user("acme/writer"))
        let other = try await office.user("globex/globex")
        let acme = try office.account("acme")
        _ = try await registry.addAccessKey(to: name, by: admin)
        let user = try await registry.showUser(name, by: admin)
        #expect(user.name == name && !user.isAdmin && !user.isDisabled)
        #expect(try await registry.showUser(name, by: writer) == user)
        #expect(try await registry.countAccessKeys(of: acme, by: admin) == [user.id: 1])
        let reader = try await office.user("acme/reader")
        await refusal(.denied) { _ = try await registry.showUser(name, by: reader) }
        await refusal(.userUnknown) { _ = try await registry.showUser(name, by: other) }
        await refusal(.denied) { _ = try await registry.countAccessKeys(of: acme, by: writer) }
        await refusal(.accountUnknown) { _ = try await registry.countAccessKeys(of: acme, by: other) }
    }

    @Test("who may pull a repository is told what it may do with it, and others that there is none")
    func rights() async throws {
        let office = try await Office()
        try await office.share()
        for (name, rights) in [
            ("acme/acme", Rights.all), ("acme/manager", .all), ("acme/writer", [.pull, .push]), ("acme/reader", .pull),
            ("globex/user", .pull),
        ] {
            #expect(try await office.registry.rights(on: office.ferry, by: office.user(name)) == rights)
        }
        #expect(try await office.registry.rights(on: office.ferry, by: .dataOperator) == .all)
        let stranger = try await office.user("initech/initech")
        await refusal(.organizationUnknown) { _ = try await office.registry.rights(on: office.ferry, by: stranger) }
    }

    @Test("an organization that has repositories is not removed")
    func organizations() async throws {
        let office = try await Office()
        let (registry, ships) = (office.registry, try OrganizationName(parsing: "ships"))
        await refusal(.organizationInUse) { try await registry.removeOrganization(ships, by: .dataOperator) }
        await refusal(.organizationTaken) {
            try await registry.addOrganization(ships, account: office.account("globex"), by: .dataOperator)
        }
        await refusal(.organizationUnknown) {
            try await registry.removeOrganization(ships, by: try await office.user("globex/globex"))
        }
        #expect(try await registry.listOrganizations(by: try await office.user("globex/globex")).isEmpty)
        try await registry.removeRepository(office.ferry, by: .dataOperator)
        try await registry.removeOrganization(ships, by: try await office.user("acme/acme"))
        #expect(try await registry.listOrganizations(by: .dataOperator).isEmpty)
    }

    @Test("permissions are for users of the owning account; others are told to share")
    func permissionsOfOthers() async throws {
        let office = try await Office()
        let (registry, place) = (office.registry, PermissionTarget.repository(office.ferry))
        let sentence = await refusal(.valueInvalid) {
            try await registry.setPermission(
                .read, on: place, of: try QualifiedUserName(parsing: "globex/user"), by: .dataOperator)
        }
        #expect(sentence.contains("acme") && sentence.contains("share"))
        await refusal(.userUnknown) {
            try await registry.setPermission(
                .read, on: place, of: try QualifiedUserName(parsing: "acme/missing"), by: .dataOperator)
        }
    }

    @Test("permissions are listed, replaced and taken back, by who manages the place")
    func permissions() async throws {
        let office = try await Office()
        let (registry, place) = (office.registry, PermissionTarget.repository(office.ferry))
        let manager = try await office.user("acme/manager")
        let reader = try QualifiedUserName(parsing: "acme/reader")
        try await registry.setPermission(.write, on: place, of: reader, by: manager)
        let listed = try await registry.listPermissions(on: place, by: manager)
        #expect(
            listed.map { "\($0.user) \($0.permission)" } == [
                "acme/manager manage", "acme/reader write", "acme/writer write",
            ])
        try await registry.removePermission(on: place, of: reader, by: manager)
        await refusal(.valueInvalid) { try await registry.removePermission(on: place, of: reader, by: manager) }
        await refusal(.denied) {
            try await registry.setPermission(
                .read, on: .organization(try OrganizationName(parsing: "ships")), of: reader, by: manager)
        }
    }

    @Test("write describes a repository, manage changes its visibility, and what is not named stays")
    func describing() async throws {
        let office = try await Office()
        let (registry, ferry) = (office.registry, office.ferry)
        let text = try RepositoryDescription(parsing: "carries cars")
        let described = try await registry.updateRepository(
            ferry, description: text, by: try await office.user("acme/writer"))
        #expect(described.description == "carries cars" && !described.isPublic)
        let (writer, reader) = (try await office.user("acme/writer"), try await office.user("acme/reader"))
        await refusal(.denied) { try await registry.updateRepository(ferry, isPublic: true, by: writer) }
        await refusal(.denied) { try await registry.updateRepository(ferry, description: text, by: reader) }
        let published = try await registry.updateRepository(
            ferry, isPublic: true, by: try await office.user("acme/manager"))
        #expect(published.description == "carries cars" && published.isPublic)
    }

    @Test("a list holds what the caller may see of its own account")
    func lists() async throws {
        let office = try await Office()
        try await office.push("ships/tanker")
        func names(_ actor: Administrator) async throws -> [String] {
            try await office.registry.listRepositories(by: actor).map(\.name.description)
        }
        #expect(try await names(.dataOperator) == ["ships/ferry", "ships/tanker"])
        #expect(try await names(try await office.user("acme/acme")) == ["ships/ferry", "ships/tanker"])
        #expect(try await names(try await office.user("acme/reader")) == ["ships/ferry"])
        #expect(try await names(try await office.user("acme/nobody")).isEmpty)
        try await office.share()
        #expect(try await names(try await office.user("globex/globex")).isEmpty)
        await refusal(.accountUnknown) {
            _ = try await office.registry.listRepositories(
                of: office.account("acme"), by: try await office.user("globex/globex"))
        }
    }

    @Test("a new registry gets its first account once, with a password that signs in")
    func firstAccount() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let registry = try await openTestRegistry(in: directory, clock: clock)
        let first = try #require(try await registry.createFirstAccountIfEmpty(password: nil))
        let password = try #require(first.generatedPassword)
        #expect(password.count >= 20 && "\(first.user)" == "admin/admin")
        #expect(
            try await registry.authenticate(username: "admin", password: password, from: .commandLine).name
                == "admin/admin")
        #expect(try await registry.createFirstAccountIfEmpty(password: nil) == nil)
    }

    @Test("of several processes that start at once one creates the first account, with the password that was given")
    func firstAccountRace() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let one = try await openTestRegistry(in: directory, clock: clock)
        let two = try await openTestRegistry(in: directory, clock: clock)
        async let left = one.createFirstAccountIfEmpty(password: "given to left")
        async let right = two.createFirstAccountIfEmpty(password: "given to right")
        let created = [try await left, try await right].compactMap(\.self)
        #expect(created.count == 1)
        #expect(created.first?.generatedPassword == nil)
        #expect(try await one.listAccounts(by: .dataOperator).count == 1)
        await refusal(.valueInvalid) {
            let empty = try await openTestRegistry(in: try TemporaryDirectory(), clock: clock)
            _ = try await empty.createFirstAccountIfEmpty(password: "short")
        }
    }
}
