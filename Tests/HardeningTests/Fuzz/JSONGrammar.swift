import Foundation

/// The grammar of RFC 8259 in a form that has nothing in common with a parser: texts that it describes shrink to one
/// value, others do not. Slow, and for texts only.
enum JSONGrammar {
    /// Stands for a string; no text that is tried has it.
    private static let string = "\u{E000}"
    /// A string becomes ``string``, a number or word `0`, and then every list or object of those, from the innermost
    /// outwards.
    private static let values = [
        (#""(?:[^"\\\x00-\x1F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+""#, string),
        (#"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null"#, "0"),
        (#"[ \t\r\n]"#, ""),
    ]
    private static let container = {
        let value = "[0\(string)]"
        let member = "\(string):\(value)"
        return #"\[(?:\#(value)(?:,\#(value))*+)?\]|\{(?:\#(member)(?:,\#(member))*+)?\}"#
    }()

    static func describes(_ text: String) -> Bool {
        var rest = text
        for (pattern, symbol) in values {
            rest = rest.replacingOccurrences(of: pattern, with: symbol, options: .regularExpression)
        }
        while true {
            let shrunk = rest.replacingOccurrences(of: container, with: "0", options: .regularExpression)
            guard shrunk != rest else { return rest == "0" || rest == string }
            rest = shrunk
        }
    }
}
