import BerthAccess
import BerthBlobs
import BerthOCI
import BerthRegistry
import BerthTestSupport
import NIOCore
import Synchronization

/// The registry of another region in memory. It takes a manifest only when all that it needs is there, and fails as a
/// test says.
final class MemoryRegistry: RemoteRegistry, RemoteRegistries {
    enum Event: Hashable {
        case blob(Digest)
        case manifest(Digest)
        case tag(String)
    }

    private struct State {
        var blobs: Set<Digest> = []
        var manifests: [Digest: OutgoingManifest] = [:]
        var tags: [String: Digest] = [:]
        var events: [Event] = []
        var failures: [RemoteFailure] = []
        /// How many pushes are taken before the failures begin.
        var patience = 0
        var afterBlob: (@Sendable (MemoryRegistry) -> Void)?
    }

    private let state = Mutex(State())

    var events: [Event] { state.withLock { $0.events } }
    var tags: [String: Digest] { state.withLock { $0.tags } }
    func bytes(of digest: Digest) -> [UInt8]? { state.withLock { $0.manifests[digest]?.bytes } }

    /// Has pushes fail, after some that do not.
    func fail(_ failures: [RemoteFailure], after patience: Int = 0) {
        state.withLock { state in
            state.failures = failures
            state.patience = patience
        }
    }

    /// Has something happen there when the first blob has arrived.
    func afterFirstBlob(_ act: @escaping @Sendable (MemoryRegistry) -> Void) { state.withLock { $0.afterBlob = act } }

    func setTag(_ tag: String, in repository: String, to digest: Digest) {
        state.withLock { $0.tags["\(repository):\(tag)"] = digest }
    }

    func registry(of region: Region) -> (any RemoteRegistry)? { region.description == "region-2" ? self : nil }

    func manifest(taggedAs tag: TagName, in repository: RepositoryName) async throws -> RemoteManifest {
        state.withLock { $0.tags["\(repository):\(tag)"].map { .present($0) } ?? .absent }
    }

    func hasManifest(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        state.withLock { $0.manifests[digest] != nil }
    }

    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        state.withLock { $0.blobs.contains(digest) }
    }

    func push(
        _ blob: Descriptor, to repository: RepositoryName, mountingFrom source: RepositoryName?,
        content: @Sendable () async throws -> BlobContent
    ) async throws {
        let size: Int64? =
            switch try await content() {
            case .bytes(let bytes): Int64(bytes.readableBytes)
            case .file(let file): file.size
            case .stream: nil
            }
        guard size == blob.size else {
            throw RemoteFailure("the blob has another size", cause: "", isFinal: true)
        }
        try failOnce()
        state.withLock { state in
            state.blobs.insert(blob.digest)
            state.events.append(.blob(blob.digest))
        }
        let act = state.withLock { state in
            defer { state.afterBlob = nil }
            return state.afterBlob
        }
        act?(self)
    }

    func push(_ manifest: OutgoingManifest, tag: TagName?, to repository: RepositoryName) async throws {
        try failOnce()
        let parsed = try Manifest(parsing: manifest.bytes, contentType: manifest.mediaType)
        let isComplete = state.withLock { state in
            parsed.requiredBlobs.allSatisfy { state.blobs.contains($0.digest) }
                && parsed.children.allSatisfy { state.manifests[$0.digest] != nil }
        }
        guard isComplete, Digest(hashing: manifest.bytes, algorithm: manifest.digest.algorithm) == manifest.digest
        else { throw RemoteFailure("the manifest is not complete", cause: "", isFinal: true) }
        state.withLock { state in
            state.manifests[manifest.digest] = manifest
            state.events.append(tag.map { .tag("\(repository):\($0)") } ?? .manifest(manifest.digest))
            if let tag { state.tags["\(repository):\(tag)"] = manifest.digest }
        }
    }

    private func failOnce() throws {
        let failure = state.withLock { state -> RemoteFailure? in
            guard state.patience == 0 else {
                state.patience -= 1
                return nil
            }
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
    }
}

extension RemoteFailure {
    static let passing = RemoteFailure("the region could not be reached", cause: "a test", isFinal: false)
    static let lasting = RemoteFailure("the region refuses the copy", cause: "a test", isFinal: true)
}

/// A registry that never answers.
struct SilentRegistry: RemoteRegistry {
    func manifest(taggedAs tag: TagName, in repository: RepositoryName) async throws -> RemoteManifest {
        try await silence()
        return .absent
    }

    func hasManifest(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        try await silence()
        return false
    }

    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        try await silence()
        return false
    }

    func push(
        _ blob: Descriptor, to repository: RepositoryName, mountingFrom source: RepositoryName?,
        content: @Sendable () async throws -> BlobContent
    ) async throws { try await silence() }

    func push(_ manifest: OutgoingManifest, tag: TagName?, to repository: RepositoryName) async throws {
        try await silence()
    }

    /// Waits until it is cancelled.
    private func silence() async throws {
        let never = AsyncStream<Never>.makeStream()
        for await _ in never.stream {}
        try Task.checkCancellation()
    }
}
