/// A request that carries no credentials that are good enough, which is answered with a challenge.
///
/// Kept apart from the registry's other errors, since the door alone knows the realm and scope of the challenge.
package enum AccessRefusal: Error, Sendable, Equatable {
    /// No credentials, bad ones, or those of a user who is disabled, gone or has other credentials now.
    case unauthenticated(String)
    /// The caller has the right, but its token does not name it: a new token will do.
    case insufficientScope
}
