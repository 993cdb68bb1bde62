import BerthBlobs
import BerthCatalog
import BerthOCI

/// What a registry is able to do now.
package enum ReadinessState: Sendable {
    case ready
    /// Pulls are served; the disk takes no pushes.
    case readOnly
    case unavailable
}

extension Registry {
    /// Whether the catalog and the blob store answer, and whether blobs can be written.
    package func readiness() async throws -> ReadinessState {
        let probe = try Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        _ = try await blobs.size(of: probe)
        guard try await catalog.read({ try $0.region() }) == region else { return .unavailable }
        return try await blobs.isWritable() ? .ready : .readOnly
    }
}
