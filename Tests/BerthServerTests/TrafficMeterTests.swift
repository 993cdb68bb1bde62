import BerthAccess
import BerthCatalog
import Foundation
import Testing

@testable import BerthRegistry

@Suite struct TrafficMeterTests {
    @Test("what could not be recorded is added to what has been counted since")
    func puttingBack() {
        let meter = TrafficMeter()
        let (repository, account) = (RepositoryID(rawValue: 1), AccountID(rawValue: "acme"))
        let noon = Date(timeIntervalSince1970: 86_400 * 3 + 43_200)
        for _ in 0..<2 { meter.countPull(from: repository) }
        meter.countBytes(10, of: account, at: noon)
        let taken = meter.take()
        #expect(meter.take().isEmpty)
        meter.countPull(from: repository)
        meter.countBytes(1, of: account, at: noon.addingTimeInterval(43_199))
        meter.countBytes(5, of: account, at: noon.addingTimeInterval(43_200))
        meter.putBack(taken)
        let all = meter.take()
        #expect(all.pulls == [repository: 3])
        #expect(all.bytes == [.init(account: account, day: 3): 11, .init(account: account, day: 4): 5])
    }

    @Test("it holds so many sums and no more, and goes on adding to those it has")
    func bound() {
        let meter = TrafficMeter()
        for number in 0..<(TrafficMeter.maximumEntries + 100) {
            meter.countPull(from: RepositoryID(rawValue: Int64(number)))
        }
        meter.countPull(from: RepositoryID(rawValue: 0))
        let counted = meter.take().pulls
        #expect(counted.count == TrafficMeter.maximumEntries && counted[RepositoryID(rawValue: 0)] == 2)
    }
}
