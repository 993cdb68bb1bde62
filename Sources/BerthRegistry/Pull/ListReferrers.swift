import BerthCatalog
import BerthOCI

extension Registry {
    /// The most bytes of annotations on a page; every page has room for one referrer, which brings less than 4 MiB.
    private static let maximumPageBytes = 4 * 1024 * 1024
    /// How many referrers are read at once; together they bring at most 16 MiB.
    private static let batchSize = 4

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
            while found.count <= limit {
                let wanted = min(Self.batchSize, limit + 1 - found.count)
                let batch = try catalog.referrers(
                    of: subject, in: repository.id, artifactType: artifactType, after: found.last?.digest ?? last,
                    limit: wanted)
                for referrer in batch {
                    found.append(referrer)
                    bytes += referrer.annotationBytes
                    if bytes > Self.maximumPageBytes, found.count > 1 {
                        return Page(found, limit: min(limit, found.count - 1))
                    }
                }
                guard batch.count == wanted else { break }
            }
            return Page(found, limit: limit)
        }
    }
}

extension Descriptor {
    fileprivate var annotationBytes: Int {
        (annotations ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}
