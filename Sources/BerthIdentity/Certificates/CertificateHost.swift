import Foundation
import SwiftASN1
import X509

/// A host that a certificate vouches for: a DNS name or an IP address.
struct CertificateHost: Hashable, Sendable {
    let text: String
    /// 4 or 16 bytes, or `nil` for a name.
    let address: [UInt8]?

    /// Reads a DNS name, which may begin with `*.`, or an address; an IPv6 address may stand in brackets.
    ///
    /// - Throws: ``IdentityError`` `host` for anything else, a port included.
    init(parsing text: String) throws {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if let address = Self.address(bare) {
            self.text = bare.lowercased()
            self.address = address
            return
        }
        guard Self.isName(text) else {
            throw IdentityError(
                .host,
                "“\(text.prefix(100))” cannot stand in a certificate: "
                    + "expected a DNS name or an IP address, without a port")
        }
        self.text = text.lowercased()
        address = nil
    }

    /// How the host stands in the subject alternative names.
    var generalName: GeneralName {
        if let address {
            .ipAddress(ASN1OctetString(contentBytes: address[...]))
        } else {
            .dnsName(text)
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private static func isName(_ text: String) -> Bool {
        var labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.first == "*" { labels.removeFirst() }
        // A name whose last label is a number is an address that went wrong.
        guard text.utf8.count <= 253, let last = labels.last, !last.allSatisfy(\.isNumber) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }
}
