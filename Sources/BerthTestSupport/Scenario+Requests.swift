import BerthOCI

extension Scenario {
    /// Starts an upload and gives its path.
    ///
    /// - Throws: ``ToolFailure`` when it is refused.
    package func startUpload(in repository: String, as persona: Persona = .owner) async throws -> String {
        let started = try await send("POST", "/v2/\(repository)/blobs/uploads/", as: persona)
        guard started.status == 202, let location = started.header("Location") else {
            throw ToolFailure("no upload in \(repository): \(started.status) \(started.text)")
        }
        return location
    }

    /// Sends one chunk of `bytes`.
    package func patch(
        _ session: String, _ bytes: [UInt8], _ range: Range<Int>, as persona: Persona = .owner
    ) async throws -> TestResponse {
        try await send(
            "PATCH", session, as: persona,
            headers: [("Content-Range", "\(range.lowerBound)-\(range.upperBound - 1)")],
            body: .bytes(Array(bytes[range])))
    }

    /// The tags of a repository, as its owner sees them.
    package func tags(of repository: String, query: String = "") async throws -> [String] {
        struct Body: Decodable {
            let tags: [String]
        }
        return try await send("GET", "/v2/\(repository)/tags/list\(query)").json(Body.self).tags
    }
}

extension TestResponse {
    /// The codes of an error body, in order.
    package var errorCodes: [String] {
        struct Body: Decodable {
            struct Entry: Decodable {
                let code: String
                let message: String
            }
            let errors: [Entry]
        }
        return (try? json(Body.self))?.errors.map(\.code) ?? []
    }
}
