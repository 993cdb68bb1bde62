import BerthOCI
import Foundation

/// Pieces that the manifests of these tests are made of.
enum Sample {
    static let ociManifest = MediaType.ociManifest.rawValue
    static let ociIndex = MediaType.ociIndex.rawValue
    static let dockerManifest = MediaType.dockerManifest.rawValue
    static let dockerList = MediaType.dockerManifestList.rawValue
    static let emptyDigest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    static func digest(_ number: Int) -> String {
        let hex = String(number, radix: 16)
        return "sha256:" + String(repeating: "0", count: 64 - hex.count) + hex
    }

    /// A descriptor; `more` are further members, each with its comma: `,"urls":[]`.
    static func descriptor(
        _ number: Int = 1, _ mediaType: String = "application/vnd.oci.image.layer.v1.tar+gzip", size: String = "7",
        more: String = ""
    ) -> String {
        #"{"mediaType":"\#(mediaType)","digest":"\#(digest(number))","size":\#(size)\#(more)}"#
    }

    static let config = descriptor(0, "application/vnd.oci.image.config.v1+json", size: "2")

    /// An OCI image manifest; `more` are further members.
    static func image(
        config: String = Sample.config, layers: String = "[]", mediaType: String? = ociManifest, more: String = ""
    ) -> String {
        let named = mediaType.map { #""mediaType":"\#($0)","# } ?? ""
        return #"{"schemaVersion":2,\#(named)"config":\#(config),"layers":\#(layers)\#(more)}"#
    }

    /// An OCI index; `more` are further members.
    static func index(manifests: String = "[]", mediaType: String? = ociIndex, more: String = "") -> String {
        let named = mediaType.map { #""mediaType":"\#($0)","# } ?? ""
        return #"{"schemaVersion":2,\#(named)"manifests":\#(manifests)\#(more)}"#
    }
}

/// Parses a manifest from text, as pushed with `contentType`.
func parse(_ text: String, as contentType: String? = Sample.ociManifest) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), contentType: contentType.map { MediaType(contentType: $0) })
}

/// The error that a manifest is refused with; `nil` when it is accepted.
func refusal(_ text: String, as contentType: String? = Sample.ociManifest) -> RegistryError? {
    refusal(Array(text.utf8), as: contentType)
}

func refusal(_ bytes: [UInt8], as contentType: String? = Sample.ociManifest) -> RegistryError? {
    do {
        _ = try Manifest(parsing: bytes, contentType: contentType.map { MediaType(contentType: $0) })
        return nil
    } catch {
        return error
    }
}
