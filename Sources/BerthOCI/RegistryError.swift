/// An error of the registry API: a code of the specification, a sentence for a person and, where it helps, a detail
/// for a program.
///
/// Everything in ``message``, ``detail`` and ``headers`` may be shown to the client; ``cause`` is for the log alone.
/// Equality is equality of the code, so that tests compare what clients rely on.
package struct RegistryError: Error, Sendable {
    /// What went wrong, for a program, in addition to the code.
    package enum Detail: Sendable, Equatable {
        /// The digests that the error is about.
        case digests([Digest])
        /// A name, tag or other text that the error is about.
        case text(String)
    }

    package let code: RegistryErrorCode
    /// The HTTP status, by default the code's own.
    package let status: Int
    package let message: String
    package let detail: Detail?
    /// Headers that belong to the answer, such as `Range` of a 416 or `Retry-After` of a 429.
    package var headers: [String: String]
    /// What caused it, for the log; never shown to a client.
    package let cause: (any Error)?

    package init(
        _ code: RegistryErrorCode, _ message: String, status: Int? = nil, detail: Detail? = nil,
        headers: [String: String] = [:], cause: (any Error)? = nil
    ) {
        self.code = code
        self.status = status ?? code.status
        self.message = message
        self.detail = detail
        self.headers = headers
        self.cause = cause
    }
}

extension RegistryError: Equatable {
    package static func == (left: RegistryError, right: RegistryError) -> Bool { left.code == right.code }
}

extension RegistryError: CustomStringConvertible {
    package var description: String { "\(code): \(message)" }
}

extension RegistryError {
    package static func blobUnknown(_ digest: Digest) -> RegistryError {
        RegistryError(.blobUnknown, "this repository has no blob \(digest)", detail: .digests([digest]))
    }

    package static func manifestUnknown(_ reference: ManifestReference) -> RegistryError {
        switch reference {
        case .tag(let tag):
            RegistryError(.manifestUnknown, "this repository has no tag \(tag)", detail: .text(tag.description))
        case .digest(let digest):
            RegistryError(.manifestUnknown, "this repository has no manifest \(digest)", detail: .digests([digest]))
        }
    }

    /// A manifest names content that is not in its repository; every missing digest is listed.
    package static func manifestBlobUnknown(_ digests: [Digest]) -> RegistryError {
        RegistryError(
            .manifestBlobUnknown,
            "push these to the repository before the manifest that names them: "
                + digests.map(\.description).joined(separator: ", "),
            detail: .digests(digests))
    }

    package static func manifestInvalid(_ message: String) -> RegistryError {
        RegistryError(.manifestInvalid, message)
    }

    /// The one answer for a repository that does not exist and for one that the caller may know nothing of.
    package static func nameUnknown(_ name: RepositoryName, cause: (any Error)? = nil) -> RegistryError {
        RegistryError(
            .nameUnknown, "there is no repository \(name) here", detail: .text(name.description), cause: cause)
    }

    /// The one answer for a write that the caller has no right to, whether the repository exists or not.
    package static func denied(
        _ action: String, on name: RepositoryName, cause: (any Error)? = nil
    ) -> RegistryError {
        RegistryError(
            .denied, "\(action) is not permitted on \(name)", detail: .text(name.description), cause: cause)
    }

    package static func uploadUnknown() -> RegistryError {
        RegistryError(.blobUploadUnknown, "there is no such upload: start a new one with POST")
    }

    /// Content whose hash is not the digest it was sent under.
    package static func digestMismatch(expected: Digest, found: Digest) -> RegistryError {
        RegistryError(
            .digestInvalid, "the content has digest \(found), but was sent as \(expected)",
            detail: .digests([expected]))
    }

    /// A value in the path or query that does not parse.
    package static func invalid(_ failure: ParseFailure, as code: RegistryErrorCode) -> RegistryError {
        RegistryError(code, failure.description, detail: .text(failure.found))
    }

    /// A chunk that does not begin where the upload ends; the answer carries where that is.
    package static func outOfOrder(received: Int64, location: String) -> RegistryError {
        RegistryError(
            .blobUploadInvalid, "the next chunk must start at byte \(received)", status: 416,
            headers: ["Range": "0-\(max(received - 1, 0))", "Location": location])
    }

    package static func unauthorized(_ message: String) -> RegistryError {
        RegistryError(.unauthorized, message)
    }
}
