import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// A registry with accounts acme (owns organization `ships`), globex and initech, and the repository `ships/ferry`.
private struct Office {
    let clock: ManualClock
    let directory: TemporaryDirectory
    let registry: Registry
    let ferry: RepositoryName

    init() async throws {
        clock = ManualClock(now: Date(timeIntervalSince1970: 1_795_262_400))  // 2026-11-21T12:00:00Z
        directory = try TemporaryDirectory()
        registry = try await openTestRegistry(in: directory, clock: clock)
        ferry = try RepositoryName(parsing: "ships/ferry")
        for name in ["acme", "globex", "initech"] {
            try await registry.addAccount(try AccountName(parsing: name), by: .dataOperator)
        }
        try await registry.addOrganization(
            try OrganizationName(parsing: "ships"), account: try account("acme"), by: .dataOperator)
        for name in ["acme/manager", "acme/writer", "acme/reader", "acme/nobody", "globex/user"] {
            try await registry.addUser(try QualifiedUserName(parsing: name), by: .dataOperator)
        }
        try await push("ships/ferry")
        for (name, permission) in [
            ("acme/manager", Permission.manage), ("acme/writer", .write), ("acme/reader", .read),
        ] {
            try await registry.setPermission(
                permission, on: .repository(ferry), of: try QualifiedUserName(parsing: name), by: .dataOperator)
        }
    }

    func account(_ text: String) throws -> AccountReference { try AccountReference(parsing: text) }

    /// Makes a published repository with a tag, as a push does.
    func push(_ name: String, tags: [String] = ["1"]) async throws {
        let name = try RepositoryName(parsing: name)
        let organization = try OrganizationName(parsing: name.organization)
        let manifest = Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#.utf8)
        let parsed = try Manifest(parsing: manifest, contentType: .ociIndex)
        let digest = Digest(hashing: manifest, algorithm: .sha256)
        for tag in tags {
            let tag = try TagName(parsing: tag)
            let now = clock.now
            try await registry.catalog.write { catalog in
                let owner = try #require(try catalog.read.organization(named: organization))
                let existing = try catalog.read.repository(named: name)?.id
                let id = try existing ?? catalog.insertRepository(named: name, organization: owner.id, now: now)
                try catalog.insertManifest(parsed, digest: digest, bytes: manifest, in: id, by: "acme/acme", now: now)
                try catalog.setTag(tag, to: digest, in: id, now: now)
                _ = try catalog.publishRepository(id, now: now)
            }
            clock.advance(by: 1)
        }
    }

    /// A signed-in user, as doors make it from good credentials.
    func user(_ name: String, limitedTo access: [TokenAccess]? = nil) async throws -> Administrator {
        let name = try QualifiedUserName(parsing: name)
        let user = try #require(try await registry.catalog.read { try $0.user(named: name) })
        return .caller(
            Caller(
                subject: .user(id: user.id, name: user.qualifiedName, credentialsVersion: user.credentialsVersion),
                access: access))
    }

    @discardableResult
    func share(
        _ name: String = "ships/ferry", with receiver: String = "globex", until deadline: Deadline = .forever,
        by actor: Administrator = .dataOperator
    ) async throws -> SharedRepository {
        try await registry.shareImage(
            try RepositoryName(parsing: name), with: try account(receiver), until: deadline, by: actor)
    }

    func inSeconds(_ seconds: TimeInterval) -> Deadline { .until(clock.now.addingTimeInterval(seconds)) }
}

/// Expects a refusal with a code, and gives its sentence.
@discardableResult
private func refusal(
    _ code: AdministrationError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ work: () async throws -> Void
) async -> String {
    let error = await #expect(throws: AdministrationError.self, sourceLocation: sourceLocation) { try await work() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error?.message ?? ""
}

@Suite struct SharingRuleTests {
    @Test("a share by name or by id lets its account pull, and the owner sees it as it was made")
    func nameAndID() async throws {
        let office = try await Office()
        let globex = try #require(
            try await office.registry.listAccounts(by: .dataOperator).first { $0.name.description == "globex" })
        let share = try await office.share(with: globex.id.description, until: office.inSeconds(60))
        #expect(share.receiver == globex.name && share.receiverID == globex.id)
        #expect(share.status == .effective && share.permission == .pull && share.createdBy == "operator")
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator) == [share])
        #expect(
            try await office.registry.showShare(of: office.ferry, with: .name(globex.name), by: .dataOperator) == share)
    }

    @Test("only private images are shared")
    func privateOnly() async throws {
        let office = try await Office()
        try await office.registry.updateRepository(office.ferry, isPublic: true, by: .dataOperator)
        await refusal(.repositoryPublic) { try await office.share() }
    }

    @Test("a shared image is not made public; the refusal lists the accounts, and expired shares do not block")
    func publishing() async throws {
        let office = try await Office()
        try await office.share(with: "globex", until: office.inSeconds(60))
        try await office.share(with: "initech", until: office.inSeconds(30))
        let sentence = await refusal(.repositoryShared) {
            try await office.registry.updateRepository(office.ferry, isPublic: true, by: .dataOperator)
        }
        #expect(sentence.contains("globex, initech"))
        office.clock.advance(by: 60)
        #expect(try await office.registry.updateRepository(office.ferry, isPublic: true, by: .dataOperator).isPublic)
    }

    @Test("a shared image is not removed; the refusal lists the accounts, and expired shares do not block")
    func removing() async throws {
        let office = try await Office()
        try await office.share(until: office.inSeconds(60))
        let sentence = await refusal(.repositoryShared) {
            try await office.registry.removeRepository(office.ferry, by: .dataOperator)
        }
        #expect(sentence.contains("globex"))
        office.clock.advance(by: 60)
        try await office.registry.removeRepository(office.ferry, by: .dataOperator)
        await refusal(.repositoryUnknown) {
            _ = try await office.registry.showRepository(office.ferry, by: .dataOperator)
        }
    }

    @Test("a repository that is removed and pushed again has no share")
    func noRevival() async throws {
        let office = try await Office()
        try await office.share(until: office.inSeconds(60))
        office.clock.advance(by: 60)
        try await office.registry.removeRepository(office.ferry, by: .dataOperator)
        try await office.push("ships/ferry")
        office.clock.advance(by: -120)
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator).isEmpty)
        #expect(try await office.registry.listReceivedShares(by: office.account("globex"), for: .dataOperator).isEmpty)
    }

    @Test("only who may manage the image shares it", arguments: ["acme/acme", "acme/manager"])
    func managers(name: String) async throws {
        let office = try await Office()
        let share = try await office.share(by: try await office.user(name))
        #expect(share.createdBy == name)
    }

    @Test("who may only read or write is denied", arguments: ["acme/writer", "acme/reader"])
    func denied(name: String) async throws {
        let office = try await Office()
        let user = try await office.user(name)
        await refusal(.denied) { try await office.share(by: user) }
        try await office.share()
        let (registry, ferry, globex) = (office.registry, office.ferry, try office.account("globex"))
        await refusal(.denied) { try await registry.updateShare(of: ferry, with: globex, until: .forever, by: user) }
        await refusal(.denied) { try await registry.removeShare(of: ferry, with: globex, by: user) }
        await refusal(.denied) { _ = try await registry.listShares(of: ferry, by: user) }
        await refusal(.denied) { _ = try await registry.showShare(of: ferry, with: globex, by: user) }
    }

    @Test("a receiver cannot share on, rename, describe or remove")
    func receivers() async throws {
        let office = try await Office()
        try await office.share()
        let (registry, ferry) = (office.registry, office.ferry)
        for name in ["globex/globex", "globex/user"] {
            let user = try await office.user(name)
            await refusal(.denied) { try await office.share(with: "initech", by: user) }
            await refusal(.denied) { _ = try await registry.listShares(of: ferry, by: user) }
            await refusal(.denied) { try await registry.updateRepository(ferry, isPublic: true, by: user) }
            await refusal(.denied) {
                try await registry.updateRepository(
                    ferry, description: try RepositoryDescription(parsing: "mine"), by: user)
            }
            await refusal(.denied) { try await registry.removeRepository(ferry, by: user) }
            await refusal(.denied) { _ = try await registry.listPermissions(on: .repository(ferry), by: user) }
            let seen = try await registry.showRepository(ferry, by: user)
            #expect(seen.repository.shares == nil)
        }
    }

    @Test("who has no right gets the answer of a missing repository", arguments: ["initech/initech", "acme/nobody"])
    func hidden(name: String) async throws {
        let office = try await Office()
        let user = try await office.user(name)
        let missing = try RepositoryName(parsing: "ships/missing")
        let existing = await refusal(.repositoryUnknown) { try await office.share(by: user) }
        let absent = await refusal(.repositoryUnknown) { try await office.share("ships/missing", by: user) }
        #expect(existing == absent.replacing("\(missing)", with: "\(office.ferry)"))
        await refusal(.repositoryUnknown) { try await office.share("nowhere/ferry", by: user) }
        await refusal(.repositoryUnknown) { _ = try await office.registry.showRepository(office.ferry, by: user) }
    }

    @Test("pull is the only permission", arguments: ["push", "read", "Pull", "", "pull,push", "manage"])
    func permissions(word: String) async throws {
        await refusal(.permissionUnsupported) { _ = try SharePermission(parsing: word) }
        #expect(try SharePermission(parsing: "pull") == .pull)
    }

    @Test("an account at home elsewhere gets no share; the refusal names both regions")
    func regions() async throws {
        let office = try await Office()
        try await office.registry.addAccount(
            try AccountName(parsing: "faraway"), homeRegion: try Region(parsing: "region-2"), by: .dataOperator)
        let sentence = await refusal(.regionMismatch) { try await office.share(with: "faraway") }
        #expect(sentence.contains("region-1") && sentence.contains("region-2"))
    }

    @Test("an owner at home elsewhere shares nothing here")
    func ownersRegion() async throws {
        let office = try await Office()
        let (registry, name) = (office.registry, try AccountName(parsing: "faraway"))
        try await registry.addAccount(name, homeRegion: try Region(parsing: "region-2"), by: .dataOperator)
        try await registry.addOrganization(
            try OrganizationName(parsing: "trains"), account: .name(name), by: .dataOperator)
        try await office.push("trains/express")
        let sentence = await refusal(.regionMismatch) { try await office.share("trains/express") }
        #expect(sentence.contains("region-1") && sentence.contains("region-2"))
    }

    @Test("500 accounts is the most; expired shares do not count")
    func limit() async throws {
        let office = try await Office()
        let now = office.clock.now
        let ferry = office.ferry
        let (soon, region) = (now.addingTimeInterval(60), office.registry.region)
        try await office.registry.catalog.write { catalog in
            let id = try #require(try catalog.read.repository(named: ferry)).id
            for number in 0..<500 {
                let account = try catalog.insertAccount(
                    try AccountName(parsing: "receiver-\(number)"), homeRegion: region, now: now)
                try catalog.upsertShare(
                    of: id, with: account.id, deadline: number == 0 ? .until(soon) : .forever, description: "",
                    by: "operator", now: now)
            }
        }
        let sentence = await refusal(.tooManyShares) { try await office.share() }
        #expect(sentence.contains("500"))
        office.clock.advance(by: 60)
        try await office.share()
        await refusal(.tooManyShares) { try await office.share(with: "initech") }
        // The expired one can be described, but not made effective again while there is no room.
        let (registry, expired) = (office.registry, try office.account("receiver-0"))
        try await registry.updateShare(
            of: ferry, with: expired, description: try ShareDescription(parsing: "over"), by: .dataOperator)
        await refusal(.tooManyShares) {
            try await registry.updateShare(of: ferry, with: expired, until: .forever, by: .dataOperator)
        }
    }

    @Test("a deadline that has come is refused, to the millisecond")
    func pastDeadlines() async throws {
        let office = try await Office()
        await refusal(.deadlinePast) { try await office.share(until: office.inSeconds(0)) }
        await refusal(.deadlinePast) { try await office.share(until: office.inSeconds(-0.001)) }
        let share = try await office.share(until: office.inSeconds(0.001))
        #expect(share.status == .effective)
        await refusal(.deadlinePast) {
            try await office.registry.updateShare(
                of: office.ferry, with: office.account("globex"), until: office.inSeconds(-1), by: .dataOperator)
        }
    }

    @Test("a date is good through the end of its day")
    func dates() async throws {
        let office = try await Office()
        try await office.share(until: try DeadlineText.parse(until: "2026-11-21"))
        func status() async throws -> ShareStatus? {
            try await office.registry.listShares(of: office.ferry, by: .dataOperator).first?.status
        }
        guard case .until(let end) = try DeadlineText.parse(until: "2026-11-22T00:00:00Z") else { return }
        office.clock.set(end.addingTimeInterval(-0.001))
        #expect(try await status() == .effective)
        office.clock.set(end)
        #expect(try await status() == .expired)
    }

    @Test("descriptions are counted in Unicode scalars, up to 1,000")
    func descriptions() async throws {
        let office = try await Office()
        let longest = String(repeating: "\u{1F6A2}", count: 1000)
        let share = try await office.registry.shareImage(
            office.ferry, with: try office.account("globex"), until: .forever,
            description: try ShareDescription(parsing: longest), by: .dataOperator)
        #expect(share.description == longest)
        let sentence = await refusal(.descriptionTooLong) { _ = try ShareDescription(parsing: longest + "a") }
        #expect(sentence.contains("1000") && sentence.contains("1001"))
        // One character on the screen, but 1,001 scalars.
        await refusal(.descriptionTooLong) {
            _ = try ShareDescription(parsing: "e" + String(repeating: "\u{301}", count: 1000))
        }
        await refusal(.valueInvalid) { _ = try ShareDescription(parsing: "a\0b") }
    }

    @Test("an owner does not share with itself, nor with an account that does not exist")
    func receiversThatCannotBe() async throws {
        let office = try await Office()
        await refusal(.receiverIsOwner) { try await office.share(with: "acme") }
        await refusal(.accountUnknown) { try await office.share(with: "nobody") }
        await refusal(.accountUnknown) { try await office.share(with: String(repeating: "0", count: 32)) }
    }

    @Test("an effective share is not made twice; an expired one is replaced")
    func twice() async throws {
        let office = try await Office()
        let first = try await office.share(until: office.inSeconds(60))
        await refusal(.nameTaken) { try await office.share(until: .forever) }
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator) == [first])
        office.clock.advance(by: 60)
        let second = try await office.share(until: .forever)
        #expect(second.status == .effective && second.createdAt == office.clock.now)
    }

    @Test("an update changes what it names, and nothing else")
    func updates() async throws {
        let office = try await Office()
        let made = try await office.share(until: office.inSeconds(60), by: try await office.user("acme/manager"))
        let globex = try office.account("globex")
        office.clock.advance(by: 10)
        let described = try await office.registry.updateShare(
            of: office.ferry, with: globex, description: try ShareDescription(parsing: "audit"), by: .dataOperator)
        #expect(described.deadline == made.deadline && described.description == "audit")
        #expect(described.createdBy == "acme/manager" && described.createdAt == made.createdAt)
        let prolonged = try await office.registry.updateShare(
            of: office.ferry, with: globex, until: .forever, by: .dataOperator)
        #expect(prolonged.deadline == .forever && prolonged.description == "audit")
        await refusal(.shareUnknown) {
            try await office.registry.updateShare(
                of: office.ferry, with: office.account("initech"), until: .forever, by: .dataOperator)
        }
    }

    @Test("a share that is removed is gone for owner and receiver, and removing it again says so")
    func removal() async throws {
        let office = try await Office()
        try await office.share()
        let globex = try office.account("globex")
        try await office.registry.removeShare(of: office.ferry, with: globex, by: .dataOperator)
        #expect(try await office.registry.listShares(of: office.ferry, by: .dataOperator).isEmpty)
        #expect(try await office.registry.listReceivedShares(by: globex, for: .dataOperator).isEmpty)
        await refusal(.shareUnknown) {
            try await office.registry.removeShare(of: office.ferry, with: globex, by: .dataOperator)
        }
        await refusal(.repositoryUnknown) {
            _ = try await office.registry.showRepository(office.ferry, by: try await office.user("globex/user"))
        }
    }

    @Test("the receiver sees what is shared with it; an expired share stays listed, without what it held")
    func received() async throws {
        let office = try await Office()
        try await office.push("ships/ferry", tags: ["3", "2"])
        try await office.share(until: office.inSeconds(60))
        let user = try await office.user("globex/user")
        let globex = try office.account("globex")
        let effective = try #require(try await office.registry.listReceivedShares(by: globex, for: user).first)
        #expect(effective.repository == office.ferry && effective.owner.description == "acme")
        #expect(effective.tags.map(\.description) == ["1", "2", "3"] && (effective.size ?? 0) > 0)
        #expect(effective.pullCommand == "docker pull 127.0.0.1:5000/ships/ferry:2")
        try await office.push("ships/ferry", tags: ["latest", "zz"])
        let latest = try await office.registry.listReceivedShares(by: globex, for: user).first
        #expect(latest?.pullCommand == "docker pull 127.0.0.1:5000/ships/ferry:latest")
        office.clock.advance(by: 60)
        let expired = try #require(try await office.registry.listReceivedShares(by: globex, for: user).first)
        #expect(expired.status == .expired && expired.deadline == effective.deadline)
        #expect(expired.tags.isEmpty && expired.size == nil && expired.pullCommand == nil)
    }

    @Test("nobody sees what another account has received")
    func receivedByOthers() async throws {
        let office = try await Office()
        try await office.share()
        for name in ["acme/acme", "initech/initech"] {
            let user = try await office.user(name)
            await refusal(.accountUnknown) {
                _ = try await office.registry.listReceivedShares(by: office.account("globex"), for: user)
            }
        }
    }
}

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
        let caller = try await registry.authenticate(username: key.loginName, password: key.loginPassword)
        #expect(caller.name == "acme/writer")
        #expect(try await registry.listAccessKeys(of: name, by: .dataOperator).map(\.accessKey) == [key.accessKey])
        let other = try await office.user("globex/globex")
        await refusal(.accessKeyUnknown) { try await registry.disableAccessKey(key.accessKey, by: other) }
        let reader = try await office.user("acme/reader")
        await refusal(.denied) { try await registry.disableAccessKey(key.accessKey, by: reader) }
        try await registry.disableAccessKey(key.accessKey, by: .dataOperator)
        await #expect(throws: AccessRefusal.self) {
            try await registry.authenticate(username: key.loginName, password: key.loginPassword)
        }
        await #expect(throws: AccessRefusal.self) { _ = try await registry.listAccounts(by: .caller(caller)) }
        try await registry.removeAccessKey(key.accessKey, by: .dataOperator)
        #expect(try await registry.listAccessKeys(of: name, by: .dataOperator).isEmpty)
        await refusal(.accessKeyUnknown) { try await registry.removeAccessKey(key.accessKey, by: .dataOperator) }
    }

    @Test("an organization that has repositories is not removed")
    func organizations() async throws {
        let office = try await Office()
        let (registry, ships) = (office.registry, try OrganizationName(parsing: "ships"))
        await refusal(.inUse) { try await registry.removeOrganization(ships, by: .dataOperator) }
        await refusal(.nameTaken) {
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
        await refusal(.organizationUnknown) {
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
        #expect(try await registry.authenticate(username: "admin", password: password).name == "admin/admin")
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
