/// A password that somebody chooses: 8 characters to 1,024 bytes, without control characters.
///
/// It is never printed.
package struct Password: Sendable, CustomStringConvertible, CustomReflectable {
    /// The fewest characters, counted in Unicode scalars.
    package static let minimumLength = 8
    /// The most bytes in UTF-8.
    package static let maximumSize = 1024

    /// The password itself, for the hasher.
    let text: String

    /// - Throws: ``AdministrationError`` `valueInvalid`, which does not repeat the password.
    package init(parsing text: String) throws(AdministrationError) {
        guard text.unicodeScalars.count >= Self.minimumLength, text.utf8.count <= Self.maximumSize else {
            throw AdministrationError(
                .valueInvalid,
                "a password has at least \(Self.minimumLength) characters and at most \(Self.maximumSize) bytes")
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw AdministrationError(.valueInvalid, "a password has no control characters")
        }
        self.text = text
    }

    private init(text: String) { self.text = text }

    package var description: String { "(password)" }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }

    /// Makes a password of four groups of five letters and digits that are hard to mistake for each other, 99 bits
    /// from the system's generator.
    static func generate() -> Password {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")
        let groups = (0..<4).map { _ in
            String((0..<5).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
        }
        return Password(text: groups.joined(separator: "-"))
    }
}
