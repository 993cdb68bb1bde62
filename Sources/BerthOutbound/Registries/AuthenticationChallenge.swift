import HTTPTypes

/// How a registry wants requests to be authorised: the challenge of a 401.
///
/// RFC 9110, section 11.6.1; Docker, "Token Authentication Specification".
enum AuthenticationChallenge: Sendable, Hashable {
    case basic
    /// Tokens are to be had at a realm, for a service.
    case bearer(realm: String, service: String?)

    /// The longest header that is read, in bytes.
    private static let maximumLength = 4096

    /// Finds the first challenge that is understood, Bearer before Basic.
    init?(_ headers: HTTPFields) {
        let challenges = headers[values: .wwwAuthenticate].filter { $0.utf8.count <= Self.maximumLength }
            .map { text -> (scheme: String, parameters: Substring) in
                let scheme = text.prefix { $0 != " " }
                return (scheme.lowercased(), text[scheme.endIndex...])
            }
        for challenge in challenges where challenge.scheme == "bearer" {
            let parameters = Self.parameters(challenge.parameters)
            guard let realm = parameters["realm"] else { continue }
            self = .bearer(realm: realm, service: parameters["service"])
            return
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else { return nil }
        self = .basic
    }

    /// Reads `name=value` and `name="value"`, separated by commas; the first of a name counts.
    private static func parameters(_ text: Substring) -> [String: String] {
        var rest = text[...]
        var found: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != "," && $0 != " " }
            rest = rest[name.endIndex...].drop { $0 == " " }
            guard !name.isEmpty, rest.first == "=" else { return found }
            rest = rest.dropFirst().drop { $0 == " " }
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    value.append(character == "\\" ? rest.popFirst() ?? character : character)
                }
            } else {
                value = String(rest.prefix { $0 != "," && $0 != " " })
                rest = rest.dropFirst(value.count)
            }
            let key = name.lowercased()
            if found[key] == nil { found[key] = value }
        }
    }
}
