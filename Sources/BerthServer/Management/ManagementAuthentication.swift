import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthIdentity
import BerthRegistry
import HTTPTypes
import Hummingbird

/// Finds out who asks something of the management API or of IAM.
struct ManagementAuthentication: Sendable {
    let registry: Registry

    /// Lets pass only a request that says who it is from, so that no body is read for others.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``.
    func requireCredentials(_ request: Request) throws {
        guard request.headers[.authToken] == nil else { return }
        _ = try signature(of: request)
    }

    /// Checks the token in `X-Auth-Token`, or else the signature of the request.
    ///
    /// A project that the request names must be one of the caller's account, and that of its token.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``, or ``AdministrationError`` `projectForeign`.
    func authenticate(
        _ request: Request, body: [UInt8], from origin: RequestOrigin
    ) async throws -> ManagementCaller {
        guard request.headers[.securityToken] == nil else {
            throw AccessRefusal.unauthenticated("there are no temporary access keys here: leave out X-Security-Token")
        }
        let found = try await identify(request, body: body, from: origin)
        if let text = request.headers[.projectID], !text.isEmpty {
            let project = ProjectID(rawValue: text)
            do {
                try await registry.confirmProject(project, by: .caller(found.caller.caller))
                guard found.project == nil || found.project == project else {
                    throw AdministrationError(.projectForeign, "the token is for another project than X-Project-Id")
                }
            } catch {
                registry.noteRefusal(error, of: AuditedRequest(.signIn), to: found.caller.caller)
                throw error
            }
        }
        return found.caller
    }

    private func signature(of request: Request) throws -> RequestSignature {
        guard let header = request.headers[.authorization] else {
            throw AccessRefusal.unauthenticated("sign the request with an access key, or send X-Auth-Token")
        }
        do {
            return try RequestSignature(parsing: header)
        } catch {
            throw AccessRefusal.unauthenticated("\(error)")
        }
    }

    private func identify(
        _ request: Request, body: [UInt8], from origin: RequestOrigin
    ) async throws -> (caller: ManagementCaller, project: ProjectID?) {
        if let token = request.headers[.authToken] {
            let (caller, project) = try await registry.authenticate(managementToken: token)
            return (try ManagementCaller(caller.coming(from: origin), accessKey: nil), project)
        }
        let signature = try signature(of: request)
        let caller = try await registry.notingWrongSignIn(as: signature.accessKey, from: origin) {
            try await registry.authenticate(
                SignedRequest(request, body: body), signature: signature, from: origin)
        }
        return (try ManagementCaller(caller.coming(from: origin), accessKey: signature.accessKey), nil)
    }
}

extension ManagementCaller {
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` for nobody.
    fileprivate init(_ caller: Caller, accessKey: String?) throws {
        guard case .user(_, let name, _) = caller.subject else {
            throw AccessRefusal.unauthenticated("sign in as a user")
        }
        self.init(caller: caller, account: name.account, accessKey: accessKey)
    }
}

extension SignedRequest {
    /// A request as it came over the wire.
    fileprivate init(_ request: Request, body: [UInt8]) {
        var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        if let authority = request.head.authority { headers.append((name: "host", value: authority)) }
        self.init(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", headers: headers,
            body: body)
    }
}

extension HTTPField.Name {
    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header name") }
        return name
    }

    static let authToken = known("X-Auth-Token")
    static let subjectToken = known("X-Subject-Token")
    static let projectID = known("X-Project-Id")
    static let securityToken = known("X-Security-Token")
    static let dockerLogin = known("X-Swr-Dockerlogin")
    static let loginExpiry = known("X-Swr-Expireat")
}
