import Foundation
import Synchronization

/// A descriptor that is closed when the last reference to it goes.
final class OpenFile: Sendable {
    let descriptor: CInt
    private let isClosed = Atomic<Bool>(false)

    private init(taking descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit { close() }

    /// Nil when there is no such file. A symbolic link is refused.
    static func open(_ path: String, _ flags: CInt) throws -> OpenFile? {
        try SystemFailure.checkExisting("open") { Foundation.open(path, flags | O_CLOEXEC | O_NOFOLLOW) }
            .map(OpenFile.init(taking:))
    }

    /// Makes an empty file, 0600, and opens it for reading and writing.
    ///
    /// - Parameter flags: `O_EXCL` to refuse an existing file, `O_TRUNC` to empty it.
    static func create(_ path: String, _ flags: CInt) throws -> OpenFile {
        let flags = flags | O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        return OpenFile(taking: try SystemFailure.check("open") { Foundation.open(path, flags, 0o600) })
    }

    func status() throws -> FileSystem.Status {
        var info = stat()
        try SystemFailure.check("fstat") { fstat(descriptor, &info) }
        return FileSystem.Status(info)
    }

    /// Fills `buffer` from an offset; fewer bytes come only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        var count = 0
        while count < buffer.count {
            let read = try SystemFailure.check("read") {
                pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count,
                    off_t(offset + Int64(count)))
            }
            if read == 0 { break }
            count += read
        }
        return count
    }

    /// Has the kernel begin to write a range to the disk, without waiting for it and without making anything durable.
    ///
    /// So that the `fsync` at the end of a large file has little left to wait for. Errors are the `fsync`'s to tell.
    /// Linux takes this advice so: what is not written yet is queued for the disk and stays in the page cache.
    func startWriteback(from offset: Int64, length: Int64) {
        posix_fadvise(descriptor, off_t(offset), off_t(length), POSIX_FADV_DONTNEED)
    }

    func setMode(_ mode: mode_t) throws {
        try SystemFailure.check("fchmod") { fchmod(descriptor, mode) }
    }

    func close() {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) { _ = Foundation.close(descriptor) }
    }
}
