import BerthTestBasics
import Foundation
import Testing

@testable import BerthHTTP

@Suite("The Date of answers")
struct HTTPDateTests {
    private static func formatter() -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }

    @Test("the example of RFC 9110")
    func example() { #expect(HTTPDate.text(of: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT") }

    @Test("any second since 1970 is as Foundation writes it")
    func random() {
        let formatter = Self.formatter()
        var generator = SeededGenerator(seed: 9110)
        let edges = [0, 59, 86_399, 86_400, 68_256_000, 951_782_400, 951_868_799, 1_709_164_800, 253_402_300_799]
        for second in edges + (0..<3000).map({ _ in Int.random(in: 0..<253_402_300_800, using: &generator) }) {
            #expect(HTTPDate.text(of: second) == formatter.string(from: Date(timeIntervalSince1970: Double(second))))
        }
    }

    @Test("now is now, also when it is asked twice")
    func now() throws {
        for _ in 0..<2 {
            let (before, text, after) = (Date(), HTTPDate.now, Date())
            let date = try #require(Self.formatter().date(from: text))
            #expect(date.timeIntervalSince1970 >= before.timeIntervalSince1970.rounded(.down) && date <= after)
        }
    }
}
