import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Testing

@testable import BerthRegistry

@Suite struct TrafficMeterTests {
    @Test("what could not be recorded is added to what has been counted since")
    func puttingBack() {
        let meter = TrafficMeter()
        let (repository, account) = (RepositoryID(rawValue: 1), AccountID(rawValue: "acme"))
        let noon = Date(timeIntervalSince1970: 86_400 * 3 + 43_200)
        let manifest = Digest(hashing: Array("manifest".utf8), algorithm: .sha256)
        for minute in 1...2 {
            meter.countPull(of: manifest, from: repository, at: noon.addingTimeInterval(Double(minute) * 60))
        }
        meter.countBytes(10, of: account, at: noon)
        let taken = meter.take()
        #expect(meter.take().isEmpty)
        meter.countPull(of: manifest, from: repository, at: noon)
        meter.countPull(of: manifest, from: repository, at: noon.addingTimeInterval(43_200))
        meter.countBytes(1, of: account, at: noon.addingTimeInterval(43_199))
        meter.countBytes(5, of: account, at: noon.addingTimeInterval(43_200))
        meter.putBack(taken)
        let all = meter.take()
        #expect(
            all.pulls == [
                .init(repository: repository, manifest: manifest, day: 3): .init(count: 3, last: noon + 120),
                .init(repository: repository, manifest: manifest, day: 4): .init(count: 1, last: noon + 43_200),
            ])
        #expect(all.bytes == [.init(account: account, day: 3): 11, .init(account: account, day: 4): 5])
    }

    @Test("it holds so many sums and no more, and goes on adding to those it has")
    func bound() {
        let meter = TrafficMeter()
        let manifest = Digest(hashing: Array("manifest".utf8), algorithm: .sha256)
        let date = Date(timeIntervalSince1970: 86_400 * 3)
        for number in 0..<(TrafficMeter.maximumEntries + 100) {
            meter.countPull(of: manifest, from: RepositoryID(rawValue: Int64(number)), at: date)
        }
        meter.countPull(of: manifest, from: RepositoryID(rawValue: 0), at: date)
        let counted = meter.take().pulls
        let first = Traffic.ManifestDay(repository: RepositoryID(rawValue: 0), manifest: manifest, day: 3)
        #expect(counted.count == TrafficMeter.maximumEntries && counted[first]?.count == 2)
    }
}
