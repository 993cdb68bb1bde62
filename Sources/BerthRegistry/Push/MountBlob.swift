import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI

extension Registry {
    /// Makes a blob that the caller may pull elsewhere part of a repository, without sending it again.
    ///
    /// The caller's live rights on the source count, whatever its token names. Without them, and for a blob that is
    /// nowhere, the answer is the same `false`: start an upload instead.
    ///
    /// OCI distribution-spec 1.1, end-11.
    /// - Parameter source: The repository to mount from; `nil` looks through all that the caller may pull.
    /// - Returns: Whether the blob is in the repository now.
    /// - Throws: ``AccessRefusal`` or DENIED, also for more bytes than a quota leaves.
    package func mountBlob(
        _ digest: Digest, from source: RepositoryName?, to name: RepositoryName, for caller: Caller
    ) async throws -> Bool {
        let authorization = authorization(of: caller)
        let size = try await catalog.read { catalog -> Int64? in
            _ = try authorization.writing(.push, to: name, in: catalog)
            return try authorization.mountableSize(of: digest, from: source, in: catalog)
        }
        guard let size, try await blobs.size(of: digest) == size else { return false }
        let quotas = settings.quotas
        return try await collecting {
            try await catalog.write { catalog in
                let standing = try authorization.writing(.push, to: name, in: catalog.read)
                guard try authorization.mountableSize(of: digest, from: source, in: catalog.read) == size else {
                    return false
                }
                let repository = try catalog.repositoryID(
                    for: standing, by: authorization.caller, now: authorization.now)
                try catalog.linkBlob(
                    digest, to: repository, of: standing.owner, within: quotas, now: authorization.now)
                return true
            }
        }
    }
}

extension Authorization {
    /// The size of a blob that the caller may pull from `source`, or from anywhere when that is `nil`.
    fileprivate func mountableSize(
        of digest: Digest, from source: RepositoryName?, in catalog: CatalogReader
    ) throws -> Int64? {
        let source =
            try source
            ?? catalog.pullableRepository(
                holdingBlob: digest, for: principal(in: catalog), region: region, now: decisionTime,
                allowsAnonymousPull: allowsAnonymousPull)
        guard let source, let standing = try standing(on: source, in: catalog),
            standing.decision.rights.contains(.pull), let repository = standing.repository
        else { return nil }
        return try catalog.blobSize(digest, in: repository.id)
    }
}
