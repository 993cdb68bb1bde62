/// Room on a page for texts that others have written, so that a page stays short whatever they wrote.
struct TextRoom {
    /// Bytes of HTML.
    private var left: Int

    init(bytes: Int) { left = bytes }

    /// The text, or its beginning: at most so many characters, counted in Unicode scalars, and no more than there is
    /// room for.
    mutating func fit(_ text: String, atMost most: Int = 200) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let size = Self.size(of: scalar)
            guard kept.count < most, size <= left else { return String(kept) + "…" }
            kept.append(scalar)
            left -= size
        }
        return text
    }

    /// Bytes of a character in a page, where markup is escaped.
    private static func size(of scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "&", "<", ">", "\"", "'": 6
        default: UTF8.width(scalar)
        }
    }
}
