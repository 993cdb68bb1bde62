import BerthOCI

/// The address that a server listens on: a host name, an IPv4 or a bracketed IPv6 address, and a port.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// Without brackets.
    package let host: String
    /// 0 to 65535; 0 takes a free one.
    package let port: Int

    /// Only this machine, on the port that registries use.
    package static let standard = ListenAddress(host: "127.0.0.1", port: 5000)

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, `[::1]:PORT`, or `:PORT` for every address of the machine.
    ///
    /// - Throws: ``ParseFailure`` for anything else.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]),
            let host = Self.host(text[..<colon])
        else {
            throw ParseFailure("address", found: text, expected: "HOST:PORT such as 127.0.0.1:5000 or [::1]:5000")
        }
        self.host = host
        self.port = port
    }

    package var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func port(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt16(text).map(Int.init)
    }

    private static func host(_ text: some StringProtocol) -> String? {
        if text.isEmpty { return "0.0.0.0" }
        if text.first == "[", text.last == "]", text.utf8.count > 2 {
            let address = text.dropFirst().dropLast()
            return address.utf8.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
                ? String(address) : nil
        }
        let isName =
            text.utf8.count <= 253
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        return isName ? String(text) : nil
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
