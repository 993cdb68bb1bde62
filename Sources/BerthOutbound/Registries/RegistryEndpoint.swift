import BerthOCI
import Foundation

/// Where another registry is, and the credentials for it. Shown without them.
package struct RegistryEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// Without a path.
    package let url: OutboundURL
    package let credentials: RegistryCredentials?

    /// Reads `http://` or `https://`, a host, a port where it is not the scheme's own, and the credentials before the
    /// host, percent-encoded: `https://user:password@registry.example.com`.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var plain = text
        var credentials: RegistryCredentials?
        if let at = authority.lastIndex(of: "@") {
            guard let found = RegistryCredentials(userInformation: authority[..<at]) else { return nil }
            credentials = found
            plain = String(text[..<scheme.upperBound] + rest[rest.index(after: at)...])
        }
        guard !plain.contains("#"), let url = try? OutboundURL(parsing: plain), url.target == "/" else { return nil }
        self.url = url
        self.credentials = credentials
    }

    package var description: String { url.origin }
}

extension RegistryCredentials {
    /// Reads `user:password`, both percent-encoded.
    fileprivate init?(userInformation text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let username = String(parts[0]).removingPercentEncoding,
            let password = String(parts[1]).removingPercentEncoding, !username.isEmpty, !password.isEmpty,
            !username.contains(":"), Self.isPlain(username), Self.isPlain(password)
        else { return nil }
        self.init(username: username, password: password)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 1024 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
