/// The members of a JSON object that Berth knows, by name; all others are passed over.
///
/// A member that is `null` counts as absent, since Go programs write absent lists that way. A name that differs from a
/// known one only by case is refused: Go's decoder would take it for the known one, and such a document would say one
/// thing to Berth and another to the client.
struct JSONFields {
    /// Where the object stands, for messages: `layers[3]`. Empty for the manifest itself.
    let path: String
    private var known: [String: JSONValue] = [:]

    /// The names that an object of one type may have, with their spelling in capitals.
    struct Names: Sendable {
        fileprivate let capitals: [String: String]
        fileprivate let maximumLength: Int

        init(_ names: String...) {
            capitals = Dictionary(names.map { ($0.uppercased(), $0) }) { first, _ in first }
            // A capital is never more than three times as many bytes as its small letter is.
            maximumLength = 3 * (names.map(\.utf8.count).max() ?? 0)
        }
    }

    /// - Throws: `MANIFEST_INVALID` if `value` is not an object or has a known name in another spelling.
    init(_ value: JSONValue, _ names: Names, at path: String) throws(RegistryError) {
        self.path = path
        guard let members = value.members else {
            throw .manifestInvalid("\(path.isEmpty ? "a manifest" : path) must be a JSON object")
        }
        for (name, value) in members where name.utf8.count <= names.maximumLength {
            guard let exact = names.capitals[name.uppercased()] else { continue }
            guard name == exact else {
                let failure = ParseFailure("field name", found: name, expected: "“\(exact)”, in this spelling")
                throw .manifestInvalid(path.isEmpty ? failure.description : "\(path): \(failure)")
            }
            known[name] = value
        }
    }

    /// The value of a member; `nil` when it is absent or `null`.
    subscript(name: String) -> JSONValue? {
        guard let value = known[name], !value.isNull else { return nil }
        return value
    }

    /// Whether the member is there, even if only as `null`.
    func names(_ name: String) -> Bool { known[name] != nil }

    /// The path of a member, for messages.
    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The text of a member; `nil` when it is absent.
    ///
    /// - Throws: `MANIFEST_INVALID` if it is no text.
    func text(_ name: String) throws(RegistryError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw .manifestInvalid("\(path(of: name)) must be a text") }
        return text
    }

    /// The media type of a member; `nil` when it is absent or empty.
    ///
    /// Media types go into header lines, so only printable ASCII passes, and no more than 255 characters of it.
    ///
    /// - Throws: `MANIFEST_INVALID` for anything else.
    func mediaType(_ name: String) throws(RegistryError) -> MediaType? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        guard text.utf8.count <= 255, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            let failure = ParseFailure("media type", found: text, expected: "at most 255 printable ASCII characters")
            throw .manifestInvalid("\(path(of: name)): \(failure)")
        }
        return MediaType(rawValue: text)
    }

    /// The elements of a member; `nil` when it is absent.
    ///
    /// - Throws: `MANIFEST_INVALID` if it is no array or has more than `maximum` elements.
    func elements(_ name: String, atMost maximum: Int) throws(RegistryError) -> [JSONValue]? {
        guard let value = self[name] else { return nil }
        guard let elements = value.elements else { throw .manifestInvalid("\(path(of: name)) must be an array") }
        guard elements.count <= maximum else {
            throw .manifestInvalid(
                "\(path(of: name)) has \(elements.count) elements: expected at most \(maximum)")
        }
        return elements
    }

    /// The annotations of a member; `nil` when it is absent.
    ///
    /// - Throws: `MANIFEST_INVALID` if it is no object of texts or has more than ``Manifest/maximumAnnotations``.
    func annotations(_ name: String) throws(RegistryError) -> [String: String]? {
        guard let value = self[name] else { return nil }
        guard let members = value.members else {
            throw .manifestInvalid("\(path(of: name)) must be an object of texts")
        }
        guard members.count <= Manifest.maximumAnnotations else {
            throw .manifestInvalid(
                "\(path(of: name)) has \(members.count) members: expected at most \(Manifest.maximumAnnotations)")
        }
        var annotations: [String: String] = [:]
        annotations.reserveCapacity(members.count)
        for (key, value) in members {
            guard let text = value.text else {
                throw .manifestInvalid("every value of \(path(of: name)) must be a text")
            }
            annotations[key] = text
        }
        return annotations
    }
}
