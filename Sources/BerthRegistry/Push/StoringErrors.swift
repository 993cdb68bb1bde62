import BerthBlobs
import BerthCatalog
import BerthOCI

/// Runs a change of the blob store and says its faults in the registry's words.
///
/// - Parameter location: Where the upload continues, for the answer to a chunk out of order.
func storing<Result>(
    at location: String = "", isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
) async throws -> Result {
    do {
        return try await work()
    } catch let error as BlobStoreError {
        throw RegistryError(error, location: location)
    }
}

/// Runs a change that garbage collection may forbid for a moment, and says so in the registry's words.
@discardableResult
func collecting<Result>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
) async throws -> Result {
    do {
        return try await work()
    } catch let error as CatalogError where error == .conflict(.blob) || error == .missing(.blob) {
        throw RegistryError(
            .blobUploadInvalid, "this content is being removed at this moment: push it again", status: 503,
            headers: ["Retry-After": "1"], cause: error)
    }
}

extension RegistryError {
    /// The registry's words for a database that cannot be written to now; `nil` for any other error.
    package init?(unwritable error: any Error) {
        guard case .unwritable(let reason)? = error as? CatalogError else { return nil }
        switch reason {
        case .full: self = .diskFull(cause: error)
        case .readOnly: self = .diskReadOnly(cause: error)
        case .busy:
            self.init(
                .unknown, "the registry is busy: nothing was changed, try again", status: 503,
                headers: ["Retry-After": "1"], cause: error)
        }
    }

    private static func diskFull(cause: any Error) -> RegistryError {
        RegistryError(
            .denied, "the registry's disk is full: nothing was changed, and pulls go on", status: 507, cause: cause)
    }

    private static func diskReadOnly(cause: any Error) -> RegistryError {
        RegistryError(
            .denied, "the registry's disk is read-only: nothing was changed, and pulls go on", status: 503,
            headers: ["Retry-After": "60"], cause: cause)
    }

    init(_ error: BlobStoreError, location: String) {
        switch error {
        case .uploadUnknown: self = .uploadUnknown()
        case .uploadBusy:
            self.init(
                .blobUploadInvalid, "another request is writing to this upload: try again when it has ended",
                status: 409)
        case .outOfOrder(let expected): self = .outOfOrder(received: expected, location: location)
        case .digestMismatch(let expected, let found): self = .digestMismatch(expected: expected, found: found)
        case .outOfSpace: self = .diskFull(cause: error)
        case .readOnly: self = .diskReadOnly(cause: error)
        case .sizeMismatch: self.init(.sizeInvalid, "\(error)", cause: error)
        case .tooLarge: self.init(.sizeInvalid, "\(error)", status: 413, cause: error)
        case .blobUnknown(let digest): self = .blobUnknown(digest)
        case .ioFailure:
            self.init(.unknown, "the registry could not store this: nothing of it is visible", cause: error)
        }
    }
}

extension Duration {
    /// The duration in seconds, for arithmetic with instants.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
