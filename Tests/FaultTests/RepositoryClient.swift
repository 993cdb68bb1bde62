import BerthOCI
import BerthTestSupport
import Foundation

/// How a client sends a blob.
enum BlobRoute: Sendable, CaseIterable {
    /// All in `POST ?digest=`.
    case single
    /// `POST`, then all in the `PUT`.
    case put
    /// `POST`, three times `PATCH`, then an empty `PUT`.
    case chunks
}

/// An upload that a client has begun and not seen the end of.
struct OpenUpload: Sendable {
    var location: String
    /// Bytes that the server said it has.
    var acknowledged = 0
    /// Bytes that have been sent, of which the last may not have arrived.
    var sent = 0
    /// Whether the request that ends the upload has been sent.
    var isEnding = false
}

/// What one account does with one repository. Answers are given back whatever their status is.
struct RepositoryClient: Sendable {
    let client: TestClient
    let login: Login
    let repository: String

    /// Sends a request; a path that does not begin with a slash is one within the repository.
    func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: TestBody = .none
    ) async throws -> TestResponse {
        try await client.send(
            method, path.hasPrefix("/") ? path : "/v2/\(repository)/\(path)", headers: headers + [login.header],
            body: body)
    }

    /// Pushes a blob; the answer is that of the last request, or of the one that was refused.
    func push(_ blob: SampleBlob, by route: BlobRoute = .single) async throws -> TestResponse {
        var upload: OpenUpload?
        return try await push(blob, by: route, keeping: &upload)
    }

    /// As ``push(_:by:)``, and tells how far the upload came when a request has no answer.
    func push(_ blob: SampleBlob, by route: BlobRoute, keeping upload: inout OpenUpload?) async throws -> TestResponse {
        upload = nil
        if route == .single {
            return try await send(
                "POST", "blobs/uploads/?digest=\(blob.digest)", headers: [Self.octets], body: .bytes(blob.bytes))
        }
        let start = try await startUpload()
        guard start.status == 202, let location = start.header("Location") else { return start }
        var open = OpenUpload(location: location)
        defer { upload = open }
        return try await finish(blob, chunks: route == .put ? 0 : 3, &open)
    }

    func startUpload() async throws -> TestResponse { try await send("POST", "blobs/uploads/") }

    /// Sends what is left of a blob: so many chunks, then the request that ends the upload.
    func finish(_ blob: SampleBlob, chunks: Int, _ upload: inout OpenUpload) async throws -> TestResponse {
        let step = max((blob.bytes.count - upload.acknowledged + max(chunks, 1) - 1) / max(chunks, 1), 1)
        for _ in 0..<chunks where upload.acknowledged < blob.bytes.count {
            let end = min(upload.acknowledged + step, blob.bytes.count)
            upload.sent = end
            let answer = try await append(Array(blob.bytes[upload.acknowledged..<end]), to: &upload)
            guard answer.status == 202 else { return answer }
            upload.acknowledged = end
        }
        let rest = Array(blob.bytes[upload.acknowledged...])
        upload.sent = blob.bytes.count
        upload.isEnding = true
        let mark = upload.location.contains("?") ? "&" : "?"
        return try await send(
            "PUT", "\(upload.location)\(mark)digest=\(blob.digest)", headers: [Self.octets], body: .bytes(rest))
    }

    func append(_ bytes: [UInt8], to upload: inout OpenUpload) async throws -> TestResponse {
        let answer = try await send("PATCH", upload.location, headers: [Self.octets], body: .bytes(bytes))
        if answer.status == 202, let next = answer.header("Location") { upload.location = next }
        return answer
    }

    /// Pushes a manifest whose blobs are there.
    func push(_ manifest: SampleManifest, as reference: String? = nil) async throws -> TestResponse {
        try await send(
            "PUT", "manifests/\(reference ?? manifest.digest.description)",
            headers: [("Content-Type", manifest.mediaType.rawValue)], body: .bytes(manifest.bytes))
    }

    /// Pushes an image with its blobs, by all ways in turn.
    ///
    /// - Returns: The first answer that is not 201, or the last.
    func pushImage(_ image: SampleManifest, as tag: String) async throws -> TestResponse {
        for (blob, route) in zip(image.blobs, [BlobRoute.single, .chunks, .put, .single]) {
            let answer = try await push(blob, by: route)
            guard answer.status == 201 else { return answer }
        }
        return try await push(image, as: tag)
    }

    func manifest(_ reference: some CustomStringConvertible) async throws -> TestResponse {
        try await send("GET", "manifests/\(reference)")
    }

    func blob(_ digest: Digest) async throws -> TestResponse { try await send("GET", "blobs/\(digest)") }

    /// Whether the image is there, byte for byte, by its tag, its digest and all its blobs.
    func holds(_ image: SampleManifest, as tag: String) async throws -> Bool {
        for reference in [tag, image.digest.description] {
            let answer = try await manifest(reference)
            guard answer.status == 200, answer.body == image.bytes else { return false }
        }
        for blob in image.blobs {
            let answer = try await self.blob(blob.digest)
            guard answer.status == 200, answer.body == blob.bytes else { return false }
        }
        return true
    }

    /// The names of all tags; none when there is no such repository.
    func tags() async throws -> [String] {
        let answer = try await send("GET", "tags/list")
        guard answer.status == 200 else {
            guard answer.status == 404 else { throw ToolFailure("tags/list: \(answer.status) \(answer.text)") }
            return []
        }
        return try answer.json(TagList.self).tags
    }

    private struct TagList: Decodable {
        let tags: [String]
    }

    private static let octets = ("Content-Type", "application/octet-stream")
}

extension TestResponse {
    /// The code of the first error in a body as the distribution specification has it.
    var errorCode: String? { (try? json(ErrorBody.self))?.errors.first?.code }
}

private struct ErrorBody: Decodable {
    struct Entry: Decodable {
        let code: String
        let message: String
    }
    let errors: [Entry]
}
