import BerthBlobs
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird
import NIOCore

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
        let headers = Self.headers(ofBlob: digest)
        if exchange.hasCurrent(Self.entityTag(of: digest)) { return Response(status: .notModified, headers: headers) }
        return .headOnly(headers: headers, length: size)
    }

    /// end-2, GET: the whole blob or one range of it.
    private func getBlob(_ exchange: Exchange, _ digest: Digest, in name: RepositoryName) async throws -> Response {
        let blob = try await registry.pullBlob(digest, from: name, for: exchange.caller)
        let headers = Self.headers(ofBlob: digest)
        if exchange.hasCurrent(Self.entityTag(of: digest)) { return Response(status: .notModified, headers: headers) }
        switch blob.content {
        case .bytes(let bytes):
            return try ranged(exchange, digest, size: Int64(bytes.readableBytes), headers) { range, status, headers in
                let length = Int(range.upperBound - range.lowerBound)
                let part = bytes.getSlice(at: bytes.readerIndex + Int(range.lowerBound), length: length)
                blob.countSent(Int64(length))
                return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: part ?? ByteBuffer()))
            }
        case .file(let file):
            return try ranged(exchange, digest, size: file.size, headers) { range, status, headers in
                let slice = FileSlice(
                    descriptor: file.descriptor, offset: range.lowerBound,
                    length: range.upperBound - range.lowerBound, keepAlive: file)
                return .file(slice, status: status, headers: headers, context: exchange.context, sent: blob.countSent)
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

    /// Answers with the part of a blob that is asked for, or with all of it.
    ///
    /// RFC 9110, section 14.
    /// - Throws: 416 for a range outside of it.
    private func ranged(
        _ exchange: Exchange, _ digest: Digest, size: Int64, _ headers: HTTPFields,
        _ respond: (Range<Int64>, HTTPResponse.Status, HTTPFields) -> Response
    ) throws -> Response {
        let asked = RangeRequest.parse(
            exchange.request.headers[.range], size: size, ifRange: exchange.request.headers[.ifRange],
            entityTag: Self.entityTag(of: digest))
        switch asked {
        case .whole: return respond(0..<size, .ok, headers)
        case .part(let part):
            var headers = headers
            headers[.contentRange] = RangeRequest.contentRange(part, size: size)
            return respond(part.lowerBound..<part.upperBound + 1, .partialContent, headers)
        case .unsatisfiable:
            throw RegistryError(
                .sizeInvalid, "the blob has \(size) bytes: the range is outside of it", status: 416,
                headers: ["Content-Range": RangeRequest.unsatisfiedContentRange(size: size)])
        }
    }

    static func entityTag(of digest: Digest) -> String { "\"\(digest)\"" }

    /// What every answer about a blob carries: it is bytes to be saved, never a page to be shown.
    static func headers(ofBlob digest: Digest) -> HTTPFields {
        [
            .contentType: MediaType.octetStream.rawValue,
            .dockerContentDigest: digest.description,
            .eTag: entityTag(of: digest),
            .acceptRanges: "bytes",
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
    }
}
