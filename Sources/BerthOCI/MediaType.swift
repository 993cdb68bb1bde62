/// A media type without parameters, such as `application/vnd.oci.image.manifest.v1+json`.
///
/// Compared as written, since registries treat these names as identifiers.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Takes the media type of a `Content-Type` header, dropping its parameters and surrounding white space.
    ///
    /// OCI distribution-spec 1.1, "Pushing manifests": parameters of the content type are to be ignored.
    package init(contentType: some StringProtocol) {
        let type = contentType.prefix { $0 != ";" }
        self.rawValue = String(
            type.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    package var description: String { rawValue }

    package static let ociManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    package static let ociIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    package static let ociConfig = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    package static let dockerConfig = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    package static let emptyJSON = MediaType(rawValue: "application/vnd.oci.empty.v1+json")
    package static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    package static let dockerSchema1 = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v1+json")
    package static let dockerSignedSchema1 = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v1+prettyjws")
    package static let octetStream = MediaType(rawValue: "application/octet-stream")

    /// Whether a blob of this type may be missing from the registry, because its licence or size keeps it elsewhere.
    ///
    /// OCI image-spec, layer.md, "Non-Distributable Layers", and Docker's foreign layers.
    package var isNonDistributable: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
            || rawValue == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
            || rawValue == "application/vnd.docker.image.rootfs.foreign.diff.tar"
    }
}

extension MediaType: Codable {
    package init(from decoder: any Decoder) throws {
        self.rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
