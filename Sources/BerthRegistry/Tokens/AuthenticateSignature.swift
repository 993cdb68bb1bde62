import BerthAccess
import BerthCatalog
import BerthIdentity
import Foundation

extension Registry {
    /// Checks a request that is signed with an access key.
    ///
    /// An unknown key, a wrong signature, a disabled key and a disabled user are one answer after the same work. The
    /// key that signed is ``RequestSignature/accessKey``.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``.
    package func authenticate(_ request: SignedRequest, signature: RequestSignature) async throws -> Caller {
        let key = try await openAccessKey(signature.accessKey)
        do {
            try signature.verify(request, secret: key.secret, now: now())
            guard let user = key.user else { throw SignatureError.wrong }
            return Caller(user)
        } catch let error as SignatureError {
            throw AccessRefusal.unauthenticated("\(error)")
        }
    }
}

extension Caller {
    /// A user whose credentials were checked and are good, with all its rights.
    init(_ user: UserRecord, rights: Rights = .all, endsAt: Date? = nil) {
        self.init(
            subject: .user(id: user.id, name: user.qualifiedName, credentialsVersion: user.credentialsVersion),
            access: nil, rights: rights, endsAt: endsAt)
    }
}
