import BerthHTTP
import BerthOutbound
import HTTPTypes
import Hummingbird

/// Finds out where requests come from.
///
/// The address is that of the connection. Only when that is a trusted proxy, `X-Forwarded-For` is read, from its end,
/// over the addresses of further trusted proxies: what a client itself has written there is never believed.
struct RequestOrigins: Sendable {
    /// The setting `trusted-proxies`.
    let trustedProxies: [AddressBlock]

    /// Of IPv6 customers are given networks of this many bytes.
    private static let networkLength = 8

    func client(of request: Request, context: RequestContext) -> ClientAddress {
        client(peer: context.remoteAddress, forwardedFor: request.headers[values: .forwardedFor])
    }

    /// - Parameter forwardedFor: The `X-Forwarded-For` fields in their order.
    func client(peer text: String, forwardedFor: [String]) -> ClientAddress {
        guard let peer = InternetAddress(text)?.unmapped else { return ClientAddress(address: text, network: text) }
        let address = isTrusted(peer) ? nearest(of: forwardedFor, by: peer) : peer
        return ClientAddress(address: address.description, network: Self.network(of: address))
    }

    /// The nearest address that is no trusted proxy, or the farthest that one of them vouches for.
    private func nearest(of forwardedFor: [String], by peer: InternetAddress) -> InternetAddress {
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }
        var nearest = peer
        for hop in hops.reversed() {
            guard let address = InternetAddress(hop.trimmingPrefix { $0 == " " }.dropTrailingSpaces())?.unmapped else {
                break
            }
            nearest = address
            if !isTrusted(address) { break }
        }
        return nearest
    }

    private func isTrusted(_ address: InternetAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private static func network(of address: InternetAddress) -> String {
        guard address.bytes.count == 16 else { return address.description }
        let network = address.bytes.prefix(networkLength) + Array(repeating: 0, count: 16 - networkLength)
        return InternetAddress(bytes: network).map { "\($0)/\(networkLength * 8)" } ?? address.description
    }
}

extension InternetAddress {
    /// The IPv4 address that an IPv6 socket shows as `::ffff:192.0.2.1`.
    fileprivate var unmapped: InternetAddress {
        guard bytes.count == 16, bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) else {
            return self
        }
        return InternetAddress(bytes: bytes[12...]) ?? self
    }
}

extension Substring {
    fileprivate func dropTrailingSpaces() -> Substring {
        var text = self
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Forwarded-For") else { preconditionFailure("no header name") }
        return name
    }()
}
