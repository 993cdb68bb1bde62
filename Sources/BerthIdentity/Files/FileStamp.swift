import Foundation

/// What tells one version of a file from the next without reading it.
///
/// Files here are replaced whole by rename, so every version is an inode of its own with its own times.
struct FileStamp: Hashable, Sendable {
    private let device: dev_t
    private let inode: ino_t
    private let size: off_t
    private let modified: Instant
    private let changed: Instant

    private struct Instant: Hashable, Sendable {
        let seconds: Int
        let nanoseconds: Int
    }

    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
        size = status.st_size
        modified = Instant(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        changed = Instant(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
    }

    /// The stamp of the file that is at `path` now; `nil` when none is.
    init?(ofFileAt path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
