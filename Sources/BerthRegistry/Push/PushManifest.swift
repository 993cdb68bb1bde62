import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation

/// A manifest as it comes in: its bytes and where it is to be found afterwards.
package struct IncomingManifest: Sendable {
    package let bytes: [UInt8]
    /// The type that the client sent it as, if it sent one.
    package let contentType: MediaType?
    package let reference: ManifestReference
    /// More tags for a manifest that is pushed by digest.
    package let tags: [TagName]

    package init(bytes: [UInt8], contentType: MediaType?, reference: ManifestReference, tags: [TagName]) {
        self.bytes = bytes
        self.contentType = contentType
        self.reference = reference
        self.tags = tags
    }
}

/// What became of a manifest that was pushed.
package struct PushedManifest: Sendable {
    package let digest: Digest
    /// The subject that it now refers to.
    package let subject: Digest?
}

extension Registry {
    /// Stores a manifest with its tags and its edges, all or nothing, in one transaction.
    ///
    /// Everything that it names must be in the repository already with the size that it says, but for its subject and
    /// non-distributable layers. The exact bytes are kept. Of two pushes of one tag the later commit wins.
    ///
    /// OCI distribution-spec 1.1, end-7.
    /// - Throws: ``AccessRefusal``, DENIED, MANIFEST_INVALID, DIGEST_INVALID, MANIFEST_BLOB_UNKNOWN with every digest
    ///   that is missing, or SIZE_INVALID.
    package func pushManifest(
        _ incoming: IncomingManifest, to name: RepositoryName, for caller: Caller
    ) async throws -> PushedManifest {
        let authorization = authorization(of: caller)
        let (manifest, digest, tags) = try await allowingPush(to: name, by: authorization) { try read(incoming) }
        let files = try await blobs.sizes(of: manifest.requiredBlobs.map(\.digest))
        let allowsMissing = settings.allowsSparseManifests
        let quotas = settings.quotas
        let following = try await catalog.write { catalog in
            let standing = try authorization.writing(.push, to: name, in: catalog.read)
            let before = try catalog.read.quotaUse(of: standing.owner, within: quotas)
            let repository = try catalog.repositoryID(for: standing, by: authorization.caller, now: authorization.now)
            let missing = try catalog.read.missingContent(of: manifest, files: files, in: repository)
            guard missing.isEmpty || allowsMissing else { throw RegistryError.manifestBlobUnknown(missing) }
            try catalog.pushManifest(
                manifest, digest: digest, bytes: incoming.bytes, tags: tags, in: repository, by: caller.name,
                now: authorization.now)
            try denyingOverQuota { try catalog.read.requireQuotas(quotas, since: before) }
            let following = try catalog.followPush(
                of: tags, digest: digest, subject: manifest.subject?.digest, in: repository, by: caller.creator,
                now: authorization.now)
            let others = tags.dropFirst().map(\.description).joined(separator: ", ")
            try authorization.record(
                .push, owner: standing.owner, repository: name, tag: tags.first, digest: digest,
                detail: others.isEmpty ? "" : "also as \(others)", in: catalog)
            return following
        }
        work.announce(following)
        return PushedManifest(digest: digest, subject: manifest.subject?.digest)
    }

    /// Reads what was sent; who may not push is refused for that, and not for what is wrong with it.
    ///
    /// A manifest without fault is refused in the transaction that would store it.
    private func allowingPush<Result>(
        to name: RepositoryName, by authorization: Authorization, _ read: () throws -> Result
    ) async throws -> Result {
        do {
            return try read()
        } catch {
            try await catalog.read { _ = try authorization.writing(.push, to: name, in: $0) }
            throw error
        }
    }

    private func read(_ incoming: IncomingManifest) throws -> (Manifest, Digest, tags: [TagName]) {
        let manifest = try Manifest(parsing: incoming.bytes, contentType: incoming.contentType)
        try checkEmbeddedData(of: manifest)
        let (digest, tags) = try identify(incoming)
        return (manifest, digest, tags)
    }

    /// The digest that the manifest is stored under and all tags that it gets.
    private func identify(_ incoming: IncomingManifest) throws -> (Digest, [TagName]) {
        switch incoming.reference {
        case .tag(let tag):
            return (Digest(hashing: incoming.bytes, algorithm: .sha256), [tag])
        case .digest(let expected):
            let found = Digest(hashing: incoming.bytes, algorithm: expected.algorithm)
            guard found == expected else { throw RegistryError.digestMismatch(expected: expected, found: found) }
            return (expected, incoming.tags)
        }
    }

    /// Checks that content embedded in descriptors hashes to what they say.
    ///
    /// OCI image-spec, descriptor.md, "Embedded Content".
    private func checkEmbeddedData(of manifest: Manifest) throws {
        for descriptor in manifest.descriptorsWithData {
            guard let content = descriptor.content else { continue }
            let found = Digest(hashing: content, algorithm: descriptor.digest.algorithm)
            guard found == descriptor.digest else {
                throw RegistryError.manifestInvalid("the data of \(descriptor.digest) has digest \(found)")
            }
        }
    }
}

extension CatalogReader {
    /// What a manifest names and its repository has not, each digest once.
    ///
    /// A blob whose file has not the size of its row is damaged and counts as missing, so that it is pushed again.
    ///
    /// - Throws: SIZE_INVALID for content that is there with another size than the manifest says.
    fileprivate func missingContent(
        of manifest: Manifest, files: [Digest: Int64], in repository: RepositoryID
    ) throws -> [Digest] {
        var missing: [Digest] = []
        for blob in manifest.requiredBlobs {
            if let size = try blobSize(blob.digest, in: repository), files[blob.digest] == size {
                try check(size, of: blob)
            } else {
                missing.append(blob.digest)
            }
        }
        for child in manifest.children {
            if let size = try hasManifest(child.digest, in: repository) {
                try check(size, of: child)
            } else if !missing.contains(child.digest) {
                missing.append(child.digest)
            }
        }
        return missing
    }

    private func check(_ size: Int64, of descriptor: Descriptor) throws {
        guard size == descriptor.size else {
            throw RegistryError(
                .sizeInvalid, "\(descriptor.digest) has \(size) bytes, but the manifest says \(descriptor.size)",
                detail: .digests([descriptor.digest]))
        }
    }
}
