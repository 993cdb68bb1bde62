import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// `/v2/…`: the OCI distribution API. Every endpoint is a method of an extension, one file a resource.
///
/// The order is the same for all: credentials, method, names, then the use case. So whoever brings no good
/// credentials is challenged whatever the path says.
///
/// OCI distribution-spec 1.1, "Endpoints".
struct DistributionDoor: Sendable {
    let registry: Registry
    let challenge: Challenge
    /// Whether pushes and deletions are answered 405.
    let isReadOnly: Bool

    /// What clients take for the sign of a registry.
    static let apiVersion = "registry/2.0"

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        let route = DistributionRoute(path: request.uri.path)
        context.fields.route = route?.template ?? "/v2/unknown"
        context.fields.repository = route?.name.map(String.init)
        var response: Response
        do {
            response = try await answer(request, route: route, context: context)
        } catch let refusal as AccessRefusal {
            throw challenge.error(for: refusal, route: route, method: request.method)
        }
        response.headers[.dockerDistributionAPIVersion] = Self.apiVersion
        return response
    }

    private func answer(
        _ request: Request, route: DistributionRoute?, context: RequestContext
    ) async throws -> Response {
        guard let credentials = try Credentials(request.headers) else {
            throw AccessRefusal.unauthenticated("sign in first")
        }
        let caller = try await registry.authenticate(credentials, from: context.origin)
        context.fields.account = caller.name
        guard let route else {
            throw RegistryError(.nameInvalid, "this path names nothing of the registry", status: 404)
        }
        try route.require(request.method)
        if isReadOnly, request.method != .get, request.method != .head {
            throw RegistryError(
                .unsupported, "this registry is read-only: it takes no pushes and deletes nothing",
                headers: ["Allow": "GET, HEAD"])
        }
        do {
            return try await answer(Exchange(request: request, context: context, caller: caller), route: route)
        } catch {
            registry.noteRefusal(error, of: route.auditedRequest(request.method), to: caller)
            throw error
        }
    }

    private func answer(_ exchange: Exchange, route: DistributionRoute) async throws -> Response {
        switch route {
        case .base: return try await base(exchange)
        case .catalog: return try await listRepositories(exchange)
        case .tags(let name): return try await listTags(exchange, of: try repository(name))
        case .referrers(let name, let digest):
            return try await listReferrers(exchange, of: try self.digest(digest), in: try repository(name))
        case .manifests(let name, let reference):
            return try await manifests(exchange, reference: reference, in: try repository(name))
        case .blobs(let name, let digest):
            return try await blobs(exchange, digest: try self.digest(digest), in: try repository(name))
        case .uploads(let name): return try await startUpload(exchange, in: try repository(name))
        case .upload(let name, let id): return try await upload(exchange, id: id, in: try repository(name))
        }
    }

    /// end-1: tells that the credentials are good and that this is a registry.
    private func base(_ exchange: Exchange) async throws -> Response {
        try await registry.confirm(exchange.caller)
        return .json(Array("{}".utf8))
    }

    private func repository(_ text: Substring) throws -> RepositoryName {
        do {
            return try RepositoryName(parsing: text)
        } catch {
            throw RegistryError.invalid(error, as: .nameInvalid)
        }
    }

    func digest(_ text: some StringProtocol) throws -> Digest {
        do {
            return try Digest(parsing: text)
        } catch {
            throw RegistryError.invalid(error, as: .digestInvalid)
        }
    }
}

/// One request with all that its answer needs.
struct Exchange: Sendable {
    let request: Request
    let context: RequestContext
    let caller: Caller

    var isHead: Bool { request.method == .head }

    /// The query, decoded.
    ///
    /// - Throws: ``RegistryError`` with 400.
    func query() throws -> QueryParameters { try QueryParameters(request.uri) }

    /// Whether the client already has what `entityTag` names.
    ///
    /// RFC 9110, section 13.1.2.
    func hasCurrent(_ entityTag: String) -> Bool {
        request.headers[values: .ifNoneMatch].contains { header in
            header.split(separator: ",").contains { candidate in
                var text = candidate.drop { $0 == " " || $0 == "\t" }
                while text.last == " " || text.last == "\t" { text.removeLast() }
                return text == "*" || text == entityTag || text == "W/" + entityTag
            }
        }
    }
}

extension HTTPField.Name {
    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }

    static let dockerContentDigest = name("Docker-Content-Digest")
    static let dockerDistributionAPIVersion = name("Docker-Distribution-API-Version")
    static let dockerUploadUUID = name("Docker-Upload-UUID")
    static let ociSubject = name("OCI-Subject")
    static let ociTag = name("OCI-Tag")
    static let ociFiltersApplied = name("OCI-Filters-Applied")
    static let link = name("Link")
}
