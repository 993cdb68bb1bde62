import BerthAccess
import Foundation
import Testing

/// Every combination of what a decision rests on, so that what holds here holds without exception.
@Suite struct AccessPropertyTests {
    private static let scene = Scene()

    /// All questions over three accounts, three regions and instants before, at and after the deadline.
    private static func forEachQuestion(_ body: (Access.Question) -> Void) {
        let accounts = [scene.ownerAccount, scene.receiverAccount, AccountID(rawValue: "third")]
        let regions = [nil, scene.region, scene.otherRegion]
        let instants = [nil, scene.now.addingTimeInterval(-0.001), scene.now, scene.now.addingTimeInterval(0.001)]
        let permissionSets: [[Permission]] = [[], [.read], [.write], [.manage], [.read, .manage]]
        let deadlines = [Deadline.forever, .until(scene.now)]
        let shares: [Access.Share?] =
            [nil] + accounts.flatMap { account in deadlines.map { Access.Share(receiver: account, deadline: $0) } }
        let principals: [Principal] =
            [.anonymous]
            + accounts.flatMap { account in
                regions.flatMap { region in
                    [true, false].map { scene.user(account, region: region, isAdmin: $0) }
                }
            }
        for principal in principals {
            for share in shares {
                for permissions in permissionSets {
                    for (ownerRegion, serverRegion) in regions.flatMap({ owner in regions.map { (owner, $0) } }) {
                        for now in instants {
                            for flags in 0..<4 {
                                body(
                                    Access.Question(
                                        principal: principal,
                                        repository: scene.repository(
                                            ownerRegion: ownerRegion, isPublic: flags & 1 != 0),
                                        permissions: permissions, share: share, region: serverRegion, now: now,
                                        allowsAnonymousPull: flags & 2 != 0))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whether a share lets its user pull, written down again as section 2 of the design has it.
    private static func isShared(_ question: Access.Question) -> Bool {
        guard case .user(let user) = question.principal, let share = question.share, let now = question.now,
            let region = question.region
        else { return false }
        let isAhead = if case .until(let end) = share.deadline { now < end } else { true }
        return share.receiver == user.account && isAhead && !question.repository.isPublic
            && question.repository.ownerHomeRegion == region && user.homeRegion == region
    }

    private static func isOwn(_ question: Access.Question) -> Bool {
        if case .user(let user) = question.principal { user.account == question.repository.owner } else { false }
    }

    @Test("no state gives a user of a foreign account more than pull, nor that without a share or a public repository")
    func foreignAccounts() {
        var count = 0
        var pulls = 0
        Self.forEachQuestion { question in
            guard !Self.isOwn(question) else { return }
            count += 1
            let decision = Access.decide(question)
            if !Rights.pull.isSuperset(of: decision.rights) { Issue.record("\(question)") }
            guard decision.rights == .pull else { return }
            pulls += 1
            let isPublic =
                question.repository.isPublic && (question.allowsAnonymousPull || question.principal != .anonymous)
            if !isPublic && !Self.isShared(question) { Issue.record("\(question)") }
        }
        #expect(count > 50_000)
        #expect(pulls > 1_000)
    }

    @Test("every effective share and every public repository gives pull")
    func grants() {
        var count = 0
        Self.forEachQuestion { question in
            guard !Self.isOwn(question) else { return }
            let isPublic =
                question.repository.isPublic && (question.allowsAnonymousPull || question.principal != .anonymous)
            guard isPublic || Self.isShared(question) else { return }
            count += 1
            if Access.decide(question).rights != .pull { Issue.record("\(question)") }
        }
        #expect(count > 1_000)
    }

    @Test("an unknown clock or region gives the same as no share at all")
    func failsClosed() {
        Self.forEachQuestion { question in
            guard question.now == nil || question.region == nil || question.repository.ownerHomeRegion == nil else {
                return
            }
            var unshared = question
            unshared.share = nil
            if Access.decide(question) != Access.decide(unshared) { Issue.record("\(question)") }
        }
    }

    @Test("users of the owner have what admin and permissions give, whatever share there is, and pull if it is public")
    func ownAccount() {
        Self.forEachQuestion { question in
            guard case .user(let user) = question.principal, Self.isOwn(question) else { return }
            let permission = user.isAdmin ? Permission.manage : question.permissions.max()
            let expected = permission?.rights ?? (question.repository.isPublic ? .pull : [])
            if Access.decide(question) != Access.Decision(rights: expected, expires: nil) {
                Issue.record("\(question)")
            }
        }
    }

    @Test("a decision says that it rests on a share, and expires at the end of one, which is ahead, if it has one")
    func expiry() {
        var count = 0
        Self.forEachQuestion { question in
            let decision = Access.decide(question)
            var unshared = question
            unshared.share = nil
            let restsOnShare = Access.decide(unshared).rights != decision.rights
            if decision.isUnderShare != restsOnShare { Issue.record("\(question)") }
            switch (restsOnShare, question.share?.deadline) {
            case (true, .until(let end)):
                count += 1
                if decision.expires != end || question.now.map({ $0 < end }) != true { Issue.record("\(question)") }
            default:
                if decision.expires != nil { Issue.record("\(question)") }
            }
        }
        #expect(count > 10)
    }

    @Test("nobody without credentials may do more than pull")
    func anonymous() {
        Self.forEachQuestion { question in
            guard question.principal == .anonymous else { return }
            let isOpen = question.repository.isPublic && question.allowsAnonymousPull
            if Access.decide(question).rights != (isOpen ? .pull : []) { Issue.record("\(question)") }
        }
    }
}
