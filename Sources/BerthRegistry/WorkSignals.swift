/// The signals of a registry, one for each kind of work that goes on in the background.
package struct WorkSignals: Sendable {
    package let retention = WorkSignal()
    package let triggers = WorkSignal()
    package let synchronization = WorkSignal()

    /// Wakes those that have something to do.
    func announce(_ kinds: Kinds) {
        if kinds.contains(.retention) { retention.send() }
        if kinds.contains(.triggers) { triggers.send() }
        if kinds.contains(.synchronization) { synchronization.send() }
    }

    /// Kinds of work.
    struct Kinds: OptionSet {
        let rawValue: Int

        static let retention = Kinds(rawValue: 1)
        static let triggers = Kinds(rawValue: 2)
        static let synchronization = Kinds(rawValue: 4)
    }
}
