import BerthOCI
import Foundation
import NIOCore
import Synchronization

extension FileBlobStore {
    package func publish(_ id: UploadID, as digest: Digest) async throws -> Int64 {
        let staged = try await claimStaged(id)
        do {
            let found = try await self.digest(of: staged, digest.algorithm, id)
            guard found == digest else {
                staged.spoil()
                throw BlobStoreError.digestMismatch(expected: digest, found: found)
            }
            try await perform(on: digest) { try self.install(staged, id, as: digest) }
        } catch {
            await performConclusion(of: id, staged)
            throw error
        }
        release(id, keeping: nil)
        return staged.progress.length
    }

    package func finish(
        _ id: UploadID, with bytes: ByteBuffer, at offset: Int64?, as digest: Digest
    ) async throws -> Int64? {
        let remembered = try sessions.withLock { sessions throws(BlobStoreError) in try sessions.claim(id) }
        return try await perform(on: digest) {
            let staged = try self.openClaimed(id, remembered: remembered)
            do {
                try self.append(bytes, to: staged, of: id, at: offset)
                let isNew = try FileSystem.status(of: self.layout.path(of: digest)) == nil
                guard isNew, staged.progress.hash?.digest == digest else {
                    self.release(id, keeping: staged.progress)
                    return nil
                }
                try self.install(staged, id, as: digest)
            } catch {
                self.conclude(id, staged)
                throw error
            }
            self.release(id, keeping: nil)
            return staged.progress.length
        }
    }

    private func append(_ bytes: ByteBuffer, to staged: StagedFile, of id: UploadID, at offset: Int64?) throws {
        let end = staged.progress.length
        if let offset, offset != end { throw BlobStoreError.outOfOrder(expected: end) }
        guard Int64(bytes.readableBytes) <= maximumBlobSize - end else {
            throw BlobStoreError.tooLarge(limit: maximumBlobSize)
        }
        guard !sessions.withLock({ $0.isRemoved(id) }) else { throw BlobStoreError.uploadUnknown }
        try staged.write(bytes)
    }

    /// The digest of the staged bytes: from the running hash if there is one of this algorithm, else from the file.
    private func digest(of staged: StagedFile, _ algorithm: Digest.Algorithm, _ id: UploadID) async throws -> Digest {
        if let hash = staged.progress.hash, hash.algorithm == algorithm { return hash.digest }
        return try await hash(staged.file, algorithm, on: id)
    }

    /// Gives verified bytes their final name: fsync file → rename → fsync directory.
    ///
    /// The mode is set after the rename, so that an upload whose rename fails can still be continued.
    private func install(_ staged: StagedFile, _ id: UploadID, as digest: Digest) throws {
        try staged.synchronize()
        try prepareShard(of: digest)
        do {
            try calls.rename(layout.path(of: id), layout.path(of: digest))
        } catch {
            forgetShard(of: digest)
            if try FileSystem.status(of: layout.path(of: id)) == nil { throw BlobStoreError.uploadUnknown }
            throw error
        }
        do {
            try staged.file.setMode(0o444)
            try calls.synchronize(directory: layout.shard(of: digest))
        } catch {
            // The verified file stays, since it may have replaced one that is in use; the upload is used up.
            staged.spoil()
            throw error
        }
    }
}
