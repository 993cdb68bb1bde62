import BerthOCI
import BerthTestSupport

extension TestResponse {
    /// How many bytes an upload has received, as this answer says; one byte and none look alike.
    var receivedBytes: Int? {
        guard let range = header("Range"), range.hasPrefix("0-"), let last = Int(range.dropFirst(2)) else { return nil }
        return last == 0 ? 0 : last + 1
    }
}

extension Scenario {
    /// How many bytes the server says that an upload has received; `nil` when it knows of no such upload.
    func received(_ session: String, as persona: Persona = .owner) async throws -> Int? {
        let status = try await send("GET", session, as: persona)
        return status.status == 204 ? status.receivedBytes : nil
    }

    /// Whether a blob can be pulled from a repository, and is the one that was pushed.
    func holds(_ blob: SampleBlob, in repository: String) async throws -> Bool {
        let pulled = try await send("GET", "/v2/\(repository)/blobs/\(blob.digest)")
        return pulled.status == 200 && pulled.body == blob.bytes
    }

    /// Ends an upload whose bytes are all there.
    func finish(_ session: String, as digest: Digest) async throws -> TestResponse {
        try await send("PUT", "\(session)?digest=\(digest)")
    }

    /// Begins to send a chunk and waits until the server has written some of it to the disk.
    ///
    /// - Parameters:
    ///   - bytes: What is sent now, more than ``writtenTogether``.
    ///   - length: What the client says that it will send in all; `nil` to send it in chunks of HTTP.
    func beginPatch(
        _ session: String, sending bytes: [UInt8], of length: Int?, on connection: TestConnection
    ) async throws -> OpenRequest {
        let framing = length.map { [("Content-Length", "\($0)")] } ?? []
        let request = try await connection.begin(
            "PATCH", session, headers: framing + [Persona.owner.credentials])
        try await request.write(bytes)
        try await eventually("some of the chunk is on the disk") {
            try await received(session) ?? 0 >= Self.writtenTogether
        }
        return request
    }

    /// How many bytes of a chunk the server gathers before it writes them.
    static let writtenTogether = 512 * 1024
}
