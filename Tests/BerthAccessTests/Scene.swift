import BerthAccess
import Foundation

/// An owner and a receiver of one region, and a private repository of the owner.
struct Scene {
    let ownerAccount = AccountID(rawValue: "owner")
    let receiverAccount = AccountID(rawValue: "receiver")
    let region = Self.region("region-1")
    let otherRegion = Self.region("region-2")
    let now = Date(timeIntervalSince1970: 1_700_000_000)

    var ownerAdmin: Principal { user(ownerAccount, region: region, isAdmin: true) }
    var owner: Principal { user(ownerAccount, region: region) }
    var receiverAdmin: Principal { user(receiverAccount, region: region, isAdmin: true) }
    var receiver: Principal { user(receiverAccount, region: region) }

    func user(_ account: AccountID, region: Region?, isAdmin: Bool = false) -> Principal {
        .user(
            Principal.User(
                id: UserID(rawValue: "\(account)-user"), account: account, homeRegion: region, isAdmin: isAdmin))
    }

    func repository(ownerRegion: Region?, isPublic: Bool = false) -> Access.Repository {
        Access.Repository(owner: ownerAccount, ownerHomeRegion: ownerRegion, isPublic: isPublic)
    }

    func share(_ deadline: Deadline) -> Access.Share {
        Access.Share(receiver: receiverAccount, deadline: deadline)
    }

    func decide(
        _ principal: Principal, permissions: [Permission] = [], isPublic: Bool = false, share: Access.Share? = nil,
        allowsAnonymousPull: Bool = true
    ) -> Access.Decision {
        decide(
            principal, permissions: permissions, isPublic: isPublic, share: share,
            allowsAnonymousPull: allowsAnonymousPull, now: now)
    }

    func decide(
        _ principal: Principal, permissions: [Permission] = [], isPublic: Bool = false, share: Access.Share? = nil,
        allowsAnonymousPull: Bool = true, now: Date?
    ) -> Access.Decision {
        Access.decide(
            Access.Question(
                principal: principal, repository: repository(ownerRegion: region, isPublic: isPublic),
                permissions: permissions, share: share, region: region, now: now,
                allowsAnonymousPull: allowsAnonymousPull))
    }

    private static func region(_ text: String) -> Region {
        guard let region = try? Region(parsing: text) else { preconditionFailure("\(text) is a region") }
        return region
    }
}
