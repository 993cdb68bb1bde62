import BerthAccess
import BerthCatalog
import BerthIdentity

/// What stands behind an access key that a request names.
struct OpenedAccessKey: Sendable {
    /// What the request must have been made with; a text that no key has when there is no such key.
    let secret: String
    /// Whose key it is; `nil` when there is no such key, or it or its user is disabled.
    let user: UserRecord?
}

extension Registry {
    /// Looks an access key up and opens its secret, with the same work whether there is such a key or not.
    ///
    /// The caller checks against the secret first and looks at the user then.
    func openAccessKey(_ accessKey: String) async throws -> OpenedAccessKey {
        let (key, user) = try await catalog.read { catalog in
            let key = try catalog.accessKey(accessKey)
            return (key, try catalog.user(id: key?.user ?? UserID(rawValue: "")))
        }
        let decoy = AccessKeyPair.generate().secret
        guard let key, let secret = try? identity.secrets.open(key.sealedSecret, for: key.accessKey) else {
            // Sealing costs what opening does.
            _ = try identity.secrets.seal(decoy, for: accessKey)
            return OpenedAccessKey(secret: decoy, user: nil)
        }
        let isGood = !key.isDisabled && user?.isDisabled == false
        return OpenedAccessKey(secret: secret, user: isGood ? user : nil)
    }
}
