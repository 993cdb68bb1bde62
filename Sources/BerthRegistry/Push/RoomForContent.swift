import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation

/// Refusing content that a quota has no room for before it is received. What counts in the end is decided when the
/// manifest is pushed or, for a blob that a manifest has been waiting for, when that comes.
extension Registry {
    /// Lets a push pass that a quota has room for.
    ///
    /// A blob that is in the repository already always passes.
    ///
    /// - Parameters:
    ///   - bytes: How much is to be sent, as far as that is known.
    ///   - digest: The blob, if it is known; without it only what exceeds the whole quota is refused.
    /// - Returns: Whether a collection has begun to remove the blob.
    /// - Throws: ``AccessRefusal`` or DENIED.
    @discardableResult
    func requireRoom(
        for bytes: Int64, of digest: Digest? = nil, in name: RepositoryName, authorization: Authorization
    ) async throws -> Bool {
        let quotas = settings.quotas
        return try await catalog.read { catalog in
            let standing = try authorization.writing(.push, to: name, in: catalog)
            try catalog.requireRoom(for: bytes, of: digest, under: standing, within: quotas)
            return try digest.map { try catalog.isBeingRemoved($0) } ?? false
        }
    }

    /// Lets more of an upload pass that a quota has room for. One that is to be finished and has no room is forgotten.
    ///
    /// - Throws: ``AccessRefusal``, DENIED or BLOB_UPLOAD_UNKNOWN.
    func requireRoom(
        for id: UploadID, adding length: Int64? = nil, as digest: Digest? = nil, in name: RepositoryName,
        for caller: Caller
    ) async throws {
        guard settings.quotas.storage != nil else { return }
        let received = try await storing { try await blobs.receivedBytes(of: id) }
        let (sum, overflows) = received.addingReportingOverflow(max(length ?? 0, 0))
        do {
            try await requireRoom(
                for: overflows ? .max : sum, of: digest, in: name, authorization: authorization(of: caller))
        } catch let error as RegistryError where error.code == .denied && digest != nil {
            _ = try await catalog.write { try $0.removeUpload(id.description) }
            try await blobs.removeUpload(id)
            throw error
        }
    }
}

extension CatalogReader {
    /// Lets a push pass that a quota has room for; ``Registry/requireRoom(for:of:in:authorization:)`` says when.
    ///
    /// - Throws: DENIED.
    func requireRoom(
        for bytes: Int64, of digest: Digest? = nil, under standing: Standing, within quotas: Quotas
    ) throws {
        let account = standing.owner
        try denyingOverQuota {
            if standing.repository?.isPublished != true {
                try requireRoom(for: 1, of: .repositories, in: quotas, account: account)
            }
            guard let limit = quotas.storage else { return }
            if let digest, let repository = standing.repository,
                try blobSize(digest, in: repository.id) != nil
            {
                return
            }
            guard digest != nil || bytes > limit else { return }
            try requireRoom(for: bytes, of: .storage, in: quotas, account: account)
        }
    }
}

extension CatalogWriter {
    /// Makes a blob part of a repository, which takes room when a manifest there refers to it already.
    ///
    /// - Throws: DENIED when a quota leaves less; nothing must be committed then.
    func linkBlob(
        _ digest: Digest, to repository: RepositoryID, of owner: AccountID, within quotas: Quotas, now: Date
    ) throws {
        guard quotas.storage != nil else { return try linkBlob(digest, to: repository, now: now) }
        let before = try read.quotaUse(of: owner)
        try linkBlob(digest, to: repository, now: now)
        try denyingOverQuota { try read.requireQuotas(quotas, since: before) }
    }
}
