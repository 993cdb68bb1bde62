import BerthAccess
import Foundation

/// Whom a token was issued to.
package enum TokenSubject: Hashable, Sendable {
    /// Nobody: it was issued without credentials.
    case anonymous
    /// A user, with the version of its credentials at that time: a later version refuses the token.
    case user(id: UserID, name: QualifiedUserName, credentialsVersion: Int64)
}

/// What a token is for. No kind is ever taken for another: they differ in a claim and in their audience.
package enum TokenUse: String, Sendable, Codable {
    /// Using the registry.
    case access
    /// Getting access tokens, and nothing else.
    case refresh
    /// Using the management API.
    case management
}

/// One entry of a token's `access` claim, as the Docker token specification has it.
package struct TokenAccess: Hashable, Codable, Sendable {
    package let type: String
    package let name: String
    package let actions: [String]

    package init(type: String, name: String, actions: [String]) {
        self.type = type
        self.name = name
        self.actions = actions
    }
}

/// What a token says.
///
/// Its instants are whole seconds, cut down, so that a token never outlives what its maker gave it.
package struct TokenClaims: Hashable, Sendable {
    package let subject: TokenSubject
    /// What the token is limited to; it gives no right that its subject does not have at the time of use.
    package let access: [TokenAccess]
    /// The region that the token was issued in, to be compared when it is used.
    package let region: Region?
    package let issuedAt: Date
    package let notBefore: Date
    package let expiresAt: Date
    package let use: TokenUse
    /// The `jti` claim.
    package let id: String

    /// - Parameters:
    ///   - notBefore: `nil` for the time of issue.
    ///   - id: `nil` for a random one.
    package init(
        subject: TokenSubject, access: [TokenAccess] = [], region: Region?, issuedAt: Date, notBefore: Date? = nil,
        expiresAt: Date, use: TokenUse = .access, id: String? = nil
    ) {
        self.subject = subject
        self.access = access
        self.region = region
        self.issuedAt = issuedAt.wholeSecond
        self.notBefore = (notBefore ?? issuedAt).wholeSecond
        self.expiresAt = expiresAt.wholeSecond
        self.use = use
        self.id = id ?? randomBytes(16).base64URL
    }
}

extension Date {
    fileprivate var wholeSecond: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
