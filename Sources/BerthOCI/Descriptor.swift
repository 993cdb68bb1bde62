/// A reference from one piece of content to another: media type, digest and size in bytes, with what describes it.
///
/// OCI image-spec, descriptor.md.
package struct Descriptor: Hashable, Sendable, Codable {
    package let mediaType: MediaType
    package let digest: Digest
    /// Bytes; never negative.
    package let size: Int64
    package let artifactType: MediaType?
    package let annotations: [String: String]?
    /// Where the content can be had elsewhere. Kept as text; Berth never fetches it.
    package let urls: [String]?
    /// The content itself, Base64.
    package let data: String?
    package let platform: Platform?

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, artifactType: MediaType? = nil,
        annotations: [String: String]? = nil, urls: [String]? = nil, data: String? = nil, platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.artifactType = artifactType
        self.annotations = annotations
        self.urls = urls
        self.data = data
        self.platform = platform
    }
}

/// The platform that a child of an index runs on.
///
/// OCI image-spec, image-index.md.
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    package let architecture: String
    package let os: String
    package let variant: String?

    package init(architecture: String, os: String, variant: String? = nil) {
        self.architecture = architecture
        self.os = os
        self.variant = variant
    }

    package var description: String { [os, architecture, variant].compactMap(\.self).joined(separator: "/") }
}
