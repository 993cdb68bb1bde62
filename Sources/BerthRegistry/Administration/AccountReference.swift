import BerthAccess
import BerthCatalog
import BerthOCI

/// An account as people refer to it: by its name or by its id.
///
/// No account can be named like an id, so one text never means two accounts.
package enum AccountReference: Hashable, Sendable, CustomStringConvertible {
    case name(AccountName)
    case id(AccountID)

    /// - Throws: ``ParseFailure`` of an account name.
    package init(parsing text: some StringProtocol) throws(ParseFailure) {
        let name = try AccountName(parsing: text)
        self = Self.isID(text) ? .id(AccountID(rawValue: String(text))) : .name(name)
    }

    package var description: String {
        switch self {
        case .name(let name): name.description
        case .id(let id): id.description
        }
    }

    /// Whether the text has the form of an id: 32 lower-case hex digits.
    static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (97...102).contains($0) }
    }
}

extension CatalogReader {
    /// - Throws: ``AdministrationError`` `accountUnknown`, and errors of the catalog.
    func requireAccount(_ reference: AccountReference) throws -> AccountRecord {
        let account =
            switch reference {
            case .name(let name): try account(named: name)
            case .id(let id): try account(id: id)
            }
        guard let account else { throw AdministrationError.accountUnknown(reference) }
        return account
    }
}
