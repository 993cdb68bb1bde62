import BerthOCI

/// Addresses of pages.
enum ConsoleAddress {
    /// The page of an image.
    static func image(_ name: RepositoryName, tab: String? = nil, _ more: KeyValuePairs<String, String> = [:]) -> String
    {
        let parameters = (tab.map { [("tab", $0)] } ?? []) + more.map { ($0.key, $0.value) }
        return "/console/images/\(name)" + query(parameters)
    }

    /// `?name=value&…` without parameters that are empty; nothing for none.
    static func query(_ parameters: [(String, String)]) -> String {
        let pairs = parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(escape($0.1))" }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// Percent-encodes all but letters, digits and `-._~`.
    ///
    /// RFC 3986, section 2.3.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                escaped += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return escaped
    }
}
