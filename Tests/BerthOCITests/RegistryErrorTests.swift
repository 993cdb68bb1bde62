import BerthOCI
import Testing

@Suite struct RegistryErrorTests {
    @Test(
        "every code of the specification has its name and status",
        arguments: [
            (RegistryErrorCode.blobUnknown, "BLOB_UNKNOWN", 404), (.blobUploadInvalid, "BLOB_UPLOAD_INVALID", 400),
            (.blobUploadUnknown, "BLOB_UPLOAD_UNKNOWN", 404), (.digestInvalid, "DIGEST_INVALID", 400),
            (.manifestBlobUnknown, "MANIFEST_BLOB_UNKNOWN", 400), (.manifestInvalid, "MANIFEST_INVALID", 400),
            (.manifestUnknown, "MANIFEST_UNKNOWN", 404), (.nameInvalid, "NAME_INVALID", 400),
            (.nameUnknown, "NAME_UNKNOWN", 404), (.sizeInvalid, "SIZE_INVALID", 400),
            (.unauthorized, "UNAUTHORIZED", 401), (.denied, "DENIED", 403), (.unsupported, "UNSUPPORTED", 405),
            (.tooManyRequests, "TOOMANYREQUESTS", 429), (.unknown, "UNKNOWN", 500),
        ])
    func table(code: RegistryErrorCode, name: String, status: Int) {
        #expect(code.rawValue == name)
        #expect(code.description == name)
        #expect(code.status == status)
        #expect(RegistryError(code, "x").status == status)
    }

    @Test("an error may have a status of its own")
    func ownStatus() {
        let error = RegistryError.outOfOrder(received: 7, location: "/here")
        #expect(error.code == .blobUploadInvalid)
        #expect(error.status == 416)
        #expect(error.headers == ["Range": "0-6", "Location": "/here"])
        #expect(RegistryError.outOfOrder(received: 0, location: "").headers["Range"] == "0-0")
    }

    @Test("errors are equal when their codes are")
    func equality() {
        #expect(RegistryError(.denied, "a") == RegistryError(.denied, "b", status: 401))
        #expect(RegistryError(.denied, "a") != RegistryError(.unauthorized, "a"))
    }

    @Test("an error about missing blobs names every one of them")
    func missingBlobs() {
        let digests = (0..<3).map { Digest(algorithm: .sha256, hash: [UInt8](repeating: $0, count: 32)) }
        let error = RegistryError.manifestBlobUnknown(digests)
        #expect(error.detail == .digests(digests))
        for digest in digests { #expect(error.message.contains(digest.description)) }
    }

    @Test("a failure shows no more than 100 characters, none of them a control character")
    func shownText() {
        let long = ParseFailure("tag", found: String(repeating: "x", count: 1_000_000), expected: "less")
        #expect(long.found.unicodeScalars.count == 101)
        #expect(long.found.hasSuffix("…"))
        let terminal = ParseFailure("tag", found: "a\u{1B}[31m\r\n\u{0}\u{7F}\u{85}", expected: "less")
        #expect(terminal.found == "a\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(RegistryError.invalid(terminal, as: .nameInvalid).message.contains("tag"))
    }
}
