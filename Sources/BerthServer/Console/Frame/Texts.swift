import Foundation

/// A language that the console speaks.
enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// As pages and screen readers name it.
    ///
    /// BCP 47.
    var tag: String { self == .english ? "en" : "zh-CN" }

    /// The language that was chosen, else the first of `Accept-Language` that is spoken here, else English.
    init(cookie: String?, accepted: String?) {
        if let cookie, let chosen = Language(rawValue: cookie) {
            self = chosen
            return
        }
        let ranges = (accepted ?? "").split(separator: ",").compactMap { range -> (tag: Substring, weight: Double)? in
            let parts = range.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let tag = parts.first else { return nil }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (tag, weight ?? 1)
        }
        let wanted = ranges.filter { $0.weight > 0 }.sorted { $0.weight > $1.weight }
        self = wanted.lazy.compactMap { Language(rawValue: $0.tag.prefix(2).lowercased()) }.first ?? .english
    }
}

/// What the console says in one language.
struct Texts: Sendable {
    /// By key with underscores for dots, since a dot takes a template one level down.
    let all: [String: String]

    /// The text of a key; the key itself where there is none, which a test makes sure of.
    subscript(key: String) -> String { all[key.replacing(".", with: "_")] ?? key }

    /// The text of a key with `{name}` replaced by the value of that name.
    func callAsFunction(_ key: String, _ values: KeyValuePairs<String, String>) -> String {
        values.reduce(self[key]) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    /// The text of a key, or another one where there is none.
    func callAsFunction(_ key: String, or other: String) -> String {
        let text = self[key]
        return text == key ? other : text
    }

    static func of(_ language: Language) -> Texts { language == .english ? english : chinese }

    private static let english = read(PackageResources.en_json)
    private static let chinese = read(PackageResources.zh_json)

    private static func read(_ bytes: [UInt8]) -> Texts {
        do {
            let texts = try JSONDecoder().decode([String: String].self, from: Data(bytes))
            return Texts(
                all: Dictionary(uniqueKeysWithValues: texts.map { ($0.key.replacing(".", with: "_"), $0.value) }))
        } catch {
            preconditionFailure("the texts of the console are broken: \(error)")
        }
    }
}
