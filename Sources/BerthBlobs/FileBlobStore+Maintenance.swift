import BerthOCI
import Foundation

extension FileBlobStore {
    package func remove(_ digest: Digest) async throws -> Int64? {
        try await perform(on: digest) { [layout] in
            let path = layout.path(of: digest)
            guard let status = try FileSystem.status(of: path), try FileSystem.remove(path) else { return nil }
            return status.size
        }
    }

    package func allBlobs() -> AsyncThrowingStream<(Digest, Int64), any Error> {
        let listing = BlobListing(store: self)
        return AsyncThrowingStream { try await listing.next() }
    }

    package func allUploads() async throws -> [(UploadID, lastWritten: Date)] {
        try await perform(on: "uploads") { [layout] in
            try FileSystem.names(in: layout.uploads).compactMap { name in
                guard let id = try? UploadID(parsing: name),
                    let status = try FileSystem.status(of: layout.path(of: id)), status.isRegularFile
                else { return nil }
                return (id, lastWritten: status.lastWritten)
            }
        }
    }

    package func check(
        _ digest: Digest, progress: @Sendable (Int64) async throws -> Void
    ) async throws -> BlobCheck {
        let opened = try await perform(on: digest) { [layout] () -> (OpenFile, FileSystem.Identity)? in
            let path = layout.path(of: digest)
            guard let identity = try FileSystem.status(of: path)?.identity,
                let file = try OpenFile.open(path, O_RDONLY)
            else { return nil }
            return (file, identity)
        }
        guard let (file, identity) = opened else { return .missing }
        let found = try await hash(file, digest.algorithm, on: digest, progress: progress)
        return found == digest ? .intact : .damaged(DamagedBlob(digest: digest, file: identity))
    }

    package func isWritable() async throws -> Bool {
        try await perform(on: "uploads") { [layout] in access(layout.uploads, W_OK) == 0 }
    }

    package func setAside(_ damaged: DamagedBlob) async throws -> Bool {
        try await perform(on: damaged.digest) { [layout, calls] in
            let path = layout.path(of: damaged.digest)
            guard try FileSystem.status(of: path)?.identity == damaged.file else { return false }
            try FileSystem.makeDirectory(layout.damaged)
            try calls.rename(path, layout.damagedPath(of: damaged.digest))
            return true
        }
    }

    package func copy(_ digest: Digest, to directory: String) async throws {
        try await perform(on: digest) { [layout, calls] in
            let source = layout.path(of: digest)
            guard let size = try FileSystem.status(of: source)?.size else {
                throw BlobStoreError.blobUnknown(digest)
            }
            let copy = StorageLayout(root: directory)
            try copy.makeDirectories()
            try FileSystem.makeDirectory(copy.shard(of: digest))
            let target = copy.path(of: digest)
            if try FileSystem.status(of: target)?.size == size { return }
            try FileSystem.remove(target)
            do {
                try SystemFailure.check("link") { link(source, target) }
            } catch let error as SystemFailure {
                if error.code == ENOENT { throw BlobStoreError.blobUnknown(digest) }
                try Self.copyBytes(from: source, to: target, calls)
            }
        }
    }

    /// For a target on another file system, or on one without hard links.
    private static func copyBytes(from source: String, to target: String, _ calls: FileSystemCalls) throws {
        guard let input = try OpenFile.open(source, O_RDONLY) else {
            throw SystemFailure(call: "open", code: ENOENT)
        }
        let partial = target + ".part"
        let output = try OpenFile.create(partial, O_TRUNC)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        do {
            while case let count = try input.read(into: buffer, at: offset), count > 0 {
                var rest = UnsafeRawBufferPointer(buffer)[..<count]
                while !rest.isEmpty {
                    let written = try calls.write(output.descriptor, UnsafeRawBufferPointer(rebasing: rest), offset)
                    guard written > 0 else { throw SystemFailure(call: "write", code: EIO) }
                    offset += Int64(written)
                    rest = rest.dropFirst(written)
                }
            }
            try output.setMode(0o444)
            try calls.synchronize(output.descriptor)
            try calls.rename(partial, target)
        } catch {
            _ = try? FileSystem.remove(partial)
            throw error
        }
    }
}
