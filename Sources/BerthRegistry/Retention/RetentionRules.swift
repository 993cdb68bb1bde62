import BerthCatalog
import BerthOCI
import Foundation

/// The rules of a policy: 1 to 10, whose patterns together stay within a size that bounds what a run costs. A tag that
/// any of them keeps is kept.
package struct RetentionRules: Sendable, Hashable {
    package let all: [RetentionRule]

    /// How many rules a policy may have.
    package static let maximumCount = 10
    /// The largest size of all selectors together.
    private static let maximumSize = 2 * TagPattern.maximumSize

    /// - Throws: ``ParseFailure`` for no rule, too many, or patterns that are too large together.
    package init(_ rules: [RetentionRule]) throws(ParseFailure) {
        guard (1...Self.maximumCount).contains(rules.count) else {
            throw ParseFailure("rules", found: "\(rules.count) rules", expected: "1 to \(Self.maximumCount)")
        }
        guard rules.flatMap(\.exempt).reduce(0, { $0 + $1.size }) <= Self.maximumSize else {
            throw ParseFailure("rules", found: "\(rules.count) rules", expected: "shorter patterns in tag_selectors")
        }
        all = rules
    }

    /// Reads what ``text(of:)`` wrote.
    init(stored text: String) throws {
        try self.init(try JSONDecoder().decode([RetentionRule].self, from: Data(text.utf8)))
    }

    /// As the catalog keeps it.
    func stored() throws -> String { try Self.text(of: all) }

    /// A rule as the log of the catalog keeps it.
    static func stored(_ rule: RetentionRule) throws -> String { try text(of: rule) }

    private static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Which tags match selectors, by rule; found once for each name, since matching is what costs.
    struct Exemptions: Sendable {
        private let rules: [RetentionRule]
        private var known: [TagName: [Bool]] = [:]

        init(_ rules: RetentionRules) { self.rules = rules.all }

        mutating func learn(_ tag: TagName) {
            if known[tag] == nil { known[tag] = rules.map { $0.exempts(tag) } }
        }

        /// Whether any rule leaves the tag alone.
        mutating func isExempt(_ tag: TagName) -> Bool { rules.indices.contains { isExempt(tag, from: $0) } }

        /// Whether a rule leaves the tag alone.
        mutating func isExempt(_ tag: TagName, from rule: Int) -> Bool {
            learn(tag)
            return known[tag]?[rule] ?? false
        }
    }

    /// The tags that no rule keeps, each with the first rule, under which it is noted.
    func removable(
        of tags: [TagRecord], now: Date, exemptions: inout Exemptions
    ) -> [(tag: TagRecord, rule: RetentionRule)] {
        let newestFirst = tags.sorted { ($0.updatedAt, $0.name) > ($1.updatedAt, $1.name) }
        var kept: Set<TagName> = []
        for (index, rule) in all.enumerated() {
            var counted = 0
            for tag in newestFirst {
                if exemptions.isExempt(tag.name, from: index) {
                    kept.insert(tag.name)
                    continue
                }
                counted += 1
                switch rule.keeps {
                case .days(let days):
                    if now.timeIntervalSince(tag.updatedAt) <= Double(days) * 24 * 60 * 60 { kept.insert(tag.name) }
                case .newest(let number):
                    if counted <= number { kept.insert(tag.name) }
                }
            }
        }
        return newestFirst.filter { !kept.contains($0.name) }.map { ($0, all[0]) }
    }
}
