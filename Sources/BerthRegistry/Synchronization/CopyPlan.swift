import BerthCatalog
import BerthOCI

/// What is copied when an image is: in `manifests`, each stands after what it needs, and after its subject.
struct CopyPlan: Sendable {
    /// A tag that belongs to another manifest, such as that of its signature.
    struct Companion: Sendable {
        let tag: TagName
        let digest: Digest
    }

    /// The most manifests that are copied with one image.
    static let limit = 10_000

    let digest: Digest
    private(set) var manifests: [Digest] = []
    private(set) var companions: [Companion] = []
    private var seen: Set<Digest> = []

    /// Finds the manifest, its children, and all that refers to any of them: by its subject, or by a tag as cosign sets
    /// them.
    ///
    /// Children that the repository has not, which only a registry with sparse manifests has, are passed over.
    ///
    /// - Throws: ``CopyRefusal`` for more than ``limit`` manifests.
    init(of digest: Digest, in repository: RepositoryID, from catalog: CatalogReader) throws {
        self.digest = digest
        var position = 0
        try add(digest, in: repository, from: catalog)
        // What refers to a manifest comes when all that is before it is complete, since it may itself list any of that.
        while position < manifests.count {
            let subject = manifests[position]
            position += 1
            for referrer in try catalog.referrerDigests(of: subject, in: repository, limit: Self.limit) {
                try add(referrer, in: repository, from: catalog)
            }
            for companion in try Self.companions(of: subject, in: repository, from: catalog) {
                companions.append(companion)
                try add(companion.digest, in: repository, from: catalog)
            }
        }
    }

    /// Adds a manifest after its children.
    private mutating func add(
        _ digest: Digest, in repository: RepositoryID, from catalog: CatalogReader
    ) throws {
        var stack: [(digest: Digest, isComplete: Bool)] = [(digest, false)]
        while let (digest, isComplete) = stack.popLast() {
            if isComplete {
                manifests.append(digest)
                continue
            }
            guard !seen.contains(digest), let record = try catalog.manifest(.digest(digest), in: repository) else {
                continue
            }
            seen.insert(digest)
            guard seen.count <= Self.limit else {
                throw CopyRefusal(
                    status: .failed, reason: "more than \(Self.limit) manifests belong to the image")
            }
            stack.append((digest, true))
            let children = try Manifest(parsing: record.bytes, contentType: record.mediaType).children
            stack += children.reversed().map { ($0.digest, false) }
        }
    }

    private static func companions(
        of subject: Digest, in repository: RepositoryID, from catalog: CatalogReader
    ) throws -> [Companion] {
        try CosignTag.names(for: subject).compactMap { tag in
            try catalog.manifest(.tag(tag), in: repository).map { Companion(tag: tag, digest: $0.digest) }
        }
    }
}
