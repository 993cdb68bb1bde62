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
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``, or TOOMANYREQUESTS when too many have failed.
    package func authenticate(
        _ request: SignedRequest, signature: RequestSignature, from origin: RequestOrigin
    ) async throws -> Caller {
        let key = try await openAccessKey(signature.accessKey)
        do {
            let caller = try await throttled(signature.accessKey, from: origin) { () -> Caller? in
                do {
                    try signature.verify(request, secret: key.secret, now: self.now())
                    return key.user.map { Caller($0) }
                } catch SignatureError.wrong {
                    return nil
                }
            }
            guard let caller else { throw SignatureError.wrong }
            return caller
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
