import BerthBlobs
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension DistributionDoor {
    /// `/v2/<name>/blobs/<digest>`, by method.
    func blobs(_ exchange: Exchange, digest: Digest, in name: RepositoryName) async throws -> Response {
        exchange.context.fields.digest = digest.description
        switch exchange.request.method {
        case .delete:
            // end-10
            try await registry.deleteBlob(digest, in: name, for: exchange.caller)
            return Response(status: .accepted)
        case .head: return try await headBlob(exchange, digest, in: name)
        default: return try await getBlob(exchange, digest, in: name)
        }
    }

    /// end-2, HEAD.
    private func headBlob(_ exchange: Exchange, _ digest: Digest, in name: RepositoryName) async throws -> Response {
        let size = try await registry.statBlob(digest, in: name, for: exchange.caller)
        let headers = headers(of: digest)
        if exchange.hasCurrent(entityTag(of: digest)) { return Response(status: .notModified, headers: headers) }
        return .headOnly(headers: headers, length: size)
    }

    /// end-2, GET: the whole blob or one range of it.
    private func getBlob(_ exchange: Exchange, _ digest: Digest, in name: RepositoryName) async throws -> Response {
        let blob = try await registry.pullBlob(digest, from: name, for: exchange.caller)
        var headers = headers(of: digest)
        if exchange.hasCurrent(entityTag(of: digest)) { return Response(status: .notModified, headers: headers) }
        switch blob.content {
        case .file(let file):
            let asked = RangeRequest.parse(
                exchange.request.headers[.range], size: file.size,
                ifRange: exchange.request.headers[.ifRange], entityTag: entityTag(of: digest))
            switch asked {
            case .whole:
                let slice = FileSlice(descriptor: file.descriptor, offset: 0, length: file.size, keepAlive: file)
                return .file(slice, headers: headers, context: exchange.context, sent: blob.countSent)
            case .part(let part):
                headers[.contentRange] = RangeRequest.contentRange(part, size: file.size)
                let slice = FileSlice(
                    descriptor: file.descriptor, offset: part.lowerBound,
                    length: part.upperBound - part.lowerBound + 1, keepAlive: file)
                return .file(
                    slice, status: .partialContent, headers: headers, context: exchange.context, sent: blob.countSent)
            case .unsatisfiable:
                throw RegistryError(
                    .sizeInvalid, "the blob has \(file.size) bytes: the range is outside of it", status: 416,
                    headers: ["Content-Range": RangeRequest.unsatisfiedContentRange(size: file.size)])
            }
        case .stream(let size, let bytes):
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(contentLength: Int(size)) { writer in
                    for try await buffer in bytes {
                        try await writer.write(buffer)
                        blob.countSent(Int64(buffer.readableBytes))
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private func entityTag(of digest: Digest) -> String { "\"\(digest)\"" }

    /// What every answer about a blob carries: it is bytes to be saved, never a page to be shown.
    private func headers(of digest: Digest) -> HTTPFields {
        [
            .contentType: MediaType.octetStream.rawValue,
            .dockerContentDigest: digest.description,
            .eTag: entityTag(of: digest),
            .acceptRanges: "bytes",
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
    }
}
