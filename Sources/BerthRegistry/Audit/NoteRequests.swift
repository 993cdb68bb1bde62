import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// What is noted in passing, to be written down later: what nobody must wait for.
extension Registry {
    /// Notes that something was pulled.
    func notePull(
        by caller: Caller, under standing: Standing, tag: TagName? = nil, digest: Digest, detail: String = ""
    ) {
        var note = AuditNote(
            .pull, .done, by: caller.auditActor(of: standing.account), from: caller.origin, owner: standing.owner,
            detail: detail)
        note.repository = standing.name
        (note.tag, note.digest) = (tag, digest)
        note.isUnderShare = standing.decision.isUnderShare
        audit.add(note, at: now())
    }

    /// Notes that a user signed in.
    package func noteSignIn(of user: QualifiedUserName, from origin: RequestOrigin) {
        audit.add(AuditNote(.signIn, .done, by: .user(user, nil), from: origin), at: now())
    }

    /// Checks a sign-in and notes how that went.
    ///
    /// - Parameter name: What was typed.
    /// - Throws: What `check` throws.
    package func signIn(
        as name: String, from origin: RequestOrigin, _ check: () async throws -> Caller
    ) async throws -> Caller {
        let caller = try await notingWrongSignIn(as: name, from: origin, check)
        if case .user(_, let user, _) = caller.subject { noteSignIn(of: user, from: origin) }
        return caller.coming(from: origin)
    }

    /// Checks credentials and notes when they are no good. Of those that are not looked at, since there were too many,
    /// there is one note, whatever they say.
    ///
    /// - Throws: What `check` throws.
    package func notingWrongSignIn<Result>(
        as name: String, from origin: RequestOrigin, _ check: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await check()
        } catch AccessRefusal.unauthenticated(let reason) {
            audit.add(
                AuditNote(.signIn, .refused, by: .claimed(name), from: origin, detail: reason), at: now())
            throw AccessRefusal.unauthenticated(reason)
        } catch let error as RegistryError where error.code == .tooManyRequests {
            audit.add(
                AuditNote(.signIn, .refused, by: .claimed(""), from: origin, detail: "too many sign-ins"), at: now())
            throw error
        }
    }
}

/// What a request is about, as far as it can be read.
package struct AuditedRequest: Sendable {
    /// What was tried.
    package let action: AuditAction
    package var repository: RepositoryName?
    package var organization: OrganizationName?
    package var tag: TagName?
    package var digest: Digest?

    package init(_ action: AuditAction) { self.action = action }
}

extension Registry {
    /// Notes that a signed-in or anonymous caller was refused, when that is what an error says: the owner of what it
    /// tried to reach learns of it.
    ///
    /// What is wrong with a request, and what is not there, is no refusal.
    package func noteRefusal(_ error: any Error, of request: AuditedRequest, to caller: Caller) {
        guard let refusal = Refusal(error) else { return }
        guard !refusal.isOfCredentials else {
            return audit.add(
                AuditNote(.signIn, .refused, by: caller.auditActor(), from: caller.origin, detail: refusal.reason),
                at: now())
        }
        var note = AuditNote(
            request.action, .refused, by: caller.auditActor(), from: caller.origin, owner: refusal.hidden?.owner,
            detail: refusal.reason)
        if refusal.hidden?.isThere == false {
            note.detail = request.repository.map { "\($0) is not there" } ?? ""
        } else {
            note.repository = request.repository
            note.organization = request.organization
        }
        (note.tag, note.digest) = (request.tag, request.digest)
        audit.add(note, at: now())
    }
}

/// A refusal for want of a right, taken out of an error.
private struct Refusal {
    /// Whether the credentials themselves are no good any more.
    var isOfCredentials = false
    var hidden: Hidden?
    var reason = ""

    /// - Returns: `nil` for any other error.
    init?(_ error: any Error) {
        switch error {
        case AccessRefusal.unauthenticated(let reason):
            isOfCredentials = true
            self.reason = reason
        case let error as RegistryError where error.cause is Hidden:
            hidden = error.cause as? Hidden
        case let error as RegistryError where error.code == .denied && error.cause is AdministrationError:
            reason = error.message
        case let error as AdministrationError where error.hidden != nil:
            hidden = error.hidden
        case let error as AdministrationError where error.code == .denied || error.code == .projectForeign:
            reason = error.message
        default: return nil
        }
    }
}

extension UserReference {
    /// The reference as a person would write it.
    package var loginName: String {
        [account, user].compactMap { identifier in
            switch identifier {
            case .id(let text), .name(let text): text
            case nil: nil
            }
        }.joined(separator: "/")
    }
}
