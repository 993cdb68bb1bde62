import Crypto
import Foundation

/// Signs requests with an access key as the SDKs do, written apart from what the server verifies with.
package struct RequestSigner: Sendable {
    package let accessKey: String
    package let secretKey: String

    package init(accessKey: String, secretKey: String) {
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// The headers to send besides `headers`: `X-Sdk-Date` unless it is among them, and `Authorization`.
    ///
    /// - Parameters:
    ///   - path: As it will be sent, percent-encoded, without the query.
    ///   - query: As it will be sent, percent-encoded, without `?`.
    ///   - headers: All of them are signed; `Host` must be among them.
    package func headers(
        signing method: String, _ path: String, query: String = "", headers: [(String, String)], body: [UInt8] = [],
        at date: Date
    ) -> [(String, String)] {
        var signed: [(name: String, value: String)] = headers.map {
            (name: $0.0.lowercased(), value: $0.1.trimmingCharacters(in: .whitespaces))
        }
        var added: [(String, String)] = []
        if !signed.contains(where: { $0.name == "x-sdk-date" }) {
            let text = Self.dateText(date)
            added.append(("X-Sdk-Date", text))
            signed.append((name: "x-sdk-date", value: text))
        }
        signed.sort { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let dateText = signed.first { $0.name == "x-sdk-date" }?.value ?? ""
        let unsigned = body.isEmpty ? nil : signed.first { $0.name == "x-sdk-content-sha256" }?.value
        let canonical = [
            method, Self.canonicalPath(path), Self.canonicalQuery(query),
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names,
            unsigned ?? Self.hex(SHA256.hash(data: body)),
        ].joined(separator: "\n")
        let message = "SDK-HMAC-SHA256\n\(dateText)\n\(Self.hex(SHA256.hash(data: Data(canonical.utf8))))"
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data(message.utf8), using: SymmetricKey(data: Data(secretKey.utf8)))
        added.append(
            (
                "Authorization",
                "SDK-HMAC-SHA256 Access=\(accessKey), SignedHeaders=\(names), Signature=\(Self.hex(signature))"
            ))
        return added
    }

    /// `20260102T030405Z`.
    package static func dateText(_ date: Date) -> String {
        date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    private static func canonicalPath(_ path: String) -> String {
        let decoded = path.removingPercentEncoding ?? path
        let encoded = decoded.components(separatedBy: "/").map(encode).joined(separator: "/")
        return encoded.hasSuffix("/") ? encoded : encoded + "/"
    }

    private static func canonicalQuery(_ query: String) -> String {
        query.components(separatedBy: "&").filter { !$0.isEmpty }.map { pair -> [String] in
            let parts = pair.components(separatedBy: "=").map { $0.removingPercentEncoding ?? $0 }
            return [parts[0], parts.dropFirst().joined(separator: "=")]
        }
        .sorted { $0.lexicographicallyPrecedes($1) }
        .map { "\(encode($0[0]))=\(encode($0[1]))" }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        var unreserved = CharacterSet(charactersIn: "-_.~")
        unreserved.insert(charactersIn: "a"..."z")
        unreserved.insert(charactersIn: "A"..."Z")
        unreserved.insert(charactersIn: "0"..."9")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
