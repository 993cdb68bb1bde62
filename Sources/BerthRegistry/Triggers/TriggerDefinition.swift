import BerthCatalog
import BerthOCI

/// A trigger as somebody describes it: the workload that is to be told, and the tags on whose push.
package struct TriggerDefinition: Sendable, Hashable {
    let fields: TriggerFields
    let condition: TriggerCondition

    /// The only thing that a trigger can ask for.
    private static let actions: Set<String> = ["update"]
    private static let appTypes: Set<String> = ["deployments", "statefulsets"]
    /// A container engine with clusters, and one without.
    private static let modes: Set<String> = ["cce", "cci"]
    private static let maximumText = 256

    /// - Parameter fields: `mode` is `cce` where it is empty; a `cci` trigger has no cluster, a `cce` trigger has one.
    /// - Throws: ``ParseFailure`` for the first field that is not allowed.
    package init(_ fields: TriggerFields) throws(ParseFailure) {
        var fields = fields
        if fields.mode.isEmpty { fields.mode = "cce" }
        try Self.checkName(fields.name)
        try Self.check("action", fields.action, isOneOf: Self.actions)
        try Self.check("app_type", fields.appType, isOneOf: Self.appTypes)
        try Self.check("trigger_mode", fields.mode, isOneOf: Self.modes)
        for (what, text, isRequired) in [
            ("application", fields.application, true), ("cluster_ns", fields.clusterNamespace, true),
            ("cluster_id", fields.clusterID, fields.mode == "cce"), ("cluster_name", fields.clusterName, false),
            ("container", fields.container, false),
        ] { try Self.check(what, text, isRequired: isRequired) }
        if fields.mode == "cci" {
            for (what, text) in [("cluster_id", fields.clusterID), ("cluster_name", fields.clusterName)]
            where !text.isEmpty {
                throw ParseFailure(what, found: text, expected: "nothing, since trigger_mode is cci")
            }
        }
        condition = try TriggerCondition(type: fields.type, text: fields.condition)
        self.fields = fields
    }

    private static func checkName(_ name: String) throws(ParseFailure) {
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard (1...64).contains(name.utf8.count), isAllowed else {
            throw ParseFailure("name", found: name, expected: "1 to 64 letters, digits and . - _")
        }
    }

    private static func check(_ what: String, _ text: String, isOneOf allowed: Set<String>) throws(ParseFailure) {
        guard allowed.contains(text) else {
            throw ParseFailure(what, found: text, expected: allowed.sorted().joined(separator: " or "))
        }
    }

    private static func check(_ what: String, _ text: String, isRequired: Bool) throws(ParseFailure) {
        guard text.utf8.count <= maximumText, isRequired ? !text.isEmpty : true,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw ParseFailure(
                what, found: text,
                expected: (isRequired ? "1 to \(maximumText)" : "at most \(maximumText)")
                    + " bytes without control characters")
        }
    }
}

/// The tags that a trigger waits for.
package enum TriggerCondition: Sendable, Hashable {
    case all
    case tags(Set<TagName>)
    case pattern(TagPattern)

    private static let maximumTags = 100

    /// - Parameters:
    ///   - type: `all`, `tag` or `regular`.
    ///   - text: `.*` for all, tags separated by `;`, or a pattern.
    /// - Throws: ``ParseFailure``.
    package init(type: String, text: String) throws(ParseFailure) {
        switch type {
        case "all":
            guard text == ".*" else { throw ParseFailure("condition", found: text, expected: ".* for all tags") }
            self = .all
        case "tag":
            let parts = text.split(separator: ";", omittingEmptySubsequences: false)
            guard parts.count <= Self.maximumTags else {
                throw ParseFailure("condition", found: text, expected: "at most \(Self.maximumTags) tags")
            }
            var tags: Set<TagName> = []
            for part in parts { tags.insert(try TagName(parsing: part)) }
            self = .tags(tags)
        case "regular":
            self = .pattern(try TagPattern(parsing: text))
        default:
            throw ParseFailure("trigger_type", found: type, expected: "all, tag or regular")
        }
    }

    /// What matching one character costs at most.
    var size: Int {
        switch self {
        case .all, .tags: 0
        case .pattern(let pattern): pattern.size
        }
    }

    /// Whether a push of the tag is waited for.
    package func matches(_ tag: TagName) -> Bool {
        switch self {
        case .all: true
        case .tags(let tags): tags.contains(tag)
        case .pattern(let pattern): pattern.matches(tag)
        }
    }
}
