import BerthOCI
import Foundation
import HTTPTypes
import NIOCore
import Synchronization

/// Gets and keeps what requests to a registry are authorised with.
///
/// Credentials go to the registry's own address only, its scheme, host and port: a realm elsewhere is asked without
/// them, and only over TLS.
final class RegistryAuthorization: Sendable {
    private enum Method {
        case unknown
        case basic
        case tokens
    }

    private struct Token {
        let text: String
        let expires: ContinuousClock.Instant
    }

    private struct State {
        var method = Method.unknown
        var tokens: [RepositoryName: Token] = [:]
    }

    private let endpoint: RegistryEndpoint
    private let http: OutboundHTTP
    private let state = Mutex(State())

    /// How many tokens are kept.
    private static let capacity = 1000
    /// How long before its end a token is not used any more.
    private static let margin: Duration = .seconds(30)
    /// The longest token, in bytes.
    private static let maximumToken = 16 * 1024

    init(endpoint: RegistryEndpoint, http: OutboundHTTP) {
        self.endpoint = endpoint
        self.http = http
    }

    /// What is known to be good for a repository; `nil` when the registry must be asked first.
    func known(for repository: RepositoryName) -> String? {
        state.withLock { state in
            switch state.method {
            case .unknown: return nil
            case .basic: return endpoint.credentials?.basic
            case .tokens:
                guard let token = state.tokens[repository], token.expires > .now + Self.margin else { return nil }
                return "Bearer " + token.text
            }
        }
    }

    /// Answers a challenge; what was known for the repository before is forgotten.
    ///
    /// - Throws: ``RegistryClientError``, ``OutboundError``, `CancellationError`.
    func answer(_ headers: HTTPFields, for repository: RepositoryName) async throws -> String {
        switch AuthenticationChallenge(headers) {
        case nil:
            throw RegistryClientError.unauthorized("\(endpoint) answers 401 without a challenge that is understood")
        case .basic:
            guard let credentials = endpoint.credentials else {
                throw RegistryClientError.unauthorized("\(endpoint) asks for credentials, and none are set")
            }
            state.withLock { $0.method = .basic }
            return credentials.basic
        case .bearer(let realm, let service):
            let token = try await token(from: realm, service: service, for: repository)
            state.withLock { state in
                state.method = .tokens
                if state.tokens.count >= Self.capacity { state.tokens = [:] }
                state.tokens[repository] = token
            }
            return "Bearer " + token.text
        }
    }

    private func token(
        from text: String, service: String?, for repository: RepositoryName
    ) async throws -> Token {
        let realm = try realm(text)
        var query = "scope=" + Self.encoded("repository:\(repository):pull,push")
        if let service { query += "&service=" + Self.encoded(service) }
        let url: OutboundURL
        do {
            url = try realm.appending(query: query)
        } catch {
            throw RegistryClientError.misbehaved("\(endpoint) sends to a realm that cannot be called: \(error)")
        }
        var headers: HTTPFields = [.accept: "application/json", .userAgent: "Berth"]
        if isOwn(realm), let credentials = endpoint.credentials {
            headers[.authorization] = credentials.basic
        }
        let response = try await http.send(
            OutboundRequest(.get, url, headers: headers, timeout: .seconds(30), maximumResponseSize: 64 * 1024))
        switch response.status.code {
        case 200: break
        case 401, 403: throw RegistryClientError.unauthorized("\(realm) refuses a token for \(repository)")
        case 408, 429, 500...599:
            throw RegistryClientError.unavailable("\(realm) answers \(response.status.code) to a request for a token")
        default:
            throw RegistryClientError.misbehaved("\(realm) answers \(response.status.code) to a request for a token")
        }
        return try Self.token(in: Data(try await response.body.collect().readableBytesView), from: realm)
    }

    /// - Throws: ``RegistryClientError/misbehaved(_:)`` for a realm that must not be asked.
    private func realm(_ text: String) throws -> OutboundURL {
        guard let realm = try? OutboundURL(parsing: text) else {
            throw RegistryClientError.misbehaved("\(endpoint) names a realm that is no URL")
        }
        guard realm.isEncrypted || isOwn(realm) else {
            throw RegistryClientError.misbehaved("\(endpoint) sends to the realm \(realm.origin), which is not safe")
        }
        return realm
    }

    private func isOwn(_ realm: OutboundURL) -> Bool { realm.origin == endpoint.url.origin }

    private static func token(in body: Data, from realm: OutboundURL) throws -> Token {
        struct Body: Decodable {
            let token: String?
            let accessToken: String?
            let expiresIn: Int?

            enum CodingKeys: String, CodingKey {
                case token
                case accessToken = "access_token"
                case expiresIn = "expires_in"
            }
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: body),
            let text = body.token ?? body.accessToken, (1...maximumToken).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw RegistryClientError.misbehaved("\(realm) answers without a token") }
        let lifetime = min(max(body.expiresIn ?? 60, 60), 24 * 60 * 60)
        return Token(text: text, expires: .now + .seconds(lifetime))
    }

    /// Percent-encoded but for what RFC 3986 calls unreserved.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                return "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }.joined()
    }
}
