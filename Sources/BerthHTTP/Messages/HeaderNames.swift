import HTTPTypes

extension HTTPField.Name {
    package static let crossOriginOpenerPolicy = known("Cross-Origin-Opener-Policy")
    package static let dockerContentDigest = known("Docker-Content-Digest")
    package static let dockerDistributionAPIVersion = known("Docker-Distribution-Api-Version")
    package static let dockerUploadUUID = known("Docker-Upload-UUID")
    package static let link = known("Link")
    package static let ociFiltersApplied = known("OCI-Filters-Applied")
    package static let ociSubject = known("OCI-Subject")
    package static let ociTag = known("OCI-Tag")
    package static let referrerPolicy = known("Referrer-Policy")
    package static let xRequestID = known("X-Request-Id")

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header name") }
        return name
    }
}
