import BerthOCI
import Foundation

/// One rule of a retention policy: which tags of a repository it keeps. It removes the others.
package struct RetentionRule: Sendable, Hashable {
    /// What a rule keeps.
    package enum Keeps: Sendable, Hashable {
        /// Tags that were pushed within so many days, 1 to 365.
        case days(Int)
        /// So many tags that were pushed last, 1 to 1,000.
        case newest(Int)
    }

    package let keeps: Keeps
    /// Tags that match one of these are kept, whatever ``keeps`` says, and do not count into its number.
    package let exempt: [TagSelector]

    /// The days that a rule may keep tags for, and how many tags it may keep.
    package static let allowedDays = 1...365
    package static let allowedNumber = 1...1000
    /// How many selectors a rule may have.
    package static let maximumSelectors = 20

    /// - Throws: ``ParseFailure`` when a number is not allowed or there are too many selectors.
    package init(keeps: Keeps, exempt: [TagSelector]) throws(ParseFailure) {
        switch keeps {
        case .days(let days):
            guard Self.allowedDays.contains(days) else {
                throw ParseFailure("days", found: "\(days)", expected: "a whole number from 1 to 365")
            }
        case .newest(let number):
            guard Self.allowedNumber.contains(number) else {
                throw ParseFailure("num", found: "\(number)", expected: "a whole number from 1 to 1000")
            }
        }
        guard exempt.count <= Self.maximumSelectors else {
            throw ParseFailure(
                "tag_selectors", found: "\(exempt.count) selectors", expected: "at most \(Self.maximumSelectors)")
        }
        self.keeps = keeps
        self.exempt = exempt
    }

    /// Whether one of the selectors matches the tag.
    package func exempts(_ tag: TagName) -> Bool { exempt.contains { $0.matches(tag) } }
}

/// Tags that a rule leaves alone.
package enum TagSelector: Sendable, Hashable {
    case label(TagLabel)
    case pattern(TagPattern)

    /// Whether it is one of the tags.
    package func matches(_ tag: TagName) -> Bool {
        switch self {
        case .label(let label): label.tags.contains(tag)
        case .pattern(let pattern): pattern.matches(tag)
        }
    }

    /// What matching one character costs at most.
    var size: Int {
        switch self {
        case .label: 1
        case .pattern(let pattern): pattern.size
        }
    }
}

/// Tags by their names, separated by commas or semicolons; at most 1,024 bytes.
package struct TagLabel: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    let tags: Set<TagName>

    private static let maximumLength = 1024

    /// - Throws: ``ParseFailure`` unless there are tags between the separators.
    package init(parsing text: String) throws(ParseFailure) {
        guard text.utf8.count <= Self.maximumLength else {
            throw ParseFailure("label", found: text, expected: "at most \(Self.maximumLength) bytes")
        }
        var tags: Set<TagName> = []
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == ";" }) {
            tags.insert(try TagName(parsing: part))
        }
        description = text
        self.tags = tags
    }
}

/// As a rule is kept in the catalog.
extension RetentionRule: Codable {
    private enum Key: String, CodingKey {
        case days, newest, exempt
    }

    private struct Selector: Codable {
        var label: String?
        var pattern: String?
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let keeps: Keeps
        if let days = try container.decodeIfPresent(Int.self, forKey: .days) {
            keeps = .days(days)
        } else {
            keeps = .newest(try container.decode(Int.self, forKey: .newest))
        }
        let exempt = try container.decode([Selector].self, forKey: .exempt).map { selector in
            if let pattern = selector.pattern { return TagSelector.pattern(try TagPattern(parsing: pattern)) }
            return TagSelector.label(try TagLabel(parsing: selector.label ?? ""))
        }
        try self.init(keeps: keeps, exempt: exempt)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch keeps {
        case .days(let days): try container.encode(days, forKey: .days)
        case .newest(let number): try container.encode(number, forKey: .newest)
        }
        let selectors = exempt.map { selector in
            switch selector {
            case .label(let label): Selector(label: label.description)
            case .pattern(let pattern): Selector(pattern: pattern.description)
            }
        }
        try container.encode(selectors, forKey: .exempt)
    }
}
