import Foundation

extension Descriptor {
    private static let names = JSONFields.Names(
        "mediaType", "digest", "size", "artifactType", "annotations", "urls", "data", "platform")

    /// Reads a descriptor; fields that Berth does not know are passed over.
    ///
    /// - Parameter path: Where it stands in the manifest, for messages.
    /// - Throws: `MANIFEST_INVALID` for a missing media type, a digest that does not parse, a size that is no whole
    ///   number of bytes, and `data` that is not Base64 of `size` bytes.
    init(reading value: JSONValue, at path: String) throws(RegistryError) {
        let fields = try JSONFields(value, Self.names, at: path)
        guard let mediaType = try fields.mediaType("mediaType") else {
            throw .manifestInvalid("\(path).mediaType is missing: expected the media type of the content")
        }
        guard let digestText = try fields.text("digest") else {
            throw .manifestInvalid("\(path).digest is missing: expected the digest of the content")
        }
        let digest: Digest
        do {
            digest = try Digest(parsing: digestText)
        } catch {
            throw .manifestInvalid("\(path).digest: \(error)")
        }
        guard let size = fields["size"]?.integer, size >= 0 else {
            throw .manifestInvalid("\(path).size must be a whole number of bytes, from 0 to \(Int64.max)")
        }
        self.init(
            mediaType: mediaType, digest: digest, size: size, artifactType: try fields.mediaType("artifactType"),
            annotations: try fields.annotations("annotations"), urls: try Self.urls(fields),
            data: try fields.text("data"), platform: try Self.platform(fields))
        guard data == nil || content?.count == Int(size) else {
            throw .manifestInvalid("\(path).data must be the content itself, \(size) bytes, in Base64")
        }
    }

    /// The content itself, decoded from ``data``; `nil` when the descriptor does not carry it.
    ///
    /// Of a parsed descriptor it has ``size`` bytes. Whether they hash to ``digest`` is for the caller to check.
    package var content: [UInt8]? {
        data.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    private static func urls(_ fields: JSONFields) throws(RegistryError) -> [String]? {
        guard let elements = try fields.elements("urls", atMost: Manifest.maximumURLs) else { return nil }
        let urls = elements.compactMap(\.text)
        guard urls.count == elements.count else {
            throw .manifestInvalid("every element of \(fields.path(of: "urls")) must be a text")
        }
        return urls
    }

    private static func platform(_ fields: JSONFields) throws(RegistryError) -> Platform? {
        guard let value = fields["platform"] else { return nil }
        let platform = try JSONFields(
            value, JSONFields.Names("architecture", "os", "variant"), at: fields.path(of: "platform"))
        return Platform(
            architecture: try platform.text("architecture") ?? "", os: try platform.text("os") ?? "",
            variant: try platform.text("variant"))
    }
}
