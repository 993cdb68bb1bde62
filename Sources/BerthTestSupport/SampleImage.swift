import BerthBlobs
import BerthOCI
import BerthTestBasics
import Foundation

/// A blob that a test pushes: bytes with their digest.
package struct SampleBlob: Sendable {
    package let bytes: [UInt8]
    package let digest: Digest
    package let mediaType: MediaType

    package init(_ bytes: [UInt8], algorithm: Digest.Algorithm = .sha256, mediaType: MediaType = .octetStream) {
        self.bytes = bytes
        self.digest = Digest(hashing: bytes, algorithm: algorithm)
        self.mediaType = mediaType
    }

    package init(_ text: String, algorithm: Digest.Algorithm = .sha256, mediaType: MediaType = .octetStream) {
        self.init(Array(text.utf8), algorithm: algorithm, mediaType: mediaType)
    }

    /// So many bytes that compress to nothing smaller and are the same in every run.
    package init(random count: Int, seed: UInt64 = 1, algorithm: Digest.Algorithm = .sha256) {
        var generator = SeededGenerator(seed: seed)
        self.init(generator.bytes(count), algorithm: algorithm)
    }

    package var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }
}

/// A manifest that a test pushes: its exact bytes with its type and digest.
package struct SampleManifest: Sendable {
    package let bytes: [UInt8]
    package let mediaType: MediaType
    package let digest: Digest
    /// The blobs that must be pushed before it.
    package let blobs: [SampleBlob]

    package init(
        bytes: [UInt8], mediaType: MediaType, blobs: [SampleBlob] = [], algorithm: Digest.Algorithm = .sha256
    ) {
        self.bytes = bytes
        self.mediaType = mediaType
        self.digest = Digest(hashing: bytes, algorithm: algorithm)
        self.blobs = blobs
    }

    package var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// An OCI image of one layer whose content makes it unlike any other.
    ///
    /// - Parameters:
    ///   - artifactType: The type of an artifact, which is not an image to run.
    ///   - subject: The manifest that it refers to.
    package static func image(
        _ content: String = "layer", algorithm: Digest.Algorithm = .sha256, artifactType: String? = nil,
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) throws -> SampleManifest {
        let config = SampleBlob(
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"comment":"\#(content)"}"#,
            algorithm: algorithm, mediaType: .ociConfig)
        let layer = SampleBlob(
            content, algorithm: algorithm,
            mediaType: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
        let body = Body(
            mediaType: .ociManifest, artifactType: artifactType, config: config.descriptor,
            layers: [layer.descriptor], manifests: nil, subject: subject,
            annotations: annotations.isEmpty ? nil : annotations)
        return SampleManifest(
            bytes: try body.json(), mediaType: .ociManifest, blobs: [config, layer], algorithm: algorithm)
    }

    /// An OCI image of these layers, in this order; one may stand in it twice.
    ///
    /// - Parameter text: The whole config, in place of one with the name.
    package static func image(
        _ name: String, of layers: [SampleBlob], config text: String? = nil
    ) throws -> SampleManifest {
        let config = SampleBlob(text ?? #"{"comment":"\#(name)"}"#, mediaType: .ociConfig)
        let body = Body(
            mediaType: .ociManifest, artifactType: nil, config: config.descriptor, layers: layers.map(\.descriptor),
            manifests: nil, subject: nil, annotations: nil)
        return SampleManifest(bytes: try body.json(), mediaType: .ociManifest, blobs: [config] + layers)
    }

    /// An OCI index of manifests that are in the repository already.
    package static func index(
        of manifests: [Descriptor], algorithm: Digest.Algorithm = .sha256, artifactType: String? = nil,
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) throws -> SampleManifest {
        let body = Body(
            mediaType: .ociIndex, artifactType: artifactType, config: nil, layers: nil, manifests: manifests,
            subject: subject, annotations: annotations.isEmpty ? nil : annotations)
        return SampleManifest(bytes: try body.json(), mediaType: .ociIndex, algorithm: algorithm)
    }

    private struct Body: Encodable {
        var schemaVersion = 2
        let mediaType: MediaType
        let artifactType: String?
        let config: Descriptor?
        let layers: [Descriptor]?
        let manifests: [Descriptor]?
        let subject: Descriptor?
        let annotations: [String: String]?

        func json() throws -> [UInt8] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(self))
        }
    }
}
