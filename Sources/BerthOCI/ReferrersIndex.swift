import Foundation

/// The answer of the referrers API: an OCI index of the manifests that have a subject in common.
///
/// OCI distribution-spec 1.1, "Listing Referrers".
package struct ReferrersIndex: Encodable, Sendable {
    package let schemaVersion = 2
    package let mediaType = MediaType.ociIndex
    /// Each with the artifact type and the annotations of the manifest that it describes.
    package let manifests: [Descriptor]

    package init(manifests: [Descriptor]) {
        self.manifests = manifests
    }

    /// The index as JSON; the same manifests always give the same bytes.
    ///
    /// - Throws: Nothing for a parsed descriptor; what the encoder throws, since it may.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }
}
