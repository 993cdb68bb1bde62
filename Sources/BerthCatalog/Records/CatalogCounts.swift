/// How much there is in all.
package struct CatalogCounts: Sendable, Hashable {
    package let accounts: Int
    package let users: Int
    package let organizations: Int
    /// Published ones.
    package let repositories: Int
    package let manifests: Int
    package let tags: Int
    package let shares: Int
    package let uploads: Int
    package let blobs: Int
    /// Bytes of all known blobs, each once.
    package let blobBytes: Int64

    package init(
        accounts: Int, users: Int, organizations: Int, repositories: Int, manifests: Int, tags: Int, shares: Int,
        uploads: Int, blobs: Int, blobBytes: Int64
    ) {
        self.accounts = accounts
        self.users = users
        self.organizations = organizations
        self.repositories = repositories
        self.manifests = manifests
        self.tags = tags
        self.shares = shares
        self.uploads = uploads
        self.blobs = blobs
        self.blobBytes = blobBytes
    }
}
