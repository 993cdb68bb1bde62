import BerthAccess
import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// `/v3/auth/tokens`, `/v3/projects` and `/v3/auth/domains`: what SDKs and scripts ask of IAM before they use the
/// management API.
struct IAMDoor: Sendable {
    static let tokensPath = "/v3/auth/tokens"
    static let projectsPath = "/v3/projects"
    static let domainsPath = "/v3/auth/domains"
    static let paths: Set<String> = [tokensPath, projectsPath, domainsPath]
    /// The largest body, in bytes.
    static let maximumBody = 64 * 1024

    let registry: Registry
    let publicAddress: PublicAddress
    let authentication: ManagementAuthentication

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        do {
            return try await answer(request, context: context)
        } catch {
            if context.isLostConnection(error) { throw error }
            guard let refusal = ManagementError(rendering: error) else {
                context.logger.error("request failed", metadata: ["error": "\(error)"])
                return Self.refusal(
                    .internalServerError,
                    "the server failed to answer this request; its log has the reason under the request id")
            }
            return Self.refusal(refusal.status, refusal.message, headers: refusal.headers)
        }
    }

    private func answer(_ request: Request, context: RequestContext) async throws -> Response {
        let path = request.uri.path
        let method: HTTPRequest.Method = path == Self.tokensPath ? .post : .get
        guard request.method == method else {
            throw ManagementError(
                .methodNotAllowed, .unknownPath, "\(request.method.rawValue) is not supported here: use \(method)",
                headers: [.allow: method.rawValue])
        }
        let body = Array(
            try await request.collect(upTo: Self.maximumBody, context: context).readableBytesView)
        if path == Self.tokensPath { return try await issueToken(request, body: body, context: context) }
        let caller = try await authentication.authenticate(request, body: body, from: context.origin)
        context.fields.account = caller.caller.name
        let own = try await registry.showOwnAccount(by: .caller(caller.caller))
        if path == Self.domainsPath { return try listAccounts([own.account]) }
        let query: QueryParameters
        do {
            query = try QueryParameters(request.uri)
        } catch {
            throw ManagementError(.badRequest, .invalidQuery, error.message)
        }
        let isAsked = query["name"].map { $0 == own.project.name.description } ?? true
        return try listProjects(isAsked ? [own.project] : [], of: own.account)
    }

    private static func refusal(
        _ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]
    ) -> Response {
        struct Body: Encodable {
            struct Fault: Encodable {
                let code: Int
                let message: String
                let title: String
            }
            let error: Fault
        }
        let body = Body(error: .init(code: status.code, message: message, title: status.reasonPhrase))
        return (try? .management(body, status: status, headers: headers)) ?? Response(status: status)
    }
}

extension IAMDoor {
    private struct Links: Encodable {
        let own: String
        let previous: String?
        let next: String?

        enum CodingKeys: String, CodingKey {
            case own = "self"
            case previous, next
        }

        /// Both neighbours are told even where there is none.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(own, forKey: .own)
            try container.encode(previous, forKey: .previous)
            try container.encode(next, forKey: .next)
        }
    }

    private struct Link: Encodable {
        let own: String

        enum CodingKeys: String, CodingKey { case own = "self" }
    }

    private func listProjects(_ projects: [Project], of account: Account) throws -> Response {
        struct Body: Encodable {
            struct Entry: Encodable {
                let id: String
                let name: String
                let domainId: String
                let parentId: String
                let enabled = true
                let isDomain = false
                let description = ""
                let links: Link
            }
            let projects: [Entry]
            let links: Links
        }
        let address = publicAddress.url + Self.projectsPath
        return try .management(
            Body(
                projects: projects.map {
                    Body.Entry(
                        id: $0.id.rawValue, name: $0.name.description, domainId: account.id.rawValue,
                        parentId: account.id.rawValue, links: Link(own: "\(address)/\($0.id)"))
                },
                links: Links(own: address, previous: nil, next: nil)))
    }

    private func listAccounts(_ accounts: [Account]) throws -> Response {
        struct Body: Encodable {
            struct Entry: Encodable {
                let id: String
                let name: String
                let enabled = true
                let description = ""
                let links: Link
            }
            let domains: [Entry]
            let links: Links
        }
        return try .management(
            Body(
                domains: accounts.map {
                    Body.Entry(
                        id: $0.id.rawValue, name: $0.name.description,
                        links: Link(own: "\(publicAddress.url)/v3/domains/\($0.id)"))
                },
                links: Links(own: publicAddress.url + Self.domainsPath, previous: nil, next: nil)))
    }
}
