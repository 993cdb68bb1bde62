import Foundation
import Testing

@testable import BerthServer

@Suite("Plots of the console")
struct ConsolePlotTests {
    private func plot(_ values: [Int64], as shape: Plot.Shape) -> Plot {
        Plot(Array(zip(20_000..., values)), as: shape, text: { "\($0)" }, summary: { "\($0) to \($1)" })
    }

    @Test("the scale is a round number that nothing exceeds, whatever the values are")
    func scales() {
        let scales = [0, 1, 3, 10, 11, 99, 100, 101, 109, 151, 4_321].map { Plot.scale(for: $0) }
        #expect(scales == [1, 1, 3, 10, 12, 100, 100, 120, 120, 200, 5_000])
        for value in [Int64.max, Int64.max / 2, 1 << 53] { #expect(Plot.scale(for: value) >= value) }
    }

    @Test("a line goes from the first day to the last, higher for more")
    func lines() {
        let plot = plot([0, 5, 10], as: .line)
        #expect(plot.line == "M0 100L150 50L300 0" && plot.area == "M0 100L0 100L150 50L300 0L300 100z")
        #expect(plot.top == "10" && plot.bars == nil)
        #expect(plot.first == "2024-10-04" && plot.last == "2024-10-06" && plot.summary == "2024-10-04 to 2024-10-06")
        #expect(plot.days.map(\.value) == ["0", "5", "10"])
    }

    @Test("each day with something has a bar, and days without have none")
    func bars() {
        let plot = plot([1, 0, 3], as: .bars)
        #expect(plot.bars == "M15 100V66.7H85V100zM215 100V0H285V100z" && plot.line == nil && plot.area == nil)
        #expect(self.plot([0, 0], as: .bars).bars == "")
    }
}
