import BerthHTTP
import BerthIdentity
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

/// `/token`: the Docker token protocol, by GET with Basic credentials or none, and by POST with a form.
///
/// Docker, "Token Authentication Specification" and "OAuth2 Token Authentication".
struct TokenDoor: Sendable {
    static let path = "/token"
    static let keysPath = "/.well-known/jwks.json"
    /// The longest form, in bytes.
    private static let maximumForm = 32 * 1024

    let registry: Registry
    /// The service that tokens are for; a request for another is refused.
    let service: String

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        do {
            switch request.method {
            case .get: return try await get(request, context: context)
            case .post: return try await post(request, context: context)
            default: throw RegistryError.methodNotAllowed(request.method, allowed: [.get, .post])
            }
        } catch AccessRefusal.unauthenticated(let reason) {
            throw RegistryError(
                .unauthorized, reason, headers: ["WWW-Authenticate": "Basic realm=\"\(service)\", charset=\"UTF-8\""])
        }
    }

    /// The public keys that verify tokens, as a JSON Web Key Set.
    func keys(_ request: Request) throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw RegistryError.methodNotAllowed(request.method, allowed: [.get, .head])
        }
        return .json(try registry.identity.keys.jwks(now: registry.now()))
    }

    private func get(_ request: Request, context: RequestContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try checkService(query["service"])
        let caller: Caller
        if let credentials = try Credentials(request.headers) {
            guard case .basic = credentials else {
                throw AccessRefusal.unauthenticated("a token is not bought with a token: send Basic credentials")
            }
            caller = try await registry.authenticate(credentials, from: context.origin)
        } else {
            caller = Caller(subject: .anonymous, access: nil)
        }
        context.fields.account = caller.name
        let granted = try await registry.grantToken(
            scopes: TokenScope.parse(query.all("scope")),
            wantsRefreshToken: query["offline_token"] == "true", to: caller)
        return try response(
            TokenResponse(
                token: granted.token, accessToken: granted.token, expiresIn: granted.lifetime,
                issuedAt: granted.issuedAt.formatted(.iso8601), refreshToken: granted.refreshToken, scope: nil))
    }

    private func post(_ request: Request, context: RequestContext) async throws -> Response {
        let body = try await request.collect(upTo: Self.maximumForm, context: context)
        let form: QueryParameters
        do {
            form = try QueryParameters(parsing: String(buffer: body))
        } catch {
            throw RegistryError(.unsupported, "the form cannot be read: \(error)", status: 400)
        }
        try checkService(form["service"])
        let caller: Caller
        switch form["grant_type"] {
        case "password":
            guard let username = form["username"], let password = form["password"] else {
                throw RegistryError(.unsupported, "grant_type=password needs username and password", status: 400)
            }
            caller = try await registry.authenticate(
                .basic(username: username, password: password), from: context.origin)
        case "refresh_token":
            guard let token = form["refresh_token"] else {
                throw RegistryError(.unsupported, "grant_type=refresh_token needs refresh_token", status: 400)
            }
            caller = try await registry.signIn(as: "", from: context.origin) {
                let caller = try await registry.authenticate(refreshToken: token)
                try await registry.confirm(caller)
                return caller
            }
        default:
            throw RegistryError(.unsupported, "grant_type must be password or refresh_token", status: 400)
        }
        context.fields.account = caller.name
        let scopes = TokenScope.parse(form.all("scope"))
        let granted = try await registry.grantToken(
            scopes: scopes, wantsRefreshToken: form["access_type"] == "offline", to: caller)
        return try response(
            TokenResponse(
                token: granted.token, accessToken: granted.token, expiresIn: granted.lifetime,
                issuedAt: granted.issuedAt.formatted(.iso8601),
                refreshToken: granted.refreshToken ?? form["refresh_token"],
                scope: scopes.map(\.text).joined(separator: " ")))
    }

    private func checkService(_ asked: String?) throws {
        guard let asked, asked != service else { return }
        throw RegistryError(.unsupported, "tokens here are for the service \(service)", status: 400)
    }

    private func response(_ token: TokenResponse) throws -> Response {
        .json([UInt8](try JSONEncoder().encode(token)), headers: [.cacheControl: "no-store"])
    }
}

/// The body of an answer of `/token`.
private struct TokenResponse: Encodable {
    let token: String
    let accessToken: String
    let expiresIn: Int
    let issuedAt: String
    let refreshToken: String?
    let scope: String?

    enum CodingKeys: String, CodingKey {
        case token, scope
        case accessToken = "access_token"
        case expiresIn = "expires_in"
        case issuedAt = "issued_at"
        case refreshToken = "refresh_token"
    }
}
