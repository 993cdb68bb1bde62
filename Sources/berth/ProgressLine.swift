import Foundation
import Synchronization

/// One line on standard error that tells how far a long command is, when that is a terminal; otherwise nothing.
final class ProgressLine: Sendable {
    private let isShown: Bool
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    init() { isShown = isatty(FileHandle.standardError.fileDescriptor) == 1 }

    /// Shows the text in place of the one before, at most ten times a second.
    func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let isDue = lastShown.withLock { last in
            let now = ContinuousClock.now
            if let last, last.duration(to: now) < .milliseconds(100) { return false }
            last = now
            return true
        }
        if isDue { write("\r\u{1B}[K\(text())") }
    }

    /// Takes the line away.
    func end() {
        let wasShown = lastShown.withLock { $0 != nil }
        if wasShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
