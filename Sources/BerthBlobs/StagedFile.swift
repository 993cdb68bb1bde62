import BerthOCI
import Foundation
import NIOCore
import Synchronization

/// The file of an upload, open for its one writer.
///
/// Length and hash move together with the bytes: whatever call fails, ``progress`` describes exactly the file, or the
/// file is spoiled and must be dropped. Every call blocks, so all of them belong on the store's threads.
final class StagedFile: Sendable {
    let file: OpenFile
    private let calls: FileSystemCalls
    private let state: Mutex<State>

    /// Bytes after which the kernel is told to begin writing them out.
    private static let writebackStep: Int64 = 32 * 1024 * 1024

    private struct State {
        var progress: UploadProgress
        /// Up to where the kernel was told to write, or the file was there before.
        var writebackEnd: Int64 = 0
        var isSpoiled = false
    }

    /// Makes an empty staged file.
    ///
    /// - Throws: `SystemFailure` when there is one of that name already.
    init(creating path: String, algorithm: Digest.Algorithm, calls: FileSystemCalls) throws {
        file = try OpenFile.create(path, O_EXCL)
        self.calls = calls
        state = Mutex(
            State(
                progress: UploadProgress(
                    length: 0, hash: RunningHash(algorithm), isDurable: false, hasDurableName: false)))
    }

    /// Opens a staged file to continue it.
    ///
    /// - Parameter remembered: What this process knows of it. It counts only if the file has the remembered length.
    /// - Throws: ``BlobStoreError/uploadUnknown`` when there is none.
    init(opening path: String, remembered: UploadProgress?, calls: FileSystemCalls) throws {
        guard let file = try OpenFile.open(path, O_RDWR) else { throw BlobStoreError.uploadUnknown }
        let length = try file.status().size
        self.file = file
        self.calls = calls
        if let remembered, remembered.length == length {
            state = Mutex(State(progress: remembered, writebackEnd: length))
        } else {
            state = Mutex(
                State(
                    progress: UploadProgress(
                        length: length, hash: length == 0 ? RunningHash(.sha256) : nil, isDurable: false,
                        hasDurableName: false),
                    writebackEnd: length))
        }
    }

    var progress: UploadProgress { state.withLock(\.progress) }

    /// Whether the bytes can no longer be trusted: the file must be dropped.
    var isSpoiled: Bool { state.withLock(\.isSpoiled) }

    func spoil() { state.withLock { $0.isSpoiled = true } }

    /// Writes at the end and hashes.
    ///
    /// When that fails, the bytes that were written before stay and count.
    func write(_ bytes: ByteBuffer) throws {
        try state.withLock { state in
            state.progress.isDurable = false
            do {
                try bytes.withUnsafeReadableBytes { try write($0, &state.progress) }
                let pending = state.progress.length - state.writebackEnd
                if pending >= Self.writebackStep {
                    file.startWriteback(from: state.writebackEnd, length: pending)
                    state.writebackEnd = state.progress.length
                }
            } catch {
                try cut(&state, to: state.progress.length)
                throw error
            }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ progress: inout UploadProgress) throws {
        try calls.requireRoom(for: bytes.count, on: file.descriptor)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try calls.write(file.descriptor, UnsafeRawBufferPointer(rebasing: rest), progress.length)
            guard written > 0 else { throw SystemFailure(call: "write", code: EIO) }
            progress.hash?.update(UnsafeRawBufferPointer(rebasing: rest.prefix(written)))
            progress.length += Int64(written)
            rest = rest.dropFirst(written)
        }
    }

    /// Cuts off what was written since `start`.
    func cut(to start: UploadProgress) throws {
        try state.withLock { state in
            guard state.progress.length != start.length else { return }
            try cut(&state, to: start.length)
            state.progress.length = start.length
            state.progress.hash = start.hash
            state.progress.isDurable = false
        }
    }

    private func cut(_ state: inout State, to length: Int64) throws {
        do {
            try calls.truncate(file.descriptor, length)
        } catch {
            state.isSpoiled = true
            throw error
        }
    }

    /// Makes the bytes survive a power failure.
    ///
    /// A failure spoils the file: the kernel may have dropped the pages, and a second `fsync` would not tell.
    func synchronize() throws {
        try state.withLock { state in
            guard !state.progress.isDurable else { return }
            do {
                try calls.synchronize(file.descriptor)
                state.progress.isDurable = true
            } catch {
                state.isSpoiled = true
                throw error
            }
        }
    }

    /// Makes the name of the file in its directory survive a power failure.
    func synchronizeName(in directory: String) throws {
        try state.withLock { state in
            guard !state.progress.hasDurableName else { return }
            do {
                try calls.synchronize(directory: directory)
                state.progress.hasDurableName = true
            } catch {
                state.isSpoiled = true
                throw error
            }
        }
    }
}
