import Foundation

extension Sequence<UInt8> {
    /// Base64 with `-` and `_` and without padding, as JOSE writes it (RFC 7515, section 2).
    package var base64URL: String {
        unpaddedBase64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }

    /// Base64 without padding, as password hashes write it.
    var unpaddedBase64: String {
        String(Data(self).base64EncodedString().prefix { $0 != "=" })
    }
}

extension Array where Element == UInt8 {
    /// Reads base64 without padding; `nil` for anything else.
    init?(unpaddedBase64 text: some StringProtocol) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard !text.contains("="), let data = Data(base64Encoded: text + padding) else { return nil }
        self.init(data)
    }

    /// Reads base64url without padding; `nil` for anything else.
    package init?(base64URL text: some StringProtocol) {
        guard !text.contains("+"), !text.contains("/") else { return nil }
        self.init(
            unpaddedBase64: text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/"))
    }
}
