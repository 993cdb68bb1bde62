import BerthCatalog
import BerthOCI

extension Registry {
    /// Lists the manifests of a repository whose subject is `subject`, in the order of their digests.
    ///
    /// The subject need not exist. A repository that is yet to be made has none, for who may pull in its organization.
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
            let found = try catalog.referrers(
                of: subject, in: repository.id, artifactType: artifactType, after: last, limit: limit + 1)
            return Page(found, limit: limit)
        }
    }
}
