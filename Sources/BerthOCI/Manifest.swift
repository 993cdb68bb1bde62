/// What Berth needs to know of a manifest; the exact bytes are kept beside it and are what clients are given.
///
/// A manifest is an image (a config and layers) or an index (a list of manifests), never both. Which of the two is
/// decided once, when it is pushed, from its content type and its body, which must agree; nothing decides it again.
///
/// OCI image-spec 1.1, manifest.md and image-index.md; Docker image manifest version 2, schema 2.
package struct Manifest: Sendable {
    package enum Kind: Sendable { case image, index }

    /// The largest manifest, in bytes; a larger one is answered with 413.
    package static let maximumSize = 4 * 1024 * 1024
    /// The most layers of an image, and the most children of an index.
    package static let maximumDescriptors = 10_000
    /// The most annotations of the manifest, and of each descriptor in it.
    package static let maximumAnnotations = 4_096
    /// The most URLs of a descriptor.
    package static let maximumURLs = 256
    /// The types that a manifest may be pushed as.
    package static let acceptedMediaTypes: [MediaType] = [
        .ociManifest, .ociIndex, .dockerManifest, .dockerManifestList,
    ]

    package let kind: Kind
    /// One of ``acceptedMediaTypes``; what the manifest is served as.
    package let mediaType: MediaType
    /// What the manifest is listed as among the referrers of its subject: its own artifact type or, for an image
    /// without one, the media type of its config. `nil` for an index without one.
    package let artifactType: MediaType?
    /// The config of an image; `nil` for an index.
    package let config: Descriptor?
    /// The layers of an image, lowest first; empty for an index.
    package let layers: [Descriptor]
    /// The manifests of an index; empty for an image.
    package let children: [Descriptor]
    /// The manifest that this one refers to. It need not exist.
    package let subject: Descriptor?
    package let annotations: [String: String]

    /// The blobs that must be in the repository before the manifest: config and layers without the non-distributable
    /// ones, each digest once, in the order of the manifest.
    package var requiredBlobs: [Descriptor] {
        Self.unique(allBlobs.filter { !$0.mediaType.isNonDistributable })
    }

    /// All blobs that the manifest refers to, each digest once, in the order of the manifest.
    package var blobs: [Descriptor] { Self.unique(allBlobs) }

    /// The descriptors that carry their content in ``Descriptor/data``.
    ///
    /// That the content is Base64 and has the descriptor's size is checked when the manifest is parsed. That it hashes
    /// to the descriptor's digest is not, since this module hashes nothing: whoever accepts the manifest checks it.
    package var descriptorsWithData: [Descriptor] {
        (allBlobs + children + [subject].compactMap(\.self)).filter { $0.data != nil }
    }

    private var allBlobs: [Descriptor] { [config].compactMap(\.self) + layers }

    private static func unique(_ descriptors: [Descriptor]) -> [Descriptor] {
        var seen = Set<Digest>()
        return descriptors.filter { seen.insert($0.digest).inserted }
    }
}

extension MediaType {
    /// What a manifest of this type is; `nil` for a type that is not accepted.
    var manifestKind: Manifest.Kind? {
        switch self {
        case .ociManifest, .dockerManifest: .image
        case .ociIndex, .dockerManifestList: .index
        default: nil
        }
    }
}
