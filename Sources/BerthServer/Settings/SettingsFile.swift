import BerthOCI
import Foundation
import Yams

/// The settings of a YAML file, each with its line.
///
/// A key with dots and nested keys are the same: `tokens.service: x` and `tokens: {service: x}`.
struct SettingsFile {
    struct Entry {
        let key: String
        let value: String
        /// `berth.yaml:3`
        let place: String
    }

    /// The largest file that is read, in bytes.
    static let maximumSize = 256 * 1024

    private(set) var entries: [Entry] = []

    private let path: String

    /// - Throws: ``SettingsError`` for a file that cannot be read or is no mapping of names to plain values.
    init(path: String) throws(SettingsError) {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(path, "the file cannot be read")
        }
        guard data.count <= Self.maximumSize, let text = String(validating: data, as: UTF8.self) else {
            throw SettingsError(path, "expected UTF-8 text of at most \(Self.maximumSize / 1024) KiB")
        }
        guard let root = try Self.parse(text, path: path) else { return }
        if case .scalar(let scalar) = root, scalar.string.isEmpty { return }
        guard case .mapping(let mapping) = root else {
            throw SettingsError(
                "\(path):\(root.mark?.line ?? 1)", "expected settings, one a line, such as listen: 127.0.0.1:5000")
        }
        try add(mapping, under: "")
    }

    private static func parse(_ text: String, path: String) throws(SettingsError) -> Node? {
        do {
            return try Parser(yaml: text).singleRoot()
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw SettingsError("\(path):\(mark.line)", "this is not YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                throw SettingsError(
                    "\(path):\(context.mark.line)", "set more than once: \(keys.sorted().joined(separator: ", "))")
            default:
                throw SettingsError(path, "this is not YAML")
            }
        } catch {
            throw SettingsError(path, "this is not YAML")
        }
    }

    private mutating func add(_ mapping: Node.Mapping, under prefix: String) throws(SettingsError) {
        for (key, value) in mapping {
            let place = "\(path):\(key.mark?.line ?? 1)"
            guard case .scalar(let name) = key else { throw SettingsError(place, "expected the name of a setting") }
            let full = prefix + name.string
            switch value {
            case .scalar(let scalar):
                guard !entries.contains(where: { $0.key == full }) else {
                    throw SettingsError(place, "\(full) is set more than once")
                }
                entries.append(Entry(key: full, value: scalar.string, place: place))
            case .mapping(let nested):
                guard SettingDefinition.all.contains(where: { $0.key.hasPrefix(full + ".") }) else {
                    throw SettingsError.unknown(full, at: place)
                }
                try add(nested, under: full + ".")
            default:
                throw SettingsError(place, "\(full) takes one plain value")
            }
        }
    }
}
