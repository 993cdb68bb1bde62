import BerthAccess
import BerthBlobs
import BerthOCI
import BerthOutbound
import BerthRegistry

/// The registries of the regions that the settings name, over the network.
struct OutboundRegistries: RemoteRegistries {
    private let registries: [Region: OutboundRegistry]

    init(_ regions: [RemoteRegion], http: OutboundHTTP) {
        registries = Dictionary(
            uniqueKeysWithValues: regions.map {
                ($0.region, OutboundRegistry(client: RegistryClient(endpoint: $0.endpoint, http: http)))
            })
    }

    func registry(of region: Region) -> (any RemoteRegistry)? { registries[region] }
}

/// The registry of a region, over the network.
private struct OutboundRegistry: RemoteRegistry {
    let client: RegistryClient

    func manifest(taggedAs tag: TagName, in repository: RepositoryName) async throws -> RemoteManifest {
        let found = try await failing { try await client.findManifest(.tag(tag), in: repository) }
        return found.isThere ? .present(found.digest) : .absent
    }

    func hasManifest(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        try await failing { try await client.findManifest(.digest(digest), in: repository).isThere }
    }

    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        try await failing { try await client.hasBlob(digest, in: repository) }
    }

    func push(
        _ blob: Descriptor, to repository: RepositoryName, mountingFrom source: RepositoryName?,
        content: @Sendable () async throws -> BlobContent
    ) async throws {
        do {
            try await send(blob, to: repository, mountingFrom: source, content: content)
        } catch RegistryClientError.unauthorized {
            // A token may end between two requests. The first of the next upload gets a new one.
            try await failing {
                try await send(blob, to: repository, mountingFrom: nil, content: content)
            }
        } catch {
            throw RemoteFailure.meaning(of: error)
        }
    }

    private func send(
        _ blob: Descriptor, to repository: RepositoryName, mountingFrom source: RepositoryName?,
        content: @Sendable () async throws -> BlobContent
    ) async throws {
        let upload = try await client.startUpload(of: blob.digest, to: repository, mountingFrom: source)
        guard let upload else { return }
        try await client.finishUpload(
            at: upload, of: blob.digest, size: blob.size, body: OutboundBody(try await content(), size: blob.size),
            to: repository)
    }

    func push(_ manifest: OutgoingManifest, tag: TagName?, to repository: RepositoryName) async throws {
        try await failing {
            try await client.putManifest(
                manifest.bytes, mediaType: manifest.mediaType, digest: manifest.digest, tag: tag, to: repository)
        }
    }

    /// Runs requests, with their errors in the words of the use cases.
    private func failing<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch {
            throw RemoteFailure.meaning(of: error)
        }
    }
}

extension OutboundBody {
    fileprivate init(_ content: BlobContent, size: Int64) {
        switch content {
        case .bytes(let bytes): self = .bytes(bytes)
        case .file(let file): self = .stream(file.chunks, length: size)
        case .stream(_, let bytes): self = .stream(bytes, length: size)
        }
    }
}

extension RemoteFailure {
    /// What an error of the network or of the other registry means for a copy; other errors are given back.
    fileprivate static func meaning(of error: any Error) -> any Error {
        switch error {
        case let error as OutboundError: RemoteFailure(error)
        case let error as RegistryClientError: RemoteFailure(error)
        default: error
        }
    }

    private init(_ error: OutboundError) {
        let (reason, isFinal) =
            switch error {
            case .invalidURL, .refusedAddress: ("the region has an address that this registry may not call", true)
            case .unreachable: ("the region could not be reached", false)
            case .timeout: ("the region did not answer in time", false)
            case .tooLarge: ("the region answered with too many bytes", true)
            }
        self.init(reason, cause: error.description, isFinal: isFinal)
    }

    private init(_ error: RegistryClientError) {
        let (reason, isFinal) =
            switch error {
            case .unauthorized: ("the region refuses the credentials that it is set up with", true)
            case .refused: ("the region refuses the copy", true)
            case .unavailable: ("the region cannot take copies now", false)
            case .misbehaved: ("the region answers as no registry does", true)
            }
        self.init(reason, cause: error.description, isFinal: isFinal)
    }
}
