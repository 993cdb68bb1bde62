import BerthCatalog
import BerthOCI

extension Registry {
    /// How many bytes of annotations a page may gather before it ends; one referrer may bring 4 MiB alone.
    private static let maximumPageBytes = 4 * 1024 * 1024
    private static let batchSize = 20

    /// Lists the manifests of a repository whose subject is `subject`, in the order of their digests.
    ///
    /// The subject need not exist. A repository that is yet to be made has none, for who may pull in its organization.
    /// A page may be shorter than `limit` where annotations are large.
    ///
    /// OCI distribution-spec 1.1, end-12.
    /// - Throws: ``AccessRefusal`` or NAME_UNKNOWN.
    package func listReferrers(
        of subject: Digest, in name: RepositoryName, artifactType: String?, after last: Digest?, limit: Int,
        for caller: Caller
    ) async throws -> Page<Descriptor> {
        let authorization = authorization(of: caller)
        return try await catalog.read { catalog in
            guard let repository = try authorization.pullStanding(on: name, in: catalog).repository else {
                return Page([], limit: limit)
            }
            var found: [Descriptor] = []
            var bytes = 0
            while found.count <= limit, bytes <= Self.maximumPageBytes {
                let wanted = min(Self.batchSize, limit + 1 - found.count)
                let batch = try catalog.referrers(
                    of: subject, in: repository.id, artifactType: artifactType, after: found.last?.digest ?? last,
                    limit: wanted)
                found += batch
                bytes += batch.reduce(0) { $0 + $1.annotationBytes }
                guard batch.count == wanted else { return Page(found, limit: limit) }
            }
            return Page(found, limit: min(limit, found.count - 1))
        }
    }
}

extension Descriptor {
    fileprivate var annotationBytes: Int {
        (annotations ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}
