/// The error codes of the distribution specification, with the status each is answered with.
///
/// This is the one table of codes; every error of the registry API takes its status and code from here.
///
/// OCI distribution-spec 1.1, "Error Codes".
package struct RegistryErrorCode: Hashable, Sendable, CustomStringConvertible {
    private enum Code: String, CaseIterable {
        case blobUnknown = "BLOB_UNKNOWN"
        case blobUploadInvalid = "BLOB_UPLOAD_INVALID"
        case blobUploadUnknown = "BLOB_UPLOAD_UNKNOWN"
        case digestInvalid = "DIGEST_INVALID"
        case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
        case manifestInvalid = "MANIFEST_INVALID"
        case manifestUnknown = "MANIFEST_UNKNOWN"
        case nameInvalid = "NAME_INVALID"
        case nameUnknown = "NAME_UNKNOWN"
        case sizeInvalid = "SIZE_INVALID"
        case unauthorized = "UNAUTHORIZED"
        case denied = "DENIED"
        case unsupported = "UNSUPPORTED"
        case tooManyRequests = "TOOMANYREQUESTS"
        case unknown = "UNKNOWN"
    }

    private let code: Code

    private init(_ code: Code) { self.code = code }

    package static let blobUnknown = Self(.blobUnknown)
    package static let blobUploadInvalid = Self(.blobUploadInvalid)
    package static let blobUploadUnknown = Self(.blobUploadUnknown)
    package static let digestInvalid = Self(.digestInvalid)
    package static let manifestBlobUnknown = Self(.manifestBlobUnknown)
    package static let manifestInvalid = Self(.manifestInvalid)
    package static let manifestUnknown = Self(.manifestUnknown)
    package static let nameInvalid = Self(.nameInvalid)
    package static let nameUnknown = Self(.nameUnknown)
    package static let sizeInvalid = Self(.sizeInvalid)
    package static let unauthorized = Self(.unauthorized)
    package static let denied = Self(.denied)
    package static let unsupported = Self(.unsupported)
    package static let tooManyRequests = Self(.tooManyRequests)
    /// A fault of the server; not in the specification's list, as CNCF distribution uses it.
    package static let unknown = Self(.unknown)

    /// The code as it stands in an error body, such as `BLOB_UNKNOWN`.
    package var rawValue: String { code.rawValue }

    /// The HTTP status that an error of this code is answered with, unless it says otherwise itself.
    package var status: Int {
        switch code {
        case .blobUploadInvalid, .digestInvalid, .manifestBlobUnknown, .manifestInvalid, .nameInvalid, .sizeInvalid: 400
        case .unauthorized: 401
        case .denied: 403
        case .blobUnknown, .blobUploadUnknown, .manifestUnknown, .nameUnknown: 404
        case .unsupported: 405
        case .tooManyRequests: 429
        case .unknown: 500
        }
    }

    package var description: String { rawValue }
}
