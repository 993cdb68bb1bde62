/// An `http` or `https` URL with a host, without a user, a password or a fragment.
package struct OutboundURL: Sendable, Hashable, CustomStringConvertible {
    package let isEncrypted: Bool
    /// In lower case; an IPv6 address is without its brackets.
    package let host: String
    package let port: Int
    /// The path with its query; begins with a slash.
    package let target: String

    /// The most bytes that a URL may have.
    package static let maximumLength = 8192

    /// - Throws: ``OutboundError/invalidURL(_:)``, which does not repeat the text, since it may hold secrets.
    package init(parsing text: String) throws(OutboundError) {
        guard text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy(Self.isAllowed) else {
            throw .invalidURL("a URL has at most \(Self.maximumLength) of the characters that RFC 3986 allows")
        }
        guard let separator = text.firstRange(of: "://"),
            let isEncrypted = Self.schemes[text[..<separator.lowerBound].lowercased()]
        else { throw .invalidURL("a URL begins with http:// or https://") }
        let rest = text[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let (host, port) = try Self.hostAndPort(authority)
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port ?? (isEncrypted ? 443 : 80)
        let target = rest[authority.endIndex...]
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// What a `Location` of an answer from this URL names.
    ///
    /// - Throws: ``OutboundError/invalidURL(_:)``.
    package func resolving(_ location: String) throws(OutboundError) -> OutboundURL {
        if location.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") {
            return try OutboundURL(parsing: location)
        }
        if location.hasPrefix("//") { return try OutboundURL(parsing: (isEncrypted ? "https:" : "http:") + location) }
        if location.hasPrefix("/") { return try OutboundURL(parsing: origin + location) }
        let path = target.prefix { $0 != "?" }
        if location.hasPrefix("?") { return try OutboundURL(parsing: origin + path + location) }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return try OutboundURL(parsing: origin + folder + location)
    }

    /// The same URL with more in its query.
    ///
    /// - Parameter query: `name=value`, encoded, joined with `&`.
    /// - Throws: ``OutboundError/invalidURL(_:)`` for what is too long or has characters that no URL has.
    package func appending(query: String) throws(OutboundError) -> OutboundURL {
        try OutboundURL(self, target: target + (target.contains("?") ? "&" : "?") + query)
    }

    /// The same scheme, host and port with another target, whatever that looks like.
    private init(_ url: OutboundURL, target: String) throws(OutboundError) {
        guard url.origin.utf8.count + target.utf8.count <= Self.maximumLength, target.utf8.allSatisfy(Self.isAllowed)
        else { throw .invalidURL("a URL has at most \(Self.maximumLength) of the characters that RFC 3986 allows") }
        (isEncrypted, host, port) = (url.isEncrypted, url.host, url.port)
        self.target = target
    }

    /// Scheme, host and port: what may be logged.
    package var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "https" : "http")://\(name)" + (port == (isEncrypted ? 443 : 80) ? "" : ":\(port)")
    }

    /// The URL without its query, which may hold secrets.
    package var description: String { origin + target.prefix { $0 != "?" } }

    /// The whole URL.
    var text: String { origin + target }

    private static let schemes = ["http": false, "https": true]

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte)
    }

    private static func hostAndPort(_ authority: Substring) throws(OutboundError) -> (String, Int?) {
        guard !authority.contains("@") else { throw .invalidURL("a URL must not hold a user name or a password") }
        var host = authority
        var port: Substring?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard let address = InternetAddress(host), address.bytes.count == 16 else {
                throw .invalidURL("the host of a URL in brackets is an IPv6 address")
            }
        } else {
            guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(isHostCharacter) else {
                throw .invalidURL("the host of a URL is a name of letters, digits, dots and hyphens, or an address")
            }
        }
        guard let port else { return (host.lowercased(), nil) }
        guard port.utf8.count <= 5, port.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(port),
            (1...65535).contains(number)
        else { throw .invalidURL("the port of a URL is a number from 1 to 65535") }
        return (host.lowercased(), number)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
