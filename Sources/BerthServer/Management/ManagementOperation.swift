import BerthHTTP
import HTTPTypes
import Hummingbird

/// One operation of the management API: how it is asked for and what answers it.
struct ManagementOperation: Sendable {
    /// The name that SDKs call it by.
    let name: String
    let method: HTTPRequest.Method
    let path: PathTemplate
    /// Whether a read-only registry refuses it.
    let isChange: Bool
    let respond: @Sendable (ManagementExchange) async throws -> Response

    /// - Parameter isChange: `nil` for what the method says: everything but GET changes something.
    init(
        _ name: String, _ method: HTTPRequest.Method, _ path: StaticString, isChange: Bool? = nil,
        _ respond: @escaping @Sendable (ManagementExchange) async throws -> Response
    ) {
        self.name = name
        self.method = method
        self.path = PathTemplate(path)
        self.isChange = isChange ?? (method != .get)
        self.respond = respond
    }
}

extension ManagementOperation {
    /// Every operation. Of two that fit a path the first answers; accessories are last, since a tag stands in their
    /// paths where others have a word.
    static let all: [ManagementOperation] =
        organizations + organizationPermissions + repositories + repositoryPermissions + tags + shares
        + sharedRepositories + retention + triggers + synchronization + agency + temporaryLogins + overview
        + accessories
}
