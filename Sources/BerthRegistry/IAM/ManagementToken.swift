import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// An account's part of the region that this server serves.
package struct Project: Sendable, Equatable {
    package let id: ProjectID
    /// The region's name.
    package let name: Region
}

/// Whom a password is of, as clients of IAM name a user.
package struct UserReference: Sendable {
    /// What a user or an account is named by.
    package enum Identifier: Sendable {
        case id(String)
        case name(String)
    }

    package let user: Identifier
    /// The user's account; not needed beside a user's id.
    package let account: Identifier?

    package init(user: Identifier, account: Identifier?) {
        self.user = user
        self.account = account
    }

    /// What wrong sign-ins of a reference to nobody are counted under: a text that is no user's name.
    fileprivate var unknownName: String { "? \(user) \(account.map { "\($0)" } ?? "")" }
}

/// What a token for the management API is asked for.
package enum ManagementScope: Sendable {
    case project(UserReference.Identifier)
    case account(UserReference.Identifier)
    /// The account of the user.
    case unnamed
}

/// A token for the management API, with what it says.
package struct ManagementToken: Sendable {
    package let token: String
    package let issuedAt: Date
    package let expiresAt: Date
    package let user: User
    package let account: Account
    /// `nil` for a token whose scope is the account.
    package let project: Project?
}

extension Registry {
    private static let projectAccess = "project"

    /// Issues a token for the management API against a password.
    ///
    /// It holds for 24 hours and is refused as soon as its user is disabled or gone or has other credentials. An
    /// unknown user, a wrong password and a disabled user are one answer after the same work.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` also for a scope that is not the user's own.
    package func issueManagementToken(
        for reference: UserReference, password: String, scope: ManagementScope, from origin: RequestOrigin
    ) async throws -> ManagementToken {
        let name = try await catalog.read { try $0.qualifiedName(of: reference) }
        let found = try await userByPassword(
            name?.description ?? reference.unknownName, password: password, from: origin)
        guard let user = found else {
            throw AccessRefusal.unauthenticated("The username or password is wrong.")
        }
        let (account, project) = try await catalog.read { catalog in
            (try catalog.account(id: user.account), try catalog.project(of: user.account))
        }
        guard let account, let project else { throw AccessRefusal.unauthenticated("this account is gone") }
        let own = Project(id: project, name: region)
        let isProject = try isProject(scope, of: Account(account), project: own)
        let now = now()
        let claims = TokenClaims(
            subject: Caller(user).subject,
            access: isProject
                ? [TokenAccess(type: Self.projectAccess, name: project.rawValue, actions: [])] : [],
            region: region, issuedAt: now,
            expiresAt: now.addingTimeInterval(TokenService.maximumManagementLifetime.seconds), use: .management)
        return ManagementToken(
            token: try await identity.tokens.sign(claims), issuedAt: claims.issuedAt, expiresAt: claims.expiresAt,
            user: User(user), account: Account(account), project: isProject ? own : nil)
    }

    /// Finds the caller behind a token for the management API, and the project that it is limited to.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` for any token that is not a good one of this kind.
    package func authenticate(managementToken token: String) async throws -> (caller: Caller, project: ProjectID?) {
        do {
            let claims = try await identity.tokens.verify(token, use: .management)
            guard claims.region == region else {
                throw AccessRefusal.unauthenticated("this token is for another region")
            }
            let caller = Caller(subject: claims.subject, access: nil, endsAt: claims.expiresAt)
            try await confirm(caller)
            return (
                caller,
                claims.access.first { $0.type == Self.projectAccess }.map { ProjectID(rawValue: $0.name) }
            )
        } catch let error as TokenError {
            throw AccessRefusal.unauthenticated("\(error)")
        }
    }

    /// Whether a scope is the user's project, and not its account.
    private func isProject(_ scope: ManagementScope, of account: Account, project: Project) throws -> Bool {
        let isOwn: Bool
        let isProject: Bool
        switch scope {
        case .project(.id(let id)): (isOwn, isProject) = (id == project.id.rawValue, true)
        case .project(.name(let name)): (isOwn, isProject) = (name == project.name.description, true)
        case .account(.id(let id)): (isOwn, isProject) = (id == account.id.rawValue, false)
        case .account(.name(let name)): (isOwn, isProject) = (name == account.name.description, false)
        case .unnamed: (isOwn, isProject) = (true, false)
        }
        guard isOwn else {
            throw AccessRefusal.unauthenticated("the scope is no project of this region and no account of this user")
        }
        return isProject
    }
}

extension CatalogReader {
    /// The name of the user that is meant; `nil` when there is none.
    fileprivate func qualifiedName(of reference: UserReference) throws -> QualifiedUserName? {
        switch (reference.user, reference.account) {
        case (.id(let id), let account):
            guard let user = try user(id: UserID(rawValue: id)) else { return nil }
            switch account {
            case nil: return user.qualifiedName
            case .id(let id): return id == user.account.rawValue ? user.qualifiedName : nil
            case .name(let name): return name == user.accountName.description ? user.qualifiedName : nil
            }
        case (.name(let name), .name(let account)):
            return try? QualifiedUserName(parsing: "\(account)/\(name)")
        case (.name(let name), .id(let id)):
            guard let account = try account(id: AccountID(rawValue: id)) else { return nil }
            return try? QualifiedUserName(parsing: "\(account.name)/\(name)")
        case (.name, nil): return nil
        }
    }
}
