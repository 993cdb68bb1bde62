import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/v2/manage/…`, `/v3/manage/…`, `/` and `/v2`: Huawei SWR's management API. Every operation is a method of
/// ``ManagementExchange``, one file a resource, and stands in ``ManagementOperation/all``.
///
/// The order is the same for all: credentials, path, method, names, body, then the use case.
struct ManagementDoor: Sendable {
    let registry: Registry
    let publicAddress: PublicAddress
    let authentication: ManagementAuthentication
    /// Whether changes are answered 405.
    let isReadOnly: Bool

    /// Whether a path belongs to this API.
    static func owns(_ path: String) -> Bool {
        path.hasPrefix("/v2/manage/") || path.hasPrefix("/v3/manage/") || APIVersions.owns(path)
    }

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        do {
            return try await answer(request, context: context)
        } catch {
            if context.isLostConnection(error) { throw error }
            if let refusal = ManagementError(rendering: error) { return refusal.response }
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            return ManagementError(
                .internalServerError, .fault,
                "the server failed to answer this request; its log has the reason under the request id"
            ).response
        }
    }

    private func answer(_ request: Request, context: RequestContext) async throws -> Response {
        let path = request.uri.path
        if APIVersions.owns(path) {
            context.fields.route = "/{api_version}"
            return try APIVersions(publicAddress: publicAddress).respond(to: request)
        }
        let found = Result { try self.operation(for: request) }
        context.fields.route = (try? found.get())?.0.path.description ?? "/manage/unknown"
        try authentication.requireCredentials(request)
        let body = Array(
            try await request.collect(upTo: ManagementJSON.maximumBody, context: context).readableBytesView)
        let caller = try await authentication.authenticate(request, body: body, from: context.origin)
        context.fields.account = caller.caller.name
        let (operation, parameters) = try found.get()
        if isReadOnly, operation.isChange {
            throw ManagementError(
                .methodNotAllowed, .denied, "this registry is read-only: nothing can be changed",
                headers: [.allow: "GET"])
        }
        let exchange = ManagementExchange(
            registry: registry, publicAddress: publicAddress, request: request, context: context, body: body,
            parameters: parameters, caller: caller)
        if parameters["repository"] != nil {
            context.fields.repository = (try? exchange.repositoryName())?.description
        }
        do {
            return try await operation.respond(exchange)
        } catch {
            registry.noteRefusal(error, of: operation.auditedRequest(exchange), to: caller.caller)
            throw error
        }
    }

    private func operation(for request: Request) throws -> (ManagementOperation, [String: String]) {
        guard let path = DecodedPath(request.uri.path) else { throw Self.unknownPath }
        var allowed: [HTTPRequest.Method] = []
        for operation in ManagementOperation.all {
            guard let parameters = operation.path.match(path) else { continue }
            if operation.method == request.method { return (operation, parameters) }
            allowed.append(operation.method)
        }
        guard !allowed.isEmpty else { throw Self.unknownPath }
        let methods = allowed.map(\.rawValue).joined(separator: ", ")
        throw ManagementError(
            .methodNotAllowed, .unknownPath, "\(request.method.rawValue) is not supported here: use \(methods)",
            headers: [.allow: methods])
    }

    private static var unknownPath: ManagementError {
        ManagementError(.notFound, .unknownPath, "there is nothing at this path")
    }
}
