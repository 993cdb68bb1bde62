import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import NIOCore

/// What was pulled a moment ago and what was decided on, so that the same pull needs neither the catalog nor the blobs.
///
/// An entry is good for one caller, one repository and one version of the catalog. The decision itself is made anew at
/// every pull, with the clock as it is then. Memory is bounded: at most ``capacity`` entries of ``maximumSize`` bytes.
final class PullMemory: Sendable {
    static let capacity = 1024
    /// The largest manifest or blob that is kept, in bytes: configurations and manifests are smaller, layers are not.
    static let maximumSize = BlobContent.maximumInMemory

    /// A pull as somebody asks for it.
    struct Request: Hashable, Sendable {
        let subject: TokenSubject
        let repository: RepositoryName
        let item: Item
    }

    enum Item: Hashable, Sendable {
        case manifest(ManifestReference)
        case blob(Digest)
    }

    struct Entry: Sendable {
        /// The version of the catalog that all of this is of, or an earlier one.
        let version: Int64
        let basis: DecisionBasis
        let content: PulledContent
        /// Whether a pull of it counts as one of the repository.
        let counts: Bool
    }

    private let entries = BoundedCache<Request, Entry>(capacity: PullMemory.capacity)

    func entry(for request: Request, version: Int64) -> Entry? {
        entries.value(for: request).flatMap { $0.version == version ? $0 : nil }
    }

    func insert(_ entry: Entry, for request: Request) { entries.insert(entry, for: request) }
}

/// Small content, whole and in memory.
package struct PulledContent: Sendable {
    package let digest: Digest
    /// `nil` for a blob.
    package let mediaType: MediaType?
    package let bytes: ByteBuffer
}

extension Registry {
    /// Pulls a manifest at once if the same caller has pulled or looked at it and nothing has changed since.
    ///
    /// - Parameter isHead: Whether it is only looked at.
    /// - Returns: `nil` when it has to be asked for, or when it would be refused.
    package func recallManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller, isHead: Bool
    ) -> PulledContent? {
        guard let (entry, standing) = recall(.manifest(reference), from: name, for: caller) else { return nil }
        guard !isHead else { return entry.content }
        notePull(by: caller, under: standing, tag: reference.tag, digest: entry.content.digest)
        if entry.counts, let repository = standing.repository { traffic.countPull(from: repository.id) }
        return entry.content
    }

    /// Pulls a small blob at once if the same caller has pulled it and nothing has changed since.
    ///
    /// - Returns: `nil` when it has to be asked for, or when it would be refused.
    package func recallBlob(_ digest: Digest, from name: RepositoryName, for caller: Caller) -> PulledContent? {
        guard let (entry, standing) = recall(.blob(digest), from: name, for: caller) else { return nil }
        notePull(by: caller, under: standing, digest: digest, detail: "blob")
        traffic.countBytes(Int64(entry.content.bytes.readableBytes), of: standing.owner, at: now())
        return entry.content
    }

    private func recall(
        _ item: PullMemory.Item, from name: RepositoryName, for caller: Caller
    ) -> (PullMemory.Entry, Standing)? {
        let request = PullMemory.Request(subject: caller.subject, repository: name, item: item)
        guard let version = try? catalog.version(), let entry = pulls.entry(for: request, version: version) else {
            return nil
        }
        let standing = authorization(of: caller).standing(on: name, basis: entry.basis)
        guard standing.decision.rights.contains(.pull), caller.names(.pull, on: name) else { return nil }
        return (entry, standing)
    }

    /// Remembers what was read from the catalog while it had at least this version: at most
    /// ``PullMemory/maximumSize`` bytes.
    func remember(
        _ content: PulledContent, as item: PullMemory.Item, from name: RepositoryName, for caller: Caller,
        under standing: Standing, version: Int64?, counts: Bool
    ) {
        guard let version else { return }
        pulls.insert(
            PullMemory.Entry(version: version, basis: standing.basis, content: content, counts: counts),
            for: PullMemory.Request(subject: caller.subject, repository: name, item: item))
    }
}
