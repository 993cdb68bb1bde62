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
            return try authorization.mountable(digest, from: source, in: catalog)?.size
        }
        guard let size, try await blobs.size(of: digest) == size else { return false }
        let quotas = settings.quotas
        return try await collecting {
            try await catalog.write { catalog in
                let standing = try authorization.writing(.push, to: name, in: catalog.read)
                let mountable = try authorization.mountable(digest, from: source, in: catalog.read)
                guard let mountable, mountable.size == size else { return false }
                let repository = try catalog.repositoryID(
                    for: standing, by: authorization.caller, now: authorization.now)
                try catalog.linkBlob(
                    digest, to: repository, of: standing.owner, within: quotas, now: authorization.now)
                // Whoever mounts another's blob has it from then on, as if it had pulled it.
                if mountable.source.owner != standing.owner {
                    try authorization.record(
                        .pull, owner: mountable.source.owner, repository: mountable.source.name, digest: digest,
                        isUnderShare: mountable.source.decision.isUnderShare, detail: "blob, mounted into \(name)",
                        in: catalog)
                }
                return true
            }
        }
    }
}

extension Authorization {
    /// The size of a blob that the caller may pull from `source`, or from anywhere when that is `nil`, and the caller's
    /// standing there.
    fileprivate func mountable(
        _ digest: Digest, from source: RepositoryName?, in catalog: CatalogReader
    ) throws -> (size: Int64, source: Standing)? {
        let source =
            try source
            ?? catalog.pullableRepository(
                holdingBlob: digest, for: principal(in: catalog), region: region, now: decisionTime,
                allowsAnonymousPull: allowsAnonymousPull)
        guard let source, let standing = try standing(on: source, in: catalog),
            standing.decision.rights.contains(.pull), let repository = standing.repository,
            let size = try catalog.blobSize(digest, in: repository.id)
        else { return nil }
        return (size, standing)
    }
}
