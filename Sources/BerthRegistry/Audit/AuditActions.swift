import BerthAccess
import BerthOCI

/// The actions that a list of the audit log is about: one, or all of a group.
package struct AuditActions: Sendable, Hashable {
    package let all: [AuditAction]

    package init(_ all: [AuditAction]) { self.all = all }

    /// Reads an action such as `share.add`, or a group such as `share`.
    ///
    /// - Throws: ``ParseFailure`` for anything else.
    package init(parsing text: String) throws(ParseFailure) {
        let matching = AuditAction.allCases.filter { $0.rawValue == text || $0.group == text }
        guard !matching.isEmpty else {
            let words = AuditAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseFailure("action", found: text, expected: "one of \(words), or what is before the point of one")
        }
        all = matching
    }
}
