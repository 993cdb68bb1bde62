/// A Swift file, taken apart as far as the rules of the architecture need it: code without comments and literals, and
/// the literals on their own.
struct SwiftSource {
    /// The target that the file belongs to.
    let target: String
    /// Its path below `Sources`, for messages.
    let path: String
    let lineCount: Int
    /// The text without comments; string literals are empty. Lines are kept.
    let code: String
    /// What stands in string literals; code that is interpolated into them is not part of it.
    let literals: [String]

    init(target: String, path: String, text: String) {
        var scanner = LiteralScanner(text)
        scanner.scan()
        self.target = target
        self.path = path
        self.lineCount =
            text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0)
        self.code = String(scanner.code)
        self.literals = scanner.literals
    }

    /// The modules that the file imports, each as often as it does.
    var imports: [String] {
        code.split { $0 == "\n" || $0 == ";" }.compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains(String($0)) })
            else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
            let name = kinds.contains(String(words[keyword + 1])) ? words.last : words[keyword + 1]
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }

    private static let accessLevels = ["public", "package", "internal", "fileprivate", "private"]
}

/// Tells comments and string literals from code, in one pass.
private struct LiteralScanner {
    private struct Literal {
        let isMultiline: Bool
        /// The number of `#` around it.
        let pounds: Int
        var text: [Character] = []
        /// The parentheses that are open in the interpolation that is being read; `nil` outside of one.
        var openParentheses: Int?
    }

    private let text: [Character]
    private var position = 0
    private var open: [Literal] = []
    private(set) var code: [Character] = []
    private(set) var literals: [String] = []

    init(_ text: String) {
        self.text = Array(text)
    }

    mutating func scan() {
        while position < text.count {
            if open.last.map({ $0.openParentheses == nil }) == true { scanLiteral() } else { scanCode() }
        }
    }

    private func isNext(_ expected: String, at offset: Int = 0) -> Bool {
        let start = position + offset
        return start + expected.count <= text.count && text[start..<start + expected.count].elementsEqual(expected)
    }

    private mutating func scanCode() {
        if isNext("//") {
            while position < text.count, text[position] != "\n" { position += 1 }
        } else if isNext("/*") {
            skipComment()
        } else if !beginLiteral() {
            if let depth = open.last?.openParentheses {
                let change = text[position] == "(" ? 1 : text[position] == ")" ? -1 : 0
                open[open.count - 1].openParentheses = depth + change == 0 ? nil : depth + change
            }
            code.append(text[position])
            position += 1
        }
    }

    /// Passes over a comment and the comments in it.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if isNext("/*") {
                depth += 1
                position += 2
            } else if isNext("*/") {
                depth -= 1
                position += 2
            } else {
                if text[position] == "\n" { code.append("\n") }
                position += 1
            }
        } while depth > 0 && position < text.count
    }

    private mutating func beginLiteral() -> Bool {
        var pounds = 0
        while position + pounds < text.count, text[position + pounds] == "#" { pounds += 1 }
        guard isNext("\"", at: pounds) else { return false }
        let isMultiline = isNext("\"\"\"", at: pounds)
        position += pounds + (isMultiline ? 3 : 1)
        open.append(Literal(isMultiline: isMultiline, pounds: pounds))
        code.append("\"")
        return true
    }

    private mutating func scanLiteral() {
        guard let literal = open.last else { return }
        let marks = String(repeating: "#", count: literal.pounds)
        let end = (literal.isMultiline ? "\"\"\"" : "\"") + marks
        if isNext(end) || (text[position] == "\n" && !literal.isMultiline) {
            position += isNext(end) ? end.count : 0
            literals.append(String(literal.text))
            open.removeLast()
            code.append("\"")
        } else if isNext("\\\(marks)(") {
            position += literal.pounds + 2
            open[open.count - 1].openParentheses = 1
            code.append("(")
        } else if isNext("\\\(marks)"), position + literal.pounds + 1 < text.count {
            open[open.count - 1].text.append(text[position + literal.pounds + 1])
            position += literal.pounds + 2
        } else {
            open[open.count - 1].text.append(text[position])
            if text[position] == "\n" { code.append("\n") }
            position += 1
        }
    }
}
