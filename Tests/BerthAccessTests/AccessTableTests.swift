import BerthAccess
import Foundation
import Testing

/// The table of docs/sharing.md, row by row.
@Suite struct AccessTableTests {
    private let scene = Scene()

    @Test("an admin of the owning account may do everything, without any permission")
    func ownAdmin() {
        let decision = scene.decide(scene.ownerAdmin)
        #expect(decision == Access.Decision(rights: .all, expires: nil))
    }

    @Test(
        "a user of the owning account has what its permission gives",
        arguments: [
            (Permission.manage, [Rights.pull, .push, .delete, .manage]), (.write, [.pull, .push]), (.read, [.pull]),
        ])
    func ownUser(permission: Permission, rights: [Rights]) {
        let decision = scene.decide(scene.owner, permissions: [permission])
        #expect(decision == Access.Decision(rights: Rights(rights), expires: nil))
    }

    @Test("a user of the owning account without a permission has nothing")
    func ownUserWithout() {
        #expect(scene.decide(scene.owner) == .nothing)
    }

    @Test("of a permission on the organization and one on the repository the larger counts")
    func largerPermission() {
        for first in Permission.allCases {
            for second in Permission.allCases {
                let rights = scene.decide(scene.owner, permissions: [first, second]).rights
                #expect(rights == max(first, second).rights)
                #expect(rights == first.rights.union(second.rights))
            }
        }
    }

    @Test("any user of an account with an effective share may pull, until its end, and nothing else")
    func share() {
        let end = scene.now.addingTimeInterval(60)
        for user in [scene.receiver, scene.receiverAdmin] {
            #expect(
                scene.decide(user, share: scene.share(.until(end)))
                    == Access.Decision(rights: .pull, expires: end, isUnderShare: true))
            #expect(
                scene.decide(user, share: scene.share(.forever))
                    == Access.Decision(rights: .pull, expires: nil, isUnderShare: true))
        }
    }

    @Test("anyone may pull a public repository, and nothing else")
    func publicRepository() {
        let expected = Access.Decision(rights: .pull, expires: nil)
        for principal in [Principal.anonymous, scene.receiver, scene.receiverAdmin, scene.owner] {
            #expect(scene.decide(principal, isPublic: true) == expected)
        }
    }

    @Test("without anonymous-pull a public repository needs a sign-in")
    func withoutAnonymousPull() {
        #expect(scene.decide(.anonymous, isPublic: true, allowsAnonymousPull: false) == .nothing)
        #expect(scene.decide(scene.receiver, isPublic: true, allowsAnonymousPull: false).rights == .pull)
    }

    @Test("everyone else has nothing")
    func everyoneElse() {
        #expect(scene.decide(.anonymous) == .nothing)
        #expect(scene.decide(scene.receiver) == .nothing)
        #expect(scene.decide(scene.receiverAdmin) == .nothing)
        #expect(scene.decide(.anonymous, share: scene.share(.forever)) == .nothing)
    }

    @Test("a permission does not help a user of a foreign account")
    func foreignPermission() {
        #expect(scene.decide(scene.receiver, permissions: [.manage]) == .nothing)
        #expect(scene.decide(scene.receiver, permissions: [.manage], share: scene.share(.forever)).rights == .pull)
        #expect(scene.decide(scene.receiver, permissions: [.manage], isPublic: true).rights == .pull)
    }
}

@Suite struct EffectiveShareTests {
    private let scene = Scene()

    @Test(
        "a share is good up to its deadline, not at it and not after it",
        arguments: [(-1, true), (0, false), (1, false)])
    func deadline(milliseconds: Int, isEffective: Bool) {
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        let now = end.addingTimeInterval(Double(milliseconds) / 1_000)
        let decision = scene.decide(scene.receiver, share: scene.share(.until(end)), now: now)
        let expected = Access.Decision(rights: .pull, expires: end, isUnderShare: true)
        #expect(decision == (isEffective ? expected : .nothing))
        #expect(Deadline.until(end).isAhead(of: now) == isEffective)
        #expect(Deadline.forever.isAhead(of: now))
    }

    @Test("a share with another account is not the principal's")
    func otherAccount() {
        let share = Access.Share(receiver: AccountID(rawValue: "third"), deadline: .forever)
        #expect(scene.decide(scene.receiver, share: share) == .nothing)
    }

    @Test("a share with the owner gives its users nothing")
    func ownAccount() {
        let share = Access.Share(receiver: scene.ownerAccount, deadline: .forever)
        #expect(scene.decide(scene.owner, share: share) == .nothing)
    }

    @Test("the regions of server, owner and receiver must all be known and the same")
    func regions() {
        let regions = [nil, scene.region, scene.otherRegion]
        for server in regions {
            for owner in regions {
                for receiver in regions {
                    let decision = Access.decide(
                        Access.Question(
                            principal: scene.user(scene.receiverAccount, region: receiver),
                            repository: scene.repository(ownerRegion: owner), share: scene.share(.forever),
                            region: server, now: scene.now, allowsAnonymousPull: true))
                    let isSame = server != nil && server == owner && server == receiver
                    #expect(decision.rights == (isSame ? .pull : []))
                }
            }
        }
    }

    @Test("an unknown clock ends every share, forever ones as well, and nothing else")
    func unknownClock() {
        for deadline in [Deadline.forever, .until(.distantFuture)] {
            #expect(scene.decide(scene.receiver, share: scene.share(deadline), now: nil) == .nothing)
        }
        #expect(scene.decide(scene.ownerAdmin, now: nil).rights == .all)
        #expect(scene.decide(.anonymous, isPublic: true, now: nil).rights == .pull)
    }

    @Test("a clock or deadline that is no number ends the share")
    func notANumber() {
        let nan = Date(timeIntervalSince1970: .nan)
        #expect(scene.decide(scene.receiver, share: scene.share(.until(nan))) == .nothing)
        #expect(scene.decide(scene.receiver, share: scene.share(.until(.distantFuture)), now: nan) == .nothing)
    }

    @Test("the right to pull a public repository does not end with a share of it")
    func publicAndShared() {
        let end = scene.now.addingTimeInterval(60)
        let decision = scene.decide(scene.receiver, isPublic: true, share: scene.share(.until(end)))
        #expect(decision == Access.Decision(rights: .pull, expires: nil))
    }
}
