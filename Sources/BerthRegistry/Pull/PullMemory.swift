import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import NIOCore

/// What was answered a moment ago and what was decided on, so that the same question needs neither the catalog nor the
/// blobs.
///
/// An entry is good for one caller, one repository and one version of the catalog. The decision itself is made anew for
/// every answer, with the clock as it is then. Memory is bounded: by the capacity, and by who remembers, which keeps
/// nothing of more than ``PulledContent/maximumSize`` bytes.
final class PullMemory<Item: Hashable & Sendable, Content: Sendable>: Sendable {
    /// A question as somebody asks it.
    private struct Question: Hashable, Sendable {
        let subject: TokenSubject
        let repository: RepositoryName
        let item: Item
    }

    struct Entry: Sendable {
        /// The version of the catalog that all of this is of, or an earlier one.
        let version: Int64
        let basis: DecisionBasis
        let content: Content
    }

    private let entries: BoundedCache<Question, Entry>

    init(capacity: Int) { entries = BoundedCache(capacity: capacity) }

    func entry(for item: Item, of repository: RepositoryName, subject: TokenSubject, version: Int64) -> Entry? {
        entries.value(for: Question(subject: subject, repository: repository, item: item))
            .flatMap { $0.version == version ? $0 : nil }
    }

    func insert(_ entry: Entry, for item: Item, of repository: RepositoryName, subject: TokenSubject) {
        entries.insert(entry, for: Question(subject: subject, repository: repository, item: item))
    }
}

/// A manifest or a blob as it is pulled.
enum PulledItem: Hashable, Sendable {
    case manifest(ManifestReference)
    case blob(Digest)
}

/// Small content, whole and in memory.
package struct PulledContent: Sendable {
    /// The largest manifest or blob that is kept, in bytes: configurations and manifests are smaller, layers are not.
    static let maximumSize = BlobContent.maximumInMemory

    package let digest: Digest
    /// `nil` for a blob.
    package let mediaType: MediaType?
    package let bytes: ByteBuffer
    /// Whether a pull of it counts as one of the repository.
    let counts: Bool
}

/// Where a page of tags begins and how many it has at most.
struct TagPage: Hashable, Sendable {
    let last: String?
    let limit: Int
}

extension Registry {
    /// Pulls a manifest at once if the same caller has pulled or looked at it and nothing has changed since.
    ///
    /// - Parameter isHead: Whether it is only looked at.
    /// - Returns: `nil` when it has to be asked for, or when it would be refused.
    package func recallManifest(
        _ reference: ManifestReference, from name: RepositoryName, for caller: Caller, isHead: Bool
    ) -> PulledContent? {
        guard let (content, standing) = recall(.manifest(reference), of: name, from: pulls, for: caller) else {
            return nil
        }
        guard !isHead else { return content }
        notePull(by: caller, under: standing, tag: reference.tag, digest: content.digest)
        if content.counts, let repository = standing.repository {
            traffic.countPull(of: content.digest, from: repository.id, at: now())
        }
        return content
    }

    /// Pulls a small blob at once if the same caller has pulled it and nothing has changed since.
    ///
    /// - Returns: `nil` when it has to be asked for, or when it would be refused.
    package func recallBlob(_ digest: Digest, from name: RepositoryName, for caller: Caller) -> PulledContent? {
        guard let (content, standing) = recall(.blob(digest), of: name, from: pulls, for: caller) else { return nil }
        notePull(by: caller, under: standing, digest: digest, detail: AuditEvent.blobDetail)
        traffic.countBytes(Int64(content.bytes.readableBytes), of: standing.owner, at: now())
        return content
    }

    /// Lists tags at once, as ``listTags(of:after:limit:for:)``, if the same caller has asked for the same page and
    /// nothing has changed since.
    ///
    /// - Returns: `nil` when it has to be asked for, or when it would be refused.
    package func recallTags(
        of name: RepositoryName, after last: String?, limit: Int, for caller: Caller
    ) -> Page<TagName>? {
        recall(TagPage(last: last, limit: limit), of: name, from: tagPages, for: caller)?.content
    }

    private func recall<Item, Content>(
        _ item: Item, of name: RepositoryName, from memory: PullMemory<Item, Content>, for caller: Caller
    ) -> (content: Content, standing: Standing)? {
        guard let version = try? catalog.version(),
            let entry = memory.entry(for: item, of: name, subject: caller.subject, version: version)
        else { return nil }
        let standing = authorization(of: caller).standing(on: name, basis: entry.basis)
        guard standing.decision.rights.contains(.pull), caller.names(.pull, on: name) else { return nil }
        return (entry.content, standing)
    }

    /// Remembers what was read from the catalog while it had at least this version.
    func remember<Item, Content>(
        _ content: Content, as item: Item, of name: RepositoryName, in memory: PullMemory<Item, Content>,
        for caller: Caller, under standing: Standing, version: Int64?
    ) {
        guard let version else { return }
        memory.insert(
            .init(version: version, basis: standing.basis, content: content), for: item, of: name,
            subject: caller.subject)
    }
}
