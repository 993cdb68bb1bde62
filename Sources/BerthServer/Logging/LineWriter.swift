import Foundation
import Glibc
import Synchronization

/// Writes lines to a file descriptor, many at once when many come.
///
/// The first line waits some milliseconds for others, so that a busy server makes a system call for dozens of them and
/// an idle one none. A crash of the process loses what still waits. Lines of several threads do not mix.
package final class LineWriter: Sendable {
    /// How long a line waits at most.
    private static let delay: DispatchTimeInterval = .milliseconds(5)
    /// Bytes that may wait; whoever brings more writes them out itself, and so goes no faster than the reader of the log.
    private static let maximumWaiting = 256 * 1024

    private struct State {
        var waiting: [UInt8] = []
        var isScheduled = false
    }

    private let descriptor: CInt
    private let state = Mutex(State())
    /// Held while writing, so that what was taken first is written first.
    private let output = Mutex(())
    private let queue = DispatchQueue(label: "berth.log")

    /// - Parameter descriptor: Stays open as long as this is used.
    package init(descriptor: CInt) { self.descriptor = descriptor }

    /// - Parameter isUrgent: Whether the line is to be written before this returns.
    package func write(_ line: String, isUrgent: Bool) {
        let (isFirst, isFull) = state.withLock { state in
            state.waiting.append(contentsOf: line.utf8)
            defer { state.isScheduled = true }
            return (!state.isScheduled, state.waiting.count > Self.maximumWaiting)
        }
        if isUrgent || isFull { flush() }
        if isFirst { queue.asyncAfter(deadline: .now() + Self.delay) { self.flush() } }
    }

    /// Writes what waits.
    package func flush() {
        output.withLock { _ in
            let bytes = state.withLock { state in
                defer { state = State() }
                return state.waiting
            }
            bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    if count < 0, errno == EAGAIN {
                        // Another program that has the descriptor too has made it one that never waits.
                        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        poll(&room, 1, -1)
                        continue
                    }
                    guard count > 0 else { return }
                    rest = rest.dropFirst(count)
                }
            }
        }
    }
}
