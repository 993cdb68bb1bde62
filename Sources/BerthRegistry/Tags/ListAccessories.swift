import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A manifest that belongs to another one: a signature, an attestation, a list of components or another artifact.
package struct Accessory: Sendable, Equatable {
    /// Never used twice: the id of its tag or, without one, made of its digest.
    package let id: Int64
    package let owner: AccountID
    /// The tag that ties it to its target; `nil` where its subject does.
    package let tag: TagName?
    package let digest: Digest
    package let target: Digest
    /// What it is and who made it, such as `signature.cosign`.
    package let type: String
    /// As the manifest names it; `nil` for one that is tied by its tag.
    package let artifactType: MediaType?
    /// Bytes of config and layers.
    package let size: Int64
    package let createdAt: Date
    package let updatedAt: Date
}

extension Registry {
    /// Lists what belongs to the manifest that a tag names: first what is tied to it by its tag, then what names it as
    /// its subject, in the order of digests. Needs to pull.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`,
    ///   `tagUnknown`.
    package func listAccessories(
        of tag: TagName, in name: RepositoryName, offset: Int, limit: Int, by actor: Administrator
    ) async throws -> CountedPage<Accessory> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            let target = try catalog.requireTag(tag, in: repository).digest
            let names = CosignTag.names(for: target)
            let tagged = try names.compactMap { try catalog.taggedImage($0, in: repository.id) }
            let untagged = try catalog.referrerCount(of: target, in: repository.id, notTagged: names)
            let shown = tagged.dropFirst(offset).prefix(limit)
            let referrers = try catalog.referrers(
                of: target, in: repository.id, notTagged: names, offset: max(0, offset - tagged.count),
                limit: limit - shown.count)
            return CountedPage(
                elements: shown.compactMap { Accessory($0, owner: repository.owner) }
                    + referrers.map { Accessory($0, of: target, owner: repository.owner) },
                total: tagged.count + untagged)
        }
    }

    /// Lists the tags of the manifest that an accessory's tag names, in byte order, strictly after `last`: those that a
    /// signature signs. Needs to pull. A tag that is no accessory's has none.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`,
    ///   `tagUnknown`.
    package func listReferences(
        of tag: TagName, in name: RepositoryName, after last: TagName?, limit: Int, by actor: Administrator
    ) async throws -> Page<TagName> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            _ = try catalog.requireTag(tag, in: repository)
            guard let target = CosignTag(tag)?.target else { return Page([], hasMore: false) }
            let tags = try catalog.tags(
                of: target, in: repository.id, after: last?.description ?? "", limit: limit + 1)
            return Page(tags, limit: limit)
        }
    }
}

extension Accessory {
    /// `nil` for a tag that ties nothing.
    fileprivate init?(_ record: TaggedImageRecord, owner: AccountID) {
        guard let cosign = CosignTag(record.name) else { return nil }
        self.init(
            id: record.id, owner: owner, tag: record.name, digest: record.digest, target: cosign.target,
            type: cosign.kind.accessoryType, artifactType: nil, size: record.imageSize, createdAt: record.createdAt,
            updatedAt: record.updatedAt)
    }

    fileprivate init(_ record: ReferrerRecord, of target: Digest, owner: AccountID) {
        self.init(
            id: record.digest.number, owner: owner, tag: nil, digest: record.digest, target: target,
            type: Self.type(of: record.artifactType), artifactType: record.artifactType, size: record.imageSize,
            createdAt: record.pushedAt, updatedAt: record.pushedAt)
    }

    private static func type(of artifact: MediaType?) -> String {
        switch artifact?.rawValue {
        case "application/vnd.cncf.notary.signature": "signature.notation"
        case "application/vnd.dev.cosign.artifact.sig.v1+json": "signature.cosign"
        case let type? where type.hasPrefix("application/vnd.dev.sigstore.bundle"): "signature.cosign"
        default: "subject.accessory"
        }
    }
}

extension CosignTag.Kind {
    fileprivate var accessoryType: String {
        switch self {
        case .signature: "signature.cosign"
        case .attestation: "attestation.cosign"
        case .components: "sbom.cosign"
        }
    }
}

extension Digest {
    /// The first 52 bits of the hash, which every reader of JSON keeps exactly.
    fileprivate var number: Int64 { Int64(hex.prefix(13), radix: 16) ?? 0 }
}
