import Foundation

/// How long a share is good for.
package enum Deadline: Hashable, Sendable {
    /// Until it is removed.
    case forever
    /// Up to, and not including, the instant.
    case until(Date)

    /// Whether `now` is before the deadline.
    package func isAhead(of now: Date) -> Bool {
        switch self {
        case .forever: true
        case .until(let end): now < end
        }
    }
}
