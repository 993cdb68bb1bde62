import Glibc

/// An IPv4 or IPv6 address: 4 or 16 bytes in network order.
package struct InternetAddress: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Returns: `nil` unless there are 4 or 16 bytes.
    package init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 4 || self.bytes.count == 16 else { return nil }
    }

    /// Reads the usual spelling: four decimal numbers, or groups of hexadecimal digits with colons; without a zone.
    package init?(_ text: some StringProtocol) {
        var v4 = in_addr()
        var v6 = in6_addr()
        let text = String(text)
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            bytes = withUnsafeBytes(of: v6) { Array($0) }
        } else {
            return nil
        }
    }

    /// The IPv4 address that an IPv6 one stands for: mapped (`::ffff:0:0/96`), translated (NAT64, `64:ff9b::/96`) or
    /// tunnelled (6to4, `2002::/16`).
    package var embedded: InternetAddress? {
        guard bytes.count == 16 else { return nil }
        if Self.mapped.contains(self) || Self.translated.contains(self) { return InternetAddress(bytes: bytes[12...]) }
        if Self.tunnelled.contains(self) { return InternetAddress(bytes: bytes[2..<6]) }
        return nil
    }

    /// The usual spelling.
    package var description: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let mapped = AddressBlock(literal: "::ffff:0:0/96")
    private static let translated = AddressBlock(literal: "64:ff9b::/96")
    private static let tunnelled = AddressBlock(literal: "2002::/16")
}
