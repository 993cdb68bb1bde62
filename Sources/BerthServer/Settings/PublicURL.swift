import BerthOCI

/// What clients use to reach the server: `http://` or `https://`, a host and, where it is not the scheme's own, a
/// port. It has no path, since the registry's paths begin at the root.
package struct PublicURL: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// Host and port, as image names begin.
    package let authority: String

    /// Reads a URL; a slash at its end is left out.
    ///
    /// - Throws: ``ParseFailure`` for anything else.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let text = String(text)
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            (scheme, rest) = ("https", text.dropFirst(8))
        } else if text.lowercased().hasPrefix("http://") {
            (scheme, rest) = ("http", text.dropFirst(7))
        } else {
            throw Self.failure(text)
        }
        let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
        let isAddress = (try? ListenAddress(parsing: authority)) != nil
        let isHost = (try? ListenAddress(parsing: authority + ":0")) != nil
        guard !authority.isEmpty, authority.first != ":", isAddress || isHost, !authority.hasSuffix(":0") else {
            throw Self.failure(text)
        }
        self.authority = String(authority)
    }

    package var description: String { "\(scheme)://\(authority)" }

    private static func failure(_ text: String) -> ParseFailure {
        ParseFailure(
            "address", found: text, expected: "http:// or https:// and a host, such as https://registry.example.com")
    }
}
