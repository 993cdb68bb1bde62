import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Where every request comes in: it goes to the door that its path names.
struct FrontDoor: HTTPResponder {
    let distribution: DistributionDoor
    let tokens: TokenDoor
    let management: ManagementDoor
    let iam: IAMDoor
    let health: HealthDoor
    let console: ConsoleDoor
    let origins: RequestOrigins
    let accessLog = AccessLogMiddleware()

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        context.fields.client = origins.client(of: request, context: context)
        return try await accessLog.handle(request, context: context) { request, context in
            do {
                return try await route(request, context: context)
            } catch {
                throw RegistryError(unwritable: error) ?? error
            }
        }
    }

    private func route(_ request: Request, context: RequestContext) async throws -> Response {
        let path = request.uri.path
        if ManagementDoor.owns(path) { return try await management.respond(to: request, context: context) }
        if path.hasPrefix("/v2/") { return try await distribution.respond(to: request, context: context) }
        if ConsoleDoor.owns(path) { return try await console.respond(to: request, context: context) }
        context.fields.route = path
        if IAMDoor.paths.contains(path) { return try await iam.respond(to: request, context: context) }
        switch path {
        case TokenDoor.path: return try await tokens.respond(to: request, context: context)
        case TokenDoor.keysPath: return try tokens.keys(request)
        case HealthDoor.livePath, HealthDoor.readyPath: return try await health.respond(to: request)
        default:
            context.fields.route = "unknown"
            throw RegistryError(.nameUnknown, "there is nothing at this path")
        }
    }
}
