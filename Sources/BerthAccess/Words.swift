import BerthOCI

/// The id of an account: 32 lower-case hex digits, made by Berth and never used twice.
package struct AccountID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// The id of a user: 32 lower-case hex digits, made by Berth and never used twice.
package struct UserID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// The name of a region, such as `region-1`: 1 to 64 letters, digits, `-` and `_`.
///
/// It has no `@`, so that the login name `REGION@AK` can be taken apart.
package struct Region: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    /// - Throws: ``ParseFailure`` for anything outside the grammar.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isNameByte) else {
            throw ParseFailure("region", found: text, expected: "1 to 64 letters, digits, - and _")
        }
        self.text = String(text)
    }

    package var description: String { text }
}

/// The name of an account: 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
package struct AccountName: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    /// - Throws: ``ParseFailure`` for anything outside the grammar.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        self.text = try parseLoginName(text, what: "account name")
    }

    package var description: String { text }
}

/// The name of a user within its account: 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
package struct UserName: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    /// - Throws: ``ParseFailure`` for anything outside the grammar.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        self.text = try parseLoginName(text, what: "user name")
    }

    package var description: String { text }
}

/// A user and its account as people write them: `acme/ci`, or `acme` for `acme/acme`.
package struct QualifiedUserName: Hashable, Sendable, CustomStringConvertible {
    package let account: AccountName
    package let user: UserName

    package init(account: AccountName, user: UserName) {
        self.account = account
        self.user = user
    }

    /// - Throws: ``ParseFailure`` of the account or the user name.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first else {
            throw ParseFailure("user", found: text, expected: "ACCOUNT/USER")
        }
        self.account = try AccountName(parsing: first)
        self.user = try UserName(parsing: parts.last ?? first)
    }

    package var description: String { "\(account)/\(user)" }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}

private func parseLoginName(_ text: some StringProtocol, what: String) throws(ParseFailure) -> String {
    let bytes = text.utf8
    guard (1...64).contains(bytes.count), let first = bytes.first, first != UInt8(ascii: "-"),
        first != UInt8(ascii: "_"), first != UInt8(ascii: "."),
        bytes.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: ".") })
    else {
        throw ParseFailure(
            what, found: text, expected: "1 to 64 letters, digits, - _ and . beginning with a letter or digit")
    }
    return String(text)
}
