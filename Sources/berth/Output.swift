import Foundation

/// Where results go: tables and sentences for people, JSON for programs.
struct Output: Sendable {
    let isJSON: Bool

    /// Prints a list. An empty one is `(none)` and a hint for people, and an empty array for programs.
    func list<Element>(
        _ elements: [Element], hint: String, columns: [String], row: (Element) -> [String],
        json: (Element) -> JSON
    ) throws {
        if isJSON { return try write(.array(elements.map(json))) }
        guard !elements.isEmpty else { return print("(none)  \(hint)") }
        print(Table(columns: columns, rows: elements.map(row)).text, terminator: "")
    }

    /// Prints one thing: a line a field for people.
    func details(_ fields: [(name: String, value: String)], json: JSON) throws {
        if isJSON { return try write(json) }
        let width = fields.map(\.name.count).max() ?? 0
        for (name, value) in fields {
            print(
                "\(name):\(String(repeating: " ", count: width - name.count + 2))\(value.isEmpty ? "-" : value.printable)"
            )
        }
    }

    /// Prints what was done.
    func done(_ sentence: String, json: JSON) throws {
        if isJSON { return try write(json) }
        print(sentence)
    }

    func write(_ json: JSON) throws {
        print(try json.text())
    }
}

extension String {
    /// The text without characters that move the cursor, change direction or hide, so that what users wrote cannot
    /// play with the terminal of the person who reads it.
    var printable: String {
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\n" || scalar == "\t" || scalar == "\r": shown.append(" ")
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}
