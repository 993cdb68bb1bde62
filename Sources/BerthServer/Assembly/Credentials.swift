import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes

/// What an `Authorization` header holds.
enum Credentials: Sendable {
    case basic(username: String, password: String)
    case bearer(String)

    /// The longest header that is looked at, in bytes.
    private static let maximumLength = 32 * 1024

    /// Reads the header.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` for one that cannot be read.
    init?(_ fields: HTTPFields) throws {
        guard let header = fields[.authorization] else { return nil }
        guard header.utf8.count <= Self.maximumLength, let space = header.firstIndex(of: " ") else {
            throw AccessRefusal.unauthenticated("the Authorization header cannot be read")
        }
        let value = header[space...].drop { $0 == " " }
        switch header[..<space].lowercased() {
        case "bearer":
            self = .bearer(String(value))
        case "basic":
            guard let data = Data(base64Encoded: String(value)), let text = String(validating: data, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { throw AccessRefusal.unauthenticated("the Basic credentials cannot be read") }
            self = .basic(
                username: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
        default:
            throw AccessRefusal.unauthenticated("the Authorization header must be Basic or Bearer")
        }
    }
}

extension Registry {
    /// Checks credentials of either kind.
    func authenticate(_ credentials: Credentials, from origin: RequestOrigin) async throws -> Caller {
        switch credentials {
        case .basic(let username, let password):
            try await signIn(as: username, from: origin) {
                try await authenticate(username: username, password: password, from: origin)
            }
        case .bearer(let token): try await authenticate(bearer: token).coming(from: origin)
        }
    }
}
