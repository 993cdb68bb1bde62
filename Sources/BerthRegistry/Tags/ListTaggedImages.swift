import BerthAccess
import BerthCatalog
import BerthOCI

extension Registry {
    /// Lists tags of a repository with what they name, beginning at an offset. Needs to pull from it.
    ///
    /// Manifests come with them up to ``TaggedImageReader/maximumManifestBytes`` in all; later ones are left out.
    ///
    /// - Parameter limit: `nil` for all that follow.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `organizationUnknown` or `repositoryUnknown`.
    package func listTaggedImages(
        of name: RepositoryName, _ selection: TagSelection, offset: Int, limit: Int?, by actor: Administrator
    ) async throws -> CountedPage<TaggedImage> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            let records = try catalog.taggedImages(
                in: repository.id, selection, offset: offset, limit: limit ?? .max)
            var reader = TaggedImageReader(of: repository, includesManifests: true, in: catalog)
            let total = try catalog.tagCount(of: selection, in: repository)
            return CountedPage(elements: try records.map { try reader.image($0) }, total: total)
        }
    }

    /// Lists tags of a repository with what they name, strictly after a place of the list. Needs to pull from it.
    ///
    /// A page ends before its `limit` where manifests are large: it holds at most
    /// ``TaggedImageReader/maximumManifestBytes`` of them.
    ///
    /// - Parameter limit: 1 or more.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `organizationUnknown` or `repositoryUnknown`.
    package func listTaggedImages(
        of name: RepositoryName, _ selection: TagSelection, after: TagPosition?, limit: Int,
        includingManifests: Bool, by actor: Administrator
    ) async throws -> Page<TaggedImage> {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            let records = try catalog.taggedImages(in: repository.id, selection, after: after, limit: limit + 1)
            var reader = TaggedImageReader(of: repository, includesManifests: includingManifests, in: catalog)
            var images: [TaggedImage] = []
            for record in records.prefix(limit) {
                guard reader.hasRoom(for: record) else { break }
                images.append(try reader.image(record))
            }
            return Page(images, hasMore: records.count > images.count)
        }
    }

    /// Shows a tag with its manifest to who may pull it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`,
    ///   `tagUnknown`.
    package func showTaggedImage(
        _ tag: TagName, in name: RepositoryName, by actor: Administrator
    ) async throws -> TaggedImage {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let repository = try authority.repository(name, needing: .pull, to: "see its tags", in: catalog)
            var reader = TaggedImageReader(of: repository, includesManifests: true, in: catalog)
            return try reader.image(try catalog.requireTag(tag, in: repository))
        }
    }
}

extension CatalogReader {
    /// How many tags of a repository a list has in all.
    func tagCount(of selection: TagSelection, in repository: RepositoryRecord) throws -> Int {
        try selection.contained.map { try tagCount(in: repository.id, containing: $0) } ?? repository.tagCount
    }

    /// - Throws: ``AdministrationError`` `tagUnknown`, and errors of the catalog.
    func requireTag(_ tag: TagName, in repository: RepositoryRecord) throws -> TaggedImageRecord {
        guard let record = try taggedImage(tag, in: repository.id) else {
            throw AdministrationError(.tagUnknown, "\(repository.name) has no tag \(tag)")
        }
        return record
    }
}
