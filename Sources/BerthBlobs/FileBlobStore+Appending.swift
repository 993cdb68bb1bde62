import BerthOCI
import Foundation
import NIOCore
import Synchronization

extension FileBlobStore {
    package func beginUpload(_ id: UploadID, algorithm: Digest.Algorithm) async throws {
        let remembered = try sessions.withLock { sessions throws(BlobStoreError) in try sessions.claim(id) }
        do {
            let progress = try await perform(on: id) { [layout, calls] in
                try StagedFile(creating: layout.path(of: id), algorithm: algorithm, calls: calls).progress
            }
            release(id, keeping: progress)
        } catch {
            release(id, keeping: remembered)
            throw error
        }
    }

    package func receivedBytes(of id: UploadID) async throws -> Int64 {
        try await perform(on: id) { [layout] in
            guard let status = try FileSystem.status(of: layout.path(of: id)), status.isRegularFile else {
                throw BlobStoreError.uploadUnknown
            }
            return status.size
        }
    }

    package func removeUpload(_ id: UploadID) async throws {
        sessions.withLock { $0.remove(id) }
        try await perform(on: id) { [layout] in
            _ = try FileSystem.remove(layout.path(of: id))
        }
    }

    package func append(
        _ bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, to id: UploadID, at offset: Int64?,
        length: Int64?, isLast: Bool
    ) async throws -> Int64 {
        let staged = try await claimStaged(id)
        let start = staged.progress
        var failure: (any Error)?
        if let offset, offset != start.length {
            failure = BlobStoreError.outOfOrder(expected: start.length)
        } else {
            do {
                try await receive(bytes, into: staged, of: id, length: length)
            } catch {
                failure = error
            }
            if failure != nil || !isLast {
                do {
                    try await makeDurable(staged, of: id, cutTo: Self.isCutOff(after: failure) ? start : nil)
                } catch {
                    failure = error
                }
            }
        }
        let isKept = await performConclusion(of: id, staged)
        if let failure { throw failure }
        guard isKept else { throw BlobStoreError.uploadUnknown }
        return staged.progress.length
    }

    /// Writes a stream to its end, or to its failure: what came before is written all the same.
    private func receive(
        _ bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, into staged: StagedFile, of id: UploadID,
        length: Int64?
    ) async throws {
        let room = maximumBlobSize - staged.progress.length
        var arrived: Int64 = 0
        var writer = BatchWriter(memory: batchMemory) { batch in
            try await self.perform(on: id) {
                guard !self.sessions.withLock({ $0.isRemoved(id) }) else { throw BlobStoreError.uploadUnknown }
                try staged.write(batch)
            }
        }
        var failure: (any Error)?
        do {
            for try await part in bytes {
                arrived += Int64(part.readableBytes)
                if let length, arrived > length {
                    throw BlobStoreError.sizeMismatch(expected: length, found: arrived)
                }
                guard arrived <= room else { throw BlobStoreError.tooLarge(limit: maximumBlobSize) }
                try await writer.add(part)
            }
            // Some sequences just end when their task is cancelled; that is not the end of the chunk.
            try Task.checkCancellation()
            if let length, arrived < length {
                throw BlobStoreError.sizeMismatch(expected: length, found: arrived)
            }
        } catch {
            failure = error
        }
        do {
            try await writer.finish()
        } catch {
            failure = failure ?? error
        }
        if let failure { throw failure }
    }

    /// Whether a chunk that failed in this way leaves nothing behind.
    private static func isCutOff(after failure: (any Error)?) -> Bool {
        switch failure as? BlobStoreError {
        case .sizeMismatch, .tooLarge: true
        default: false
        }
    }

    private func makeDurable(_ staged: StagedFile, of id: UploadID, cutTo start: UploadProgress?) async throws {
        try await perform(on: id) { [layout] in
            if let start { try staged.cut(to: start) }
            guard !staged.isSpoiled else { return }
            try staged.synchronize()
            try staged.synchronizeName(in: layout.uploads)
        }
    }

    /// Makes the caller the only writer of an upload until it calls ``performConclusion(of:_:)``.
    func claimStaged(_ id: UploadID) async throws -> StagedFile {
        let remembered = try sessions.withLock { sessions throws(BlobStoreError) in try sessions.claim(id) }
        return try await perform(on: id) { try self.openClaimed(id, remembered: remembered) }
    }

    /// Opens the file of an upload that the caller has claimed; when that fails, the claim ends. Blocks.
    func openClaimed(_ id: UploadID, remembered: UploadProgress?) throws -> StagedFile {
        do {
            return try StagedFile(opening: layout.path(of: id), remembered: remembered, calls: calls)
        } catch {
            release(id, keeping: error as? BlobStoreError == .uploadUnknown ? nil : remembered)
            throw error
        }
    }

    /// ``conclude(_:_:)`` on the store's threads where it may block.
    @discardableResult
    func performConclusion(of id: UploadID, _ staged: StagedFile) async -> Bool {
        guard staged.isSpoiled else { return release(id, keeping: staged.progress) }
        return (try? await perform(on: id) { self.conclude(id, staged) }) ?? false
    }

    /// Ends a claim: remembers how far the upload came, or drops it when its bytes cannot be trusted.
    ///
    /// - Returns: Whether there is still such an upload.
    @discardableResult
    func conclude(_ id: UploadID, _ staged: StagedFile) -> Bool {
        guard staged.isSpoiled else { return release(id, keeping: staged.progress) }
        // If the file cannot be removed either, nothing remembers its hash, and publishing verifies every byte.
        _ = try? FileSystem.remove(layout.path(of: id))
        release(id, keeping: nil)
        return false
    }

    @discardableResult
    func release(_ id: UploadID, keeping progress: UploadProgress?) -> Bool {
        sessions.withLock { $0.release(id, keeping: progress) }
    }
}
