import Foundation

/// The system calls that durability rests on, so that tests can record them and make them fail.
struct FileSystemCalls: Sendable {
    /// Writes at an offset and returns how many bytes were written, which may be fewer than given.
    var write: @Sendable (_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer, _ offset: Int64) throws -> Int
    /// Cuts a file.
    var truncate: @Sendable (_ descriptor: CInt, _ length: Int64) throws -> Void
    /// Makes a file, or the names in a directory, survive a power failure.
    var synchronize: @Sendable (_ descriptor: CInt) throws -> Void
    /// Renames within the store and replaces what is there.
    var rename: @Sendable (_ source: String, _ target: String) throws -> Void
    /// Bytes of the volume that an open file is on: those that Berth may still take, and all.
    var space: @Sendable (_ descriptor: CInt) throws -> (free: Int64, total: Int64)

    static let system = FileSystemCalls(
        write: { descriptor, bytes, offset in
            try SystemFailure.check("write") { pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) }
        },
        truncate: { descriptor, length in
            try SystemFailure.check("ftruncate") { ftruncate(descriptor, off_t(length)) }
        },
        synchronize: { descriptor in
            try SystemFailure.check("fsync") { fsync(descriptor) }
        },
        rename: { source, target in
            try SystemFailure.check("rename") { Foundation.rename(source, target) }
        },
        space: { descriptor in
            var info = statvfs()
            try SystemFailure.check("fstatvfs") { fstatvfs(descriptor, &info) }
            let block = Int64(info.f_frsize)
            return (Int64(info.f_bavail) * block, Int64(info.f_blocks) * block)
        })

    /// The most that uploads leave free on a volume, in bytes; of a small volume they leave a sixteenth.
    private static let largestReserve: Int64 = 64 * 1024 * 1024

    /// Refuses bytes of an upload as a full disk does before the disk is full.
    ///
    /// What is left is for the database, which is on the same volume as a rule: without it nothing could be deleted,
    /// collected, revoked or cancelled any more, and so nothing would ever be freed.
    func requireRoom(for count: Int, on descriptor: CInt) throws {
        let (free, total) = try space(descriptor)
        // Some file systems do not tell.
        guard total > 0 else { return }
        guard free - Int64(count) >= min(total / 16, Self.largestReserve) else {
            throw SystemFailure(call: "write", code: ENOSPC)
        }
    }

    /// Makes the names in a directory survive a power failure.
    func synchronize(directory path: String) throws {
        guard let directory = try OpenFile.open(path, O_RDONLY | O_DIRECTORY) else {
            throw SystemFailure(call: "open", code: ENOENT)
        }
        try synchronize(directory.descriptor)
    }
}
