import Foundation

/// Work on the whole store that is done again and again.
package enum MaintenanceTask: String, Sendable {
    case garbageCollection = "gc"
    case scrub
}

/// How far such work is.
package struct MaintenanceRecord: Sendable, Hashable {
    /// Where to go on, in the words of the task; empty when it has come to its end.
    package let position: String
    package let updatedAt: Date

    package init(position: String, updatedAt: Date) {
        self.position = position
        self.updatedAt = updatedAt
    }
}
