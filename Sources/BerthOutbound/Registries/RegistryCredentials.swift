import Foundation

/// A user name and a password for another registry. Never shown.
package struct RegistryCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    private let username: String
    private let password: String

    package init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// The value of `Authorization`.
    var basic: String { "Basic " + Data("\(username):\(password)".utf8).base64EncodedString() }

    package var description: String { "(not shown)" }
    package var debugDescription: String { description }
}
