import BerthOCI

/// An answer that a test cannot go on with.
package struct UnexpectedAnswer: Error, CustomStringConvertible {
    package let description: String

    init(_ response: TestResponse, expected: String) {
        description = "status \(response.status), but expected \(expected): \(response.text.prefix(1000))"
    }
}

extension Scenario {
    /// Starts an upload and gives its path.
    package func startUpload(in repository: String, as persona: Persona = .owner) async throws -> String {
        try await send("POST", "/v2/\(repository)/blobs/uploads/", as: persona)
            .requiring(202).requiredHeader("Location")
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

    /// The answer itself, which must have a status.
    ///
    /// - Throws: ``UnexpectedAnswer`` for another one.
    @discardableResult
    package func requiring(_ status: Int) throws -> TestResponse {
        guard self.status == status else { throw UnexpectedAnswer(self, expected: "\(status)") }
        return self
    }

    /// The first value of a header that must be there.
    ///
    /// - Throws: ``UnexpectedAnswer`` without it.
    package func requiredHeader(_ name: String) throws -> String {
        guard let value = header(name) else { throw UnexpectedAnswer(self, expected: "the header \(name)") }
        return value
    }
}
