import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension IAMDoor {
    /// `POST /v3/auth/tokens`: a token against a password.
    func issueToken(_ request: Request, body: [UInt8], context: RequestContext) async throws -> Response {
        let asked = try ManagementJSON.decode(TokenRequest.self, from: body)
        let (user, password, scope) = (try asked.user(), try asked.password(), try asked.scope())
        let token = try await registry.notingWrongSignIn(as: user.loginName, from: context.origin) {
            try await registry.issueManagementToken(for: user, password: password, scope: scope, from: context.origin)
        }
        registry.noteSignIn(of: token.user.name, from: context.origin)
        context.fields.account = token.user.name.description
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.subjectToken] = token.token
        return try .management(TokenBody(token), status: .created, headers: headers)
    }
}

/// The body of a request for a token.
private struct TokenRequest: Decodable {
    struct Named: Decodable {
        let id: String?
        let name: String?
    }
    struct User: Decodable {
        let id: String?
        let name: String?
        let password: String
        let domain: Named?
    }
    struct Password: Decodable {
        let user: User
    }
    struct Identity: Decodable {
        let methods: [String]
        let password: Password?
    }
    struct Scope: Decodable {
        let project: Named?
        let domain: Named?
    }
    struct Auth: Decodable {
        let identity: Identity
        let scope: Scope?
    }

    let auth: Auth

    /// The longest password that is looked at, in bytes.
    private static let maximumPassword = 4096

    func user() throws -> UserReference {
        let user = try identified()
        let account = user.domain.flatMap(Self.identifier)
        guard let identifier = Self.identifier(Named(id: user.id, name: user.name)) else {
            throw Self.invalid("auth.identity.password.user has no name and no id")
        }
        if case .name = identifier, account == nil {
            throw Self.invalid("auth.identity.password.user.domain has no name and no id: name the account")
        }
        return UserReference(user: identifier, account: account)
    }

    func password() throws -> String {
        let password = try identified().password
        guard password.utf8.count <= Self.maximumPassword else {
            throw Self.invalid("the password is longer than \(Self.maximumPassword) bytes")
        }
        return password
    }

    func scope() throws -> ManagementScope {
        guard let scope = auth.scope else { return .unnamed }
        switch (scope.project.flatMap(Self.identifier), scope.domain.flatMap(Self.identifier)) {
        case (let project?, nil): return .project(project)
        case (nil, let account?): return .account(account)
        default: throw Self.invalid("auth.scope must have either a project or a domain, with a name or an id")
        }
    }

    private func identified() throws -> User {
        guard auth.identity.methods == ["password"], let password = auth.identity.password else {
            throw Self.invalid("auth.identity.methods must be [\"password\"], beside auth.identity.password")
        }
        return password.user
    }

    private static func identifier(_ named: Named) -> UserReference.Identifier? {
        named.id.map { .id($0) } ?? named.name.map { .name($0) }
    }

    private static func invalid(_ message: String) -> ManagementError {
        ManagementError(.badRequest, .invalidBody, message)
    }
}

/// The body that tells what a token says.
private struct TokenBody: Encodable {
    struct Named: Encodable {
        let id: String
        let name: String
    }
    struct User: Encodable {
        let id: String
        let name: String
        let passwordExpiresAt = ""
        let domain: Named
    }
    struct Project: Encodable {
        let id: String
        let name: String
        let domain: Named
    }
    struct Token: Encodable {
        let methods = ["password"]
        let issuedAt: ManagementTime
        let expiresAt: ManagementTime
        let user: User
        let project: Project?
        let domain: Named?
        let roles: [Named]
        let catalog: [String] = []
    }

    let token: Token

    init(_ token: ManagementToken) {
        let account = Named(id: token.account.id.rawValue, name: token.account.name.description)
        self.token = Token(
            issuedAt: ManagementTime(token.issuedAt), expiresAt: ManagementTime(token.expiresAt),
            user: User(id: token.user.id.rawValue, name: token.user.name.user.description, domain: account),
            project: token.project.map {
                Project(id: $0.id.rawValue, name: $0.name.description, domain: account)
            },
            domain: token.project == nil ? account : nil,
            roles: [Named(id: "0", name: token.user.isAdmin ? "te_admin" : "user")])
    }
}
