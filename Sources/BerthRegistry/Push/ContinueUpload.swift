import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import NIOCore

extension Registry {
    /// The most bytes of a last chunk that is gathered in memory.
    private static let shortChunk: Int64 = 64 * 1024

    /// Tells how much of an upload has arrived.
    ///
    /// OCI distribution-spec 1.1, end-13.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN for who may not even pull, or BLOB_UPLOAD_UNKNOWN.
    package func uploadStatus(_ id: UploadID, in name: RepositoryName, for caller: Caller) async throws -> Upload {
        let authorization = authorization(of: caller)
        try await catalog.read { catalog in
            let found = try authorization.standing(on: name, in: catalog)
            guard let standing = found, standing.decision.rights.contains(.pull) else {
                throw RegistryError.nameUnknown(name, cause: found.flatMap(Hidden.init(seen:)))
            }
            guard standing.decision.rights.contains(.push) else { throw RegistryError.uploadUnknown() }
            try authorization.requireUpload(id, in: name, catalog: catalog)
        }
        return Upload(
            id: id, repository: name,
            received: try await storing(at: Upload.location(of: id, in: name)) {
                try await blobs.receivedBytes(of: id)
            })
    }

    /// Appends bytes to an upload; they are on disk when this returns.
    ///
    /// Bytes that arrived before the client went away stay and count. One request at a time may append.
    ///
    /// OCI distribution-spec 1.1, end-5.
    /// - Parameters:
    ///   - range: The chunk's place, if the client named it; it must begin where the upload ends.
    ///   - length: How many bytes the client says there are.
    ///   - bytes: The body, read as fast as the disk takes it.
    /// - Throws: ``AccessRefusal``, DENIED, also for more than a quota allows, BLOB_UPLOAD_UNKNOWN, BLOB_UPLOAD_INVALID
    ///   with 416 for a chunk out of order, SIZE_INVALID for one whose length is not its range's.
    package func appendToUpload(
        _ id: UploadID, in name: RepositoryName, range: ClosedRange<Int64>?, length: Int64? = nil,
        bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, for caller: Caller
    ) async throws -> Upload {
        try await requireUpload(id, in: name, for: caller)
        try await requireRoom(for: id, adding: length, in: name, for: caller)
        let received = try await append(bytes, to: id, range: range, in: name)
        return Upload(id: id, repository: name, received: received)
    }

    /// Appends what is left of a blob, checks the whole against its digest and makes it part of the repository.
    ///
    /// OCI distribution-spec 1.1, end-6. Content of another digest ends the upload.
    /// - Returns: The size of the blob in bytes.
    /// - Throws: As ``appendToUpload(_:in:range:length:bytes:for:)``, and DIGEST_INVALID.
    package func finishUpload(
        _ id: UploadID, in name: RepositoryName, as digest: Digest, range: ClosedRange<Int64>?, length: Int64? = nil,
        bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, for caller: Caller
    ) async throws -> Int64 {
        let isBeingRemoved = try await requireUpload(id, in: name, as: digest, for: caller)
        try await requireRoom(for: id, adding: length, as: digest, in: name, for: caller)
        return try await complete(
            id, in: name, as: digest, range: range, length: length, isBeingRemoved: isBeingRemoved, bytes: bytes,
            for: caller)
    }

    /// Takes a whole blob in one request.
    ///
    /// OCI distribution-spec 1.1, end-4b. Nothing of it can be continued: a request that breaks off leaves nothing.
    /// - Returns: The size of the blob in bytes.
    /// - Throws: ``AccessRefusal``, DENIED or DIGEST_INVALID.
    package func pushBlob(
        _ digest: Digest, to name: RepositoryName, length: Int64? = nil,
        bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, for caller: Caller
    ) async throws -> Int64 {
        let isBeingRemoved = try await requireRoom(
            for: length ?? 0, of: digest, in: name, authorization: authorization(of: caller))
        let id = UploadID()
        try await storing { try await blobs.beginUpload(id, algorithm: digest.algorithm) }
        do {
            return try await complete(
                id, in: name, as: digest, range: nil, length: length, isBeingRemoved: isBeingRemoved, bytes: bytes,
                for: caller)
        } catch {
            try await blobs.removeUpload(id)
            throw error
        }
    }

    /// Ends an upload and forgets its bytes.
    ///
    /// OCI distribution-spec 1.1, end-14.
    /// - Throws: ``AccessRefusal``, DENIED or BLOB_UPLOAD_UNKNOWN.
    package func cancelUpload(_ id: UploadID, in name: RepositoryName, for caller: Caller) async throws {
        let authorization = authorization(of: caller)
        try await catalog.write { catalog in
            _ = try authorization.writing(.push, to: name, in: catalog.read)
            try authorization.requireUpload(id, in: name, catalog: catalog.read)
            _ = try catalog.removeUpload(id.description)
        }
        try await blobs.removeUpload(id)
    }

    /// Lets an upload go on.
    ///
    /// - Parameter digest: What it is to become, when that is known.
    /// - Returns: Whether a collection has begun to remove the blob of that digest.
    @discardableResult
    private func requireUpload(
        _ id: UploadID, in name: RepositoryName, as digest: Digest? = nil, for caller: Caller
    ) async throws -> Bool {
        let authorization = authorization(of: caller)
        return try await catalog.read { catalog in
            _ = try authorization.writing(.push, to: name, in: catalog)
            try authorization.requireUpload(id, in: name, catalog: catalog)
            return try digest.map { try catalog.isBeingRemoved($0) } ?? false
        }
    }

    private func append(
        _ bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, to id: UploadID, range: ClosedRange<Int64>?,
        in name: RepositoryName, isLast: Bool = false
    ) async throws -> Int64 {
        try await storing(at: Upload.location(of: id, in: name)) {
            try await blobs.append(
                bytes, to: id, at: range?.lowerBound, length: range.map { $0.upperBound - $0.lowerBound + 1 },
                isLast: isLast)
        }
    }

    /// Takes the last chunk of an upload and publishes it; a short one in one piece, if its blob is new.
    ///
    /// - Parameter isBeingRemoved: Whether a collection has begun to remove the blob.
    private func complete(
        _ id: UploadID, in name: RepositoryName, as digest: Digest, range: ClosedRange<Int64>?, length: Int64?,
        isBeingRemoved: Bool, bytes: some AsyncSequence<ByteBuffer, any Error> & Sendable, for caller: Caller
    ) async throws -> Int64 {
        guard let length, length <= Self.shortChunk, !isBeingRemoved else {
            _ = try await append(bytes, to: id, range: range, in: name, isLast: true)
            return try await publish(id, as: digest, in: name, for: caller)
        }
        let gathered = await GatheredBytes(bytes, announced: length)
        // What came of a chunk that broke off is kept, and the error is that of the chunk.
        guard gathered.isComplete else { return try await append(gathered, to: id, range: range, in: name) }
        let size = try await storing(at: Upload.location(of: id, in: name)) {
            try await blobs.finish(id, with: gathered.bytes, at: range?.lowerBound, as: digest)
        }
        guard let size else { return try await publish(id, as: digest, in: name, for: caller) }
        try await link(digest, size: size, to: name, from: id, for: caller)
        return size
    }

    /// Publishes a staged upload, then makes it part of the repository and forgets the upload in one transaction.
    ///
    /// The order is that of durability: the file is complete, under its name and on disk before a row speaks of it. A
    /// file that is there already may be one that garbage collection is about to remove, so its lease comes first; for
    /// a digest that has no file nothing can be under way.
    private func publish(
        _ id: UploadID, as digest: Digest, in name: RepositoryName, for caller: Caller
    ) async throws -> Int64 {
        try await requireRoom(for: id, as: digest, in: name, for: caller)
        try await finishInterruptedRemoval(of: digest)
        let known = try await blobs.size(of: digest)
        if let known {
            let now = now()
            try await collecting { try await catalog.write { try $0.reserveBlob(digest, size: known, now: now) } }
        }
        let size: Int64
        do {
            size = try await storing { try await blobs.publish(id, as: digest) }
        } catch let error as RegistryError where error.code == .digestInvalid {
            try await catalog.write { _ = try $0.removeUpload(id.description) }
            throw error
        }
        try await link(digest, size: size, to: name, from: id, mustBeReserved: known != nil, for: caller)
        return size
    }

    /// Makes a published blob part of the repository and forgets its upload.
    ///
    /// - Parameter mustBeReserved: Whether there was a file of the digest before, which may be gone if its lease is.
    private func link(
        _ digest: Digest, size: Int64, to name: RepositoryName, from id: UploadID, mustBeReserved: Bool = false,
        for caller: Caller
    ) async throws {
        let authorization = authorization(of: caller)
        let quotas = settings.quotas
        try await collecting {
            try await catalog.write { catalog in
                let standing = try authorization.writing(.push, to: name, in: catalog.read)
                let repository = try catalog.repositoryID(
                    for: standing, by: authorization.caller, now: authorization.now)
                let isStillReserved = try catalog.addBlob(digest, size: size, now: authorization.now)
                guard !mustBeReserved || isStillReserved else { throw CatalogError.conflict(.blob) }
                try catalog.linkBlob(
                    digest, to: repository, of: standing.owner, within: quotas, now: authorization.now)
                _ = try catalog.removeUpload(id.description)
            }
        }
    }
}

extension Authorization {
    /// Checks that the upload is of this repository and of this caller; any other upload does not exist.
    func requireUpload(_ id: UploadID, in name: RepositoryName, catalog: CatalogReader) throws {
        guard let upload = try catalog.upload(id.description), upload.creator == (try creator()),
            let repository = try catalog.repository(named: name), repository.id == upload.repository
        else { throw RegistryError.uploadUnknown() }
    }
}
