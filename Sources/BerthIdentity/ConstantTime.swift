import Foundation

/// Comparison of secrets.
package enum ConstantTime {
    /// Whether two texts have the same bytes; the time it takes depends on their lengths alone.
    package static func equal(_ left: String, _ right: String) -> Bool {
        equal(Array(left.utf8), Array(right.utf8))
    }

    /// Whether two byte strings are the same; the time it takes depends on their lengths alone.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }
}
