import BerthTestBasics
import Foundation
import Testing

@testable import BerthCatalog

@Suite struct MillisecondTests {
    @Test("every whole millisecond comes back as it went in")
    func roundTrip() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let value = Int64.random(in: -10_000_000_000_000...100_000_000_000_000, using: &random)
            #expect(Date(milliseconds: value).milliseconds == value)
            #expect(Date(milliseconds: value).lastMillisecond == value)
        }
    }

    @Test("comparing milliseconds decides as comparing instants does")
    func comparison() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let stored = 1_700_000_000_000 + Int64.random(in: 0...50, using: &random)
            let now = Date(timeIntervalSince1970: 1_700_000_000 + Double.random(in: 0...0.05, using: &random))
            #expect((stored > now.lastMillisecond) == (Date(milliseconds: stored) > now))
        }
        let exact = Date(milliseconds: 1_700_000_000_001)
        let before = Date(timeIntervalSinceReferenceDate: exact.timeIntervalSinceReferenceDate.nextDown)
        #expect(exact.lastMillisecond == 1_700_000_000_001)
        #expect(before.lastMillisecond == 1_700_000_000_000)
        #expect(before.milliseconds == 1_700_000_000_001)
    }

    @Test("instants beyond all bounds stay on their side")
    func extremes() {
        #expect(Date(timeIntervalSince1970: .infinity).milliseconds > 1_000_000_000_000_000)
        #expect(Date(timeIntervalSince1970: -.infinity).milliseconds < -1_000_000_000_000_000)
        #expect(Date(timeIntervalSince1970: 1e300).milliseconds > Date.distantFuture.milliseconds)
        #expect(Date.distantPast.milliseconds < 0)
        let nonsense = Date(timeIntervalSince1970: .nan)
        #expect(nonsense.milliseconds < nonsense.lastMillisecond)
        #expect(Date(timeIntervalSince1970: .infinity).lastMillisecond > Date.distantFuture.lastMillisecond)
        #expect(Date(timeIntervalSince1970: -.infinity).lastMillisecond < Date.distantPast.lastMillisecond)
    }
}
