import BerthOCI
import Foundation

/// The id of an upload in progress: a random UUID in lower-case text, made by Berth.
///
/// Besides a digest it is the only value a path in the store is built from, so it can hold nothing but hex digits and
/// dashes. Ids are never used twice.
package struct UploadID: Hashable, Sendable, CustomStringConvertible {
    /// 36 characters, such as `6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4b`.
    package let description: String

    /// Makes an id that was never used before.
    package init() {
        description = UUID().uuidString.lowercased()
    }

    /// Parses the text of an id.
    ///
    /// - Throws: ``ParseFailure`` for anything but a UUID in lower-case hex with its four dashes.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        guard text.utf8.count == 36, text.utf8.enumerated().allSatisfy(Self.isExpected) else {
            throw ParseFailure("upload id", found: text, expected: "a UUID in lower-case hex digits")
        }
        description = String(text)
    }

    private static func isExpected(at position: Int, byte: UInt8) -> Bool {
        switch position {
        case 8, 13, 18, 23: byte == UInt8(ascii: "-")
        default:
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}
