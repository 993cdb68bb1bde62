import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite struct SharingRuleTests {
    @Test("a share by name or by id lets its account pull, and the owner sees it as it was made")
    func nameAndID() async throws {
        let office = try await Office()
        let globex = try #require(
            try await office.registry.listAccounts(by: .dataOperator).first { $0.name.description == "globex" })
        let share = try await office.share(with: globex.id.description, until: office.inSeconds(60))
        #expect(share.receiver == globex.name && share.receiverID == globex.id)
        #expect(share.status == .effective && share.permission == .pull && share.creator.name == "operator")
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
        #expect(share.creator.name == name)
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

    @Test(
        "who has no right gets the answer of what does not exist: within the account of a repository, outside of an organization",
        arguments: [
            ("initech/initech", AdministrationError.Code.organizationUnknown), ("acme/nobody", .denied),
        ])
    func hidden(name: String, code: AdministrationError.Code) async throws {
        let office = try await Office()
        let user = try await office.user(name)
        let existing = await refusal(code) { try await office.share(by: user) }
        let absent = await refusal(code) { try await office.share("ships/missing", by: user) }
        #expect(existing == absent.replacing("ships/missing", with: "ships/ferry"))
        let nowhere = await refusal(.organizationUnknown) { try await office.share("nowhere/ferry", by: user) }
        #expect(code == .denied || existing == nowhere.replacing("nowhere", with: "ships"))
        await refusal(code) { _ = try await office.registry.showRepository(office.ferry, by: user) }
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
                    by: Creator(id: nil, name: "operator"), now: now)
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
        await refusal(.shareTaken) { try await office.share(until: .forever) }
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
        #expect(described.creator.name == "acme/manager" && described.createdAt == made.createdAt)
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
        await refusal(.organizationUnknown) {
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
