import Foundation

extension Date {
    /// Far beyond any instant that Berth meets, and exact as a `Double`.
    private static let furthest = 9e15

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The whole millisecond since 1970 that is nearest, as which the instant is stored.
    ///
    /// What is no instant is stored as one long past, so that nothing lasts until it.
    var milliseconds: Int64 {
        guard !timeIntervalSince1970.isNaN else { return Int64(-Self.furthest) }
        return Int64(min(max(timeIntervalSince1970 * 1000, -Self.furthest), Self.furthest).rounded())
    }

    /// The last whole millisecond since 1970 that is not after the instant, as which it is compared with stored ones.
    ///
    /// Exact, so that SQL decides as Swift does: for any stored instant `stored`, `stored > now.lastMillisecond` holds
    /// if and only if `Date(milliseconds: stored) > now`.
    var lastMillisecond: Int64 {
        guard !timeIntervalSince1970.isNaN else { return Int64(Self.furthest) }
        var last = milliseconds
        guard Double(last).magnitude < Self.furthest else { return last }
        while Date(milliseconds: last) > self { last -= 1 }
        while Date(milliseconds: last + 1) <= self { last += 1 }
        return last
    }
}
