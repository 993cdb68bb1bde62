import BerthOCI
import Foundation
import HTTPTypes
import NIOCore

/// Pushes to another registry by the OCI distribution API.
///
/// The registry is not trusted: every answer is bounded in size and time, redirects and uploads at other hosts are
/// refused, a second 401 ends a request, and digests that it tells are compared with those that were sent. All functions
/// throw ``RegistryClientError``, ``OutboundError`` and `CancellationError`.
package struct RegistryClient: Sendable {
    private let endpoint: RegistryEndpoint
    private let http: OutboundHTTP
    private let authorization: RegistryAuthorization

    /// How long a request without a large body may take.
    private static let timeout: Duration = .seconds(60)
    /// What the slowest connection is taken to carry, in bytes a second.
    private static let slowest: Int64 = 64 * 1024
    /// The most bytes of an answer, none of which is needed but for the log.
    private static let maximumAnswer: Int64 = 64 * 1024

    package init(endpoint: RegistryEndpoint, http: OutboundHTTP) {
        self.endpoint = endpoint
        self.http = http
        authorization = RegistryAuthorization(endpoint: endpoint, http: http)
    }

    /// Whether a manifest is there, with its digest where the registry tells it.
    package func findManifest(
        _ reference: ManifestReference, in repository: RepositoryName
    ) async throws -> (isThere: Bool, digest: Digest?) {
        var headers: HTTPFields = [:]
        headers[values: .accept] = Manifest.acceptedMediaTypes.map(\.rawValue)
        let answer = try await send(.head, "/v2/\(repository)/manifests/\(reference)", headers, for: repository)
        switch answer.status.code {
        case 200: return (true, answer.digest)
        case 404: return (false, nil)
        default: throw refusal(answer, "look for \(repository)@\(reference)")
        }
    }

    /// Whether a blob is there.
    package func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        let answer = try await send(.head, "/v2/\(repository)/blobs/\(digest)", for: repository)
        switch answer.status.code {
        // One with an object store behind it says where the bytes are.
        case 200, 307: return true
        case 404: return false
        default: throw refusal(answer, "look for the blob \(digest)")
        }
    }

    /// Begins an upload, or has the blob taken from another repository there.
    ///
    /// OCI distribution-spec 1.1, end-4a and end-11.
    /// - Returns: Where the bytes go; `nil` when they are there now.
    package func startUpload(
        of digest: Digest, to repository: RepositoryName, mountingFrom source: RepositoryName?
    ) async throws -> OutboundURL? {
        let mount = source.map { "?mount=\(digest)&from=\($0)" } ?? ""
        let answer = try await send(.post, "/v2/\(repository)/blobs/uploads/" + mount, for: repository)
        switch answer.status.code {
        case 201 where source != nil: return nil
        case 202: return try upload(at: answer)
        default: throw refusal(answer, "begin an upload to \(repository)")
        }
    }

    /// Sends a blob to where an upload was begun.
    ///
    /// OCI distribution-spec 1.1, end-6.
    /// - Parameters:
    ///   - size: Bytes.
    ///   - body: All of them.
    package func finishUpload(
        at location: OutboundURL, of digest: Digest, size: Int64, body: OutboundBody, to repository: RepositoryName
    ) async throws {
        let url: OutboundURL
        do {
            url = try location.appending(query: "digest=\(digest)")
        } catch {
            throw RegistryClientError.misbehaved("\(endpoint) wants an upload to go where it cannot: \(error)")
        }
        let answer = try await exchange(
            OutboundRequest(
                .put, url, headers: [.contentType: "application/octet-stream"], body: body,
                timeout: Self.timeout + .seconds(size / Self.slowest)),
            authorization: authorization.known(for: repository))
        guard answer.status.code == 201 else { throw refusal(answer, "send the blob \(digest)") }
        try check(answer, is: digest)
    }

    /// Sends the exact bytes of a manifest, to be found by its digest and, where there is one, by a tag.
    ///
    /// OCI distribution-spec 1.1, end-7.
    package func putManifest(
        _ bytes: [UInt8], mediaType: MediaType, digest: Digest, tag: TagName?, to repository: RepositoryName
    ) async throws {
        // A push by tag alone is hashed with SHA-256 by every registry.
        let reference = tag.map { digest.algorithm == .sha256 ? "\($0)" : "\(digest)?tag=\($0)" } ?? "\(digest)"
        let answer = try await send(
            .put, "/v2/\(repository)/manifests/\(reference)", [.contentType: mediaType.rawValue],
            body: .bytes(ByteBuffer(bytes: bytes)), for: repository)
        guard answer.status.code == 201 else { throw refusal(answer, "send the manifest \(digest)") }
        try check(answer, is: digest)
    }

    /// What a registry answered.
    private struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let body: [UInt8]

        /// `Docker-Content-Digest`.
        var digest: Digest? { headers[.dockerContentDigest].flatMap { try? Digest(parsing: $0) } }
    }

    /// Sends a request that can be sent twice, the second time as the registry's challenge asks.
    private func send(
        _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:], body: OutboundBody = .none,
        for repository: RepositoryName
    ) async throws -> Answer {
        let request = OutboundRequest(
            method, try resolve(target), headers: headers, body: body, timeout: Self.timeout,
            maximumResponseSize: Self.maximumAnswer)
        let answer = try await exchange(request, authorization: authorization.known(for: repository))
        guard answer.status.code == 401 else { return answer }
        let granted = try await authorization.answer(answer.headers, for: repository)
        return try await exchange(request, authorization: granted)
    }

    private func exchange(_ request: OutboundRequest, authorization: String?) async throws -> Answer {
        var request = request
        request.headers[.userAgent] = "Berth"
        if let authorization, request.url.origin == endpoint.url.origin {
            request.headers[.authorization] = authorization
        }
        let response = try await http.send(request)
        // Read to its end, the connection can be used again; what it says is only for the log.
        let body = try? await response.body.collect()
        try Task.checkCancellation()
        return Answer(
            status: response.status, headers: response.headers, body: body.map { Array($0.readableBytesView) } ?? [])
    }

    private func resolve(_ target: String) throws(RegistryClientError) -> OutboundURL {
        do {
            return try endpoint.url.resolving(target)
        } catch {
            throw .misbehaved("\(endpoint) cannot be asked: \(error)")
        }
    }

    /// Where an upload goes on, which must be at the registry itself, since it is sent what authorises.
    private func upload(at answer: Answer) throws(RegistryClientError) -> OutboundURL {
        guard let text = answer.headers[.location], let location = try? endpoint.url.resolving(text) else {
            throw .misbehaved("\(endpoint) begins an upload without a Location")
        }
        guard location.origin == endpoint.url.origin else {
            throw .misbehaved("\(endpoint) wants an upload to go to \(location.origin)")
        }
        return location
    }

    private func check(_ answer: Answer, is digest: Digest) throws(RegistryClientError) {
        guard let text = answer.headers[.dockerContentDigest], text != digest.description else { return }
        throw .misbehaved("\(endpoint) took \(digest) and says that it is another")
    }

    private func refusal(_ answer: Answer, _ act: String) -> RegistryClientError {
        struct Body: Decodable {
            struct Entry: Decodable {
                let code: String?
                let message: String?
            }
            let errors: [Entry]
        }
        let code = answer.status.code
        var sentence = "\(endpoint) answers \(code) when asked to \(act)"
        let entry = (try? JSONDecoder().decode(Body.self, from: Data(answer.body)))?.errors.first
        if let entry {
            let words = [entry.code, entry.message].compactMap(\.self).joined(separator: ": ")
            sentence += ", \(ParseFailure("", found: words, expected: "").found)"
        }
        return switch code {
        case 401, 403: .unauthorized(sentence)
        case 408, 425, 429, 500...599: .unavailable(sentence)
        // What was there has been removed meanwhile; the next attempt sends it again.
        case 400..<500 where entry?.code == "MANIFEST_BLOB_UNKNOWN": .unavailable(sentence)
        case 400..<500: .refused(sentence)
        default: .misbehaved(sentence)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let dockerContentDigest = name("Docker-Content-Digest")

    private static func name(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(text)") else { preconditionFailure("not a header: \(text)") }
        return name
    }
}
