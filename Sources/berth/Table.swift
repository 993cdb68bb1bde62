/// Rows under headings, in columns as wide as their widest cell.
struct Table {
    let columns: [String]
    let rows: [[String]]

    /// The widest cell that is shown whole; longer ones are cut.
    static let maximumWidth = 60

    /// One line a row, without white space at the ends of lines.
    var text: String {
        let lines = [columns] + rows.map { $0.map { Self.cut($0.printable) } }
        var widths = columns.map { _ in 0 }
        for line in lines {
            for (index, cell) in line.enumerated() where index < widths.count {
                widths[index] = max(widths[index], Self.width(of: cell))
            }
        }
        return lines.map { Self.line($0, widths: widths) + "\n" }.joined()
    }

    private static func line(_ cells: [String], widths: [Int]) -> String {
        var line = ""
        var pending = 0
        for (cell, width) in zip(cells, widths) {
            if !cell.isEmpty {
                line += String(repeating: " ", count: pending) + cell
                pending = 0
            }
            pending += width - (cell.isEmpty ? 0 : Self.width(of: cell)) + 2
        }
        return line
    }

    private static func cut(_ text: String) -> String {
        guard width(of: text) > maximumWidth else { return text }
        var shown = ""
        for character in text {
            guard width(of: shown) + width(of: String(character)) < maximumWidth else { break }
            shown.append(character)
        }
        return shown + "…"
    }

    /// The columns of a terminal that a text takes: two for the wide characters of East Asia and for emoji.
    static func width(of text: String) -> Int {
        text.reduce(0) { $0 + ($1.unicodeScalars.contains(where: isWide) ? 2 : 1) }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
