import BerthOCI
import Foundation
import NIOCore

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
            await conclude(id, staged)
            throw error
        }
        release(id, keeping: nil)
        return staged.progress.length
    }

    package func store(_ bytes: ByteBuffer, as digest: Digest) async throws -> Int64 {
        guard bytes.readableBytes <= maximumBlobSize else { throw BlobStoreError.tooLarge(limit: maximumBlobSize) }
        let id = UploadID()
        return try await perform(on: digest) { [layout, calls] in
            let staged = try StagedFile(creating: layout.path(of: id), algorithm: digest.algorithm, calls: calls)
            do {
                try staged.write(bytes)
                guard let found = staged.progress.hash?.digest, found == digest else {
                    throw BlobStoreError.digestMismatch(
                        expected: digest, found: staged.progress.hash?.digest ?? digest)
                }
                try self.install(staged, id, as: digest)
            } catch {
                _ = try? FileSystem.remove(layout.path(of: id))
                throw error
            }
            return staged.progress.length
        }
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
