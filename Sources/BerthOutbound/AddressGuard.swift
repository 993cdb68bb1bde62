/// Decides which addresses may be called: those of the public internet, and those that the operator allows.
///
/// Whoever can make Berth send a request must not reach through it what only the machine or its network can reach.
package struct AddressGuard: Sendable {
    private let allowed: [AddressBlock]

    /// - Parameter allowed: Blocks that may be called although they are not public.
    package init(allowed: [AddressBlock] = []) { self.allowed = allowed }

    /// Checks every address of a host; one that may not be called refuses the host.
    ///
    /// - Throws: ``OutboundError/refusedAddress(_:)``, which names the host and the first address that is refused.
    package func check(_ addresses: [InternetAddress], of host: String) throws(OutboundError) {
        guard let refused = addresses.first(where: { !permits($0) }) else { return }
        throw .refusedAddress(
            "\(host) is \(refused), which is not a public address: allow it with the setting outbound.allow")
    }

    /// Whether an address may be called; an IPv6 address that stands for an IPv4 one is judged as that.
    package func permits(_ address: InternetAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        if let embedded = address.embedded { return permits(embedded) }
        if address.bytes.count == 16 {
            return Self.publicIPv6.contains(address) && !Self.reservedIPv6.contains { $0.contains(address) }
        }
        return !Self.reservedIPv4.contains { $0.contains(address) }
    }

    /// What the IANA registry of special addresses holds back: this network, private, shared by carriers (CGNAT), loopback,
    /// link-local, protocols, documentation, 6to4 relays, benchmarks, multicast, reserved and broadcast.
    private static let reservedIPv4 = [
        AddressBlock(literal: "0.0.0.0/8"), AddressBlock(literal: "10.0.0.0/8"), AddressBlock(literal: "100.64.0.0/10"),
        AddressBlock(literal: "127.0.0.0/8"), AddressBlock(literal: "169.254.0.0/16"),
        AddressBlock(literal: "172.16.0.0/12"), AddressBlock(literal: "192.0.0.0/24"),
        AddressBlock(literal: "192.0.2.0/24"), AddressBlock(literal: "192.88.99.0/24"),
        AddressBlock(literal: "192.168.0.0/16"), AddressBlock(literal: "198.18.0.0/15"),
        AddressBlock(literal: "198.51.100.0/24"), AddressBlock(literal: "203.0.113.0/24"),
        AddressBlock(literal: "224.0.0.0/4"), AddressBlock(literal: "240.0.0.0/4"),
    ]
    /// The only part of IPv6 that is routed publicly; loopback, link-local, unique local and multicast are outside of it.
    private static let publicIPv6 = AddressBlock(literal: "2000::/3")
    /// Protocols (Teredo among them) and documentation.
    private static let reservedIPv6 = [
        AddressBlock(literal: "2001::/23"), AddressBlock(literal: "2001:db8::/32"), AddressBlock(literal: "3fff::/20"),
    ]
}
