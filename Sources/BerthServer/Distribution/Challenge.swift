import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes

/// The `WWW-Authenticate` header of a 401: where to get a token, for which service and for what.
///
/// Docker token protocol, "How to authenticate"; RFC 6750, section 3.
struct Challenge: Sendable {
    let publicAddress: PublicAddress
    let service: String

    /// The 401 for a request that needs better credentials.
    func error(for refusal: AccessRefusal, route: DistributionRoute?, method: HTTPRequest.Method) -> RegistryError {
        var parameters = ["realm=\"\(publicAddress.url)\(TokenDoor.path)\"", "service=\"\(service)\""]
        if let scope = scope(of: route, method: method) { parameters.append("scope=\"\(scope)\"") }
        let message: String
        switch refusal {
        case .unauthenticated(let reason): message = reason
        case .insufficientScope:
            parameters.append("error=\"insufficient_scope\"")
            message = "the token does not name this action: get one for the scope of the challenge"
        }
        return RegistryError(
            .unauthorized, message, headers: ["WWW-Authenticate": "Bearer " + parameters.joined(separator: ",")])
    }

    /// What a token must name for the request to pass; nothing for a name that cannot be one.
    private func scope(of route: DistributionRoute?, method: HTTPRequest.Method) -> String? {
        guard let route, route != .base else { return nil }
        if route == .catalog { return "registry:catalog:*" }
        guard let name = route.name, let name = try? RepositoryName(parsing: name) else { return nil }
        return "repository:\(name):\(actions(of: route, method: method))"
    }

    private func actions(of route: DistributionRoute, method: HTTPRequest.Method) -> String {
        switch (route, method) {
        case (.upload, _), (.uploads, _): "pull,push"
        case (_, .get), (_, .head): "pull"
        case (_, .delete): "delete"
        default: "pull,push"
        }
    }
}
