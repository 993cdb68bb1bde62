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
        })

    /// Makes the names in a directory survive a power failure.
    func synchronize(directory path: String) throws {
        guard let directory = try OpenFile.open(path, O_RDONLY | O_DIRECTORY) else {
            throw SystemFailure(call: "open", code: ENOENT)
        }
        try synchronize(directory.descriptor)
    }
}
