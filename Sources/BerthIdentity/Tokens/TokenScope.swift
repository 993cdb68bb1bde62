/// What a client asks a token for: `type(class):name:action,action`.
///
/// Docker token specification, "Token Scope Documentation". The actions are sorted, each there once, so that the
/// order in which a client names them is of no account. A scope is a wish: nothing in it has been granted, and its
/// name may be anything printable, `*` included.
package struct TokenScope: Hashable, Sendable {
    /// The most scopes that one request may name; the rest is not read.
    package static let maximumCount = 32
    /// The longest resource name, in bytes.
    package static let maximumNameLength = 320

    /// The kind of resource, such as `repository` or `registry`.
    package let type: String
    /// The class in parentheses, such as `plugin`; clients hardly use it any more.
    package let resourceClass: String?
    /// The name of the resource, which may begin with a host and a port.
    package let name: String
    /// Sorted, each there once, never empty.
    package let actions: [String]

    package init(type: String, resourceClass: String? = nil, name: String, actions: some Sequence<String>) {
        self.type = type
        self.resourceClass = resourceClass
        self.name = name
        self.actions = Set(actions).sorted()
    }

    /// The scope as it is written in a challenge.
    package var text: String {
        let resourceClass = resourceClass.map { "(\($0))" } ?? ""
        return "\(type)\(resourceClass):\(name):\(actions.joined(separator: ","))"
    }

    /// Reads the `scope` parameters of a request: repeated, or several in one, separated by spaces.
    ///
    /// Scopes of the same resource become one, in the place of the first. What is not a scope is left out: asking for
    /// nonsense is not an error, it gets nothing.
    package static func parse(_ texts: [String]) -> [TokenScope] {
        var scopes: [TokenScope] = []
        var places: [Resource: Int] = [:]
        for text in texts {
            for part in text.split(separator: " ") {
                guard let scope = TokenScope(parsing: part) else { continue }
                let resource = Resource(type: scope.type, resourceClass: scope.resourceClass, name: scope.name)
                if let place = places[resource] {
                    scopes[place] = TokenScope(
                        type: scope.type, resourceClass: scope.resourceClass, name: scope.name,
                        actions: scopes[place].actions + scope.actions)
                } else if scopes.count < maximumCount {
                    places[resource] = scopes.count
                    scopes.append(scope)
                }
            }
        }
        return scopes
    }

    private struct Resource: Hashable {
        let type: String
        let resourceClass: String?
        let name: String
    }

    /// The first colon ends the type and the last one begins the actions: what is between may have colons itself.
    private init?(parsing text: Substring) {
        guard text.utf8.count <= 2 * Self.maximumNameLength, let first = text.firstIndex(of: ":"),
            let last = text.lastIndex(of: ":"), first < last
        else { return nil }
        let name = text[text.index(after: first)..<last]
        guard (1...Self.maximumNameLength).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let actions = text[text.index(after: last)...].split(separator: ",")
        guard !actions.isEmpty, actions.allSatisfy({ $0 == "*" || $0.utf8.allSatisfy(\.isLetter) }) else { return nil }
        guard let (type, resourceClass) = Self.kind(text[..<first]) else { return nil }
        self.init(type: type, resourceClass: resourceClass, name: String(name), actions: actions.map(String.init))
    }

    private static func kind(_ text: Substring) -> (type: String, resourceClass: String?)? {
        guard let open = text.firstIndex(of: "(") else {
            return isWord(text) ? (String(text), nil) : nil
        }
        let type = text[..<open]
        let rest = text[text.index(after: open)...]
        guard isWord(type), rest.last == ")", isWord(rest.dropLast()) else { return nil }
        return (String(type), String(rest.dropLast()))
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetter || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
}
