/// The signals of a registry, one for each kind of work that goes on in the background.
package struct WorkSignals: Sendable {
    package let retention = WorkSignal()
    package let triggers = WorkSignal()
    package let synchronization = WorkSignal()

    /// Wakes all that may have something to do after a push.
    func announcePush() {
        retention.send()
        triggers.send()
        synchronization.send()
    }
}
