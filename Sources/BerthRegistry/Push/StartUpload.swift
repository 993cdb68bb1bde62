import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

extension Registry {
    /// Starts an upload that can be continued by its creator alone, in any number of chunks, also after a restart.
    ///
    /// The first upload into an organization's new name makes the repository's row; the repository is in no list
    /// before its first manifest.
    ///
    /// OCI distribution-spec 1.1, end-4a and end-4c.
    /// - Parameter algorithm: What the blob's digest will be made with, if the client said so; it is only a hint.
    /// - Throws: ``AccessRefusal``, DENIED, or TOOMANYREQUESTS for a user who has too many unfinished ones.
    package func startUpload(
        in name: RepositoryName, algorithm: Digest.Algorithm?, for caller: Caller
    ) async throws -> Upload {
        let authorization = authorization(of: caller)
        let id = UploadID()
        let algorithm = algorithm ?? .sha256
        let maximum = settings.maximumUploads
        let quotas = settings.quotas
        try await catalog.write { catalog in
            let standing = try authorization.writing(.push, to: name, in: catalog.read)
            try catalog.read.requireRoom(for: 0, under: standing, within: quotas)
            let creator = try authorization.creator()
            guard try catalog.read.uploadCount(of: creator) < maximum else {
                throw RegistryError(
                    .tooManyRequests,
                    "this user has \(maximum) unfinished uploads: finish or cancel some, or wait until they expire",
                    headers: ["Retry-After": "60"])
            }
            let repository = try catalog.repositoryID(for: standing, by: authorization.caller, now: authorization.now)
            try catalog.insertUpload(
                UploadRecord(
                    id: id.description, repository: repository, creator: creator, algorithm: algorithm,
                    startedAt: authorization.now))
        }
        do {
            try await storing { try await blobs.beginUpload(id, algorithm: algorithm) }
        } catch {
            _ = try await catalog.write { try $0.removeUpload(id.description) }
            throw error
        }
        return Upload(id: id, repository: name, received: 0)
    }
}

extension Authorization {
    /// The user who starts an upload; an anonymous caller never gets this far, since it may never push.
    func creator() throws -> UserID {
        guard case .user(let id, _, _) = caller.subject else {
            throw AccessRefusal.unauthenticated("pushing needs a user")
        }
        return id
    }
}

extension CatalogWriter {
    /// The repository's id, after making its row if this is the first push to it.
    func repositoryID(for standing: Standing, by caller: Caller, now: Date) throws -> RepositoryID {
        if let repository = standing.repository { return repository.id }
        return try insertRepository(
            named: standing.name, organization: standing.organization, by: caller.creator, now: now)
    }
}
