import BerthBlobs
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird
import NIOCore

extension DistributionDoor {
    /// `POST /v2/<name>/blobs/uploads/`: a mount (end-11), a whole blob (end-4b) or a new upload (end-4a).
    func startUpload(_ exchange: Exchange, in name: RepositoryName) async throws -> Response {
        let query = try exchange.query()
        if let text = query["mount"] {
            let digest = try digest(text)
            if try await registry.mountBlob(digest, from: try source(query), to: name, for: exchange.caller) {
                return created(digest, in: name)
            }
        } else if let text = query["digest"] {
            let digest = try digest(text)
            exchange.context.fields.digest = digest.description
            _ = try await registry.pushBlob(
                digest, to: name, length: exchange.request.declaredLength, bytes: LazyBody(exchange),
                for: exchange.caller)
            return created(digest, in: name)
        }
        let upload = try await registry.startUpload(in: name, algorithm: try algorithm(query), for: exchange.caller)
        return progress(of: upload, status: .accepted)
    }

    /// `/v2/<name>/blobs/uploads/<id>`, by method.
    func upload(_ exchange: Exchange, id text: Substring, in name: RepositoryName) async throws -> Response {
        guard let id = try? UploadID(parsing: text) else { throw RegistryError.uploadUnknown() }
        switch exchange.request.method {
        case .patch:
            // end-5
            let upload = try await registry.appendToUpload(
                id, in: name, range: try range(exchange), length: exchange.request.declaredLength,
                bytes: LazyBody(exchange), for: exchange.caller)
            return progress(of: upload, status: .accepted)
        case .put: return try await finishUpload(exchange, id: id, in: name)
        case .delete:
            // end-14
            try await registry.cancelUpload(id, in: name, for: exchange.caller)
            return Response(status: .noContent)
        default:
            // end-13
            return progress(
                of: try await registry.uploadStatus(id, in: name, for: exchange.caller), status: .noContent)
        }
    }

    /// end-6: the last bytes, if any, and the digest of the whole.
    private func finishUpload(
        _ exchange: Exchange, id: UploadID, in name: RepositoryName
    ) async throws -> Response {
        guard let text = try exchange.query()["digest"] else {
            throw RegistryError(.digestInvalid, "finishing an upload needs ?digest=")
        }
        let digest = try digest(text)
        exchange.context.fields.digest = digest.description
        _ = try await registry.finishUpload(
            id, in: name, as: digest, range: try range(exchange), length: exchange.request.declaredLength,
            bytes: LazyBody(exchange), for: exchange.caller)
        return created(digest, in: name)
    }

    /// The repository to mount from.
    private func source(_ query: QueryParameters) throws -> RepositoryName? {
        guard let text = query["from"] else { return nil }
        do {
            return try RepositoryName(parsing: text)
        } catch {
            throw RegistryError.invalid(error, as: .nameInvalid)
        }
    }

    /// end-4c: the algorithm that the client says its digest will have.
    private func algorithm(_ query: QueryParameters) throws -> Digest.Algorithm? {
        guard let text = query["digest-algorithm"] else { return nil }
        guard let algorithm = Digest.Algorithm(rawValue: text) else {
            throw RegistryError(.digestInvalid, "digest-algorithm must be sha256 or sha512", detail: .text(text))
        }
        return algorithm
    }

    /// The place of a chunk that carries a `Content-Range`.
    private func range(_ exchange: Exchange) throws -> ClosedRange<Int64>? {
        guard let text = exchange.request.headers[.contentRange] else { return nil }
        do {
            let range = try ContentRange(parsing: text)
            if let declared = exchange.request.declaredLength, declared != range.length {
                throw RegistryError(
                    .sizeInvalid, "the range \(text) has \(range.length) bytes, but the request has \(declared)")
            }
            return range.first...range.last
        } catch let failure as ParseFailure {
            throw RegistryError.invalid(failure, as: .blobUploadInvalid)
        }
    }

    private func created(_ digest: Digest, in name: RepositoryName) -> Response {
        Response(
            status: .created,
            headers: [
                .location: "/v2/\(name)/blobs/\(digest)",
                .dockerContentDigest: digest.description,
            ])
    }

    private func progress(of upload: Upload, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [
                .location: upload.location,
                .range: "0-\(max(upload.received - 1, 0))",
                .dockerUploadUUID: upload.id.description,
            ])
    }
}

/// A request's body that asks the client to go on (`100 Continue`) when it is read for the first time, which is after
/// the request has been found permissible.
private struct LazyBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    func makeAsyncIterator() -> Iterator { Iterator(exchange: exchange) }

    struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange
        var body: RequestBody.AsyncIterator?

        mutating func next() async throws -> ByteBuffer? {
            try await next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            if body == nil {
                body = try await exchange.request.openBody(context: exchange.context).makeAsyncIterator()
            }
            return try await body?.next(isolation: actor)
        }
    }
}
