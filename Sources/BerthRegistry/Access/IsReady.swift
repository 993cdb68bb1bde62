import BerthBlobs
import BerthCatalog
import BerthOCI

extension Registry {
    /// Whether the catalog and the blob store answer.
    package func isReady() async throws -> Bool {
        let probe = try Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        _ = try await blobs.size(of: probe)
        return try await catalog.read { try $0.region() } == region
    }
}
