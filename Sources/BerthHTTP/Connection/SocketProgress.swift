import Glibc
import NIOCore
import Synchronization

/// What the kernel says of a TCP connection.
enum SocketProgress {
    /// The beginning of Linux's `struct tcp_info`, in words of 8 bytes: `tcpi_bytes_acked` is at byte 120.
    private typealias Words = (
        UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
        UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
    )

    /// How many bytes the other end has acknowledged since the connection began; `nil` where the kernel does not say.
    ///
    /// Unlike what has been handed to the kernel, it grows with every segment that arrives, also in the middle of a
    /// large write. To be called on the channel's event loop.
    static func acknowledgedBytes(of channel: any Channel) -> UInt64? {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        let answer = Mutex<UInt64?>(nil)
        let asked: EventLoopFuture<Words> = options.unsafeGetSocketOption(
            level: .init(rawValue: CInt(IPPROTO_TCP)), name: .init(rawValue: TCP_INFO))
        // On its own event loop the answer is there at once.
        asked.assumeIsolated().whenSuccess { words in answer.withLock { $0 = words.15 } }
        return answer.withLock(\.self)
    }
}
