import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import Foundation
import Logging

/// A blob that is being pulled.
package struct PulledBlob: Sendable {
    package let content: BlobContent
    /// To be told of the bytes that were sent of it, as they are sent, also of a transfer that breaks off.
    package let countSent: @Sendable (Int64) -> Void
}

extension Registry {
    /// Finds a blob of a repository and gives its size in bytes.
    ///
    /// The blob is there when the repository holds it (a row) and its file has the right size. Asking renews the
    /// blob's lease when that has nearly run out, so that a client that skips an upload because of the answer finds
    /// the blob still there when it pushes the manifest.
    ///
    /// OCI distribution-spec 1.1, end-2, HEAD.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or BLOB_UNKNOWN.
    package func statBlob(_ digest: Digest, in name: RepositoryName, for caller: Caller) async throws -> Int64 {
        let held = try await heldBlob(digest, in: name, for: caller)
        guard try await blobs.size(of: digest) == held.size else { throw RegistryError.blobUnknown(digest) }
        let now = now()
        if now > held.leasedAt.addingTimeInterval(settings.garbageGrace.seconds / 4) {
            await renewLease(of: digest, in: held.repository, now: now)
        }
        return held.size
    }

    /// Renews a lease if the catalog can be written to. If not, the blob is there all the same, and a push that relies on
    /// it asks again whether it is.
    private func renewLease(of digest: Digest, in repository: RepositoryID, now: Date) async {
        do {
            _ = try await catalog.write { try $0.leaseBlob(digest, in: repository, now: now) }
        } catch {
            logger.warning("lease not renewed", metadata: ["berth.digest": "\(digest)", "error": "\(error)"])
        }
    }

    /// Opens a blob of a repository for reading.
    ///
    /// OCI distribution-spec 1.1, end-2, GET.
    /// - Throws: ``AccessRefusal``, NAME_UNKNOWN or BLOB_UNKNOWN.
    package func pullBlob(_ digest: Digest, from name: RepositoryName, for caller: Caller) async throws -> PulledBlob {
        let held = try await heldBlob(digest, in: name, for: caller)
        guard let content = try await blobs.open(digest, size: held.size) else {
            logger.error("blob is damaged or missing", metadata: ["berth.digest": "\(digest)"])
            throw RegistryError.blobUnknown(digest)
        }
        if case .bytes(let bytes) = content {
            remember(
                PulledContent(digest: digest, mediaType: nil, bytes: bytes, counts: false), as: .blob(digest),
                of: name, in: pulls, for: caller, under: held.standing, version: held.version)
        }
        notePull(by: caller, under: held.standing, digest: digest, detail: AuditEvent.blobDetail)
        return PulledBlob(content: content) { [traffic, now] bytes in
            traffic.countBytes(bytes, of: held.standing.owner, at: now())
        }
    }

    /// The membership of a blob in a repository that the caller may pull from.
    private func heldBlob(
        _ digest: Digest, in name: RepositoryName, for caller: Caller
    ) async throws -> HeldBlob {
        let authorization = authorization(of: caller)
        let version = try? catalog.version()
        return try await catalog.read { catalog in
            let (repository, standing) = try authorization.pullingWithStanding(from: name, in: catalog)
            guard let lease = try catalog.blobLease(digest, in: repository.id) else {
                throw RegistryError.blobUnknown(digest)
            }
            return HeldBlob(
                size: lease.size, leasedAt: lease.leasedAt, repository: repository.id, standing: standing,
                version: version)
        }
    }
}

/// A blob of a repository as the catalog has it.
private struct HeldBlob: Sendable {
    /// Bytes.
    let size: Int64
    let leasedAt: Date
    let repository: RepositoryID
    let standing: Standing
    /// A version of the catalog that all of this is of, or an earlier one.
    let version: Int64?
}
