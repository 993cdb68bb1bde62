/// What goes wrong with the keys, passwords and certificates of this module, in one sentence for a person.
///
/// Equality is equality of the code. The message names files and says what to do; it holds no secret, so it may be
/// logged and shown.
package struct IdentityError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// More password checks wait than may wait: try again in a moment (HTTP 429).
        case busy
        /// A password that cannot be hashed: empty, or too long.
        case password
        /// A key file that is missing, damaged or not accessible.
        case keyFile
        /// A sealed secret that the key in use does not open.
        case sealed
        /// A file that is there already and may not be replaced.
        case existingFile
        /// A host that cannot stand in a certificate.
        case host
        /// An authority that cannot issue certificates.
        case authority
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func == (left: IdentityError, right: IdentityError) -> Bool { left.code == right.code }

    package var description: String { message }
}
