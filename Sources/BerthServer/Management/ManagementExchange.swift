import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// One signed-in request of the management API with all that its answer needs.
struct ManagementExchange: Sendable {
    let registry: Registry
    let publicAddress: PublicAddress
    let request: Request
    let context: RequestContext
    let body: [UInt8]
    /// The named segments of the path, decoded.
    let parameters: [String: String]
    let caller: ManagementCaller

    /// Who asks, as use cases take it.
    var actor: Administrator { .caller(caller.caller) }

    /// The account of who asks.
    var account: AccountName { caller.account }

    /// The parameters of the query.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func query() throws -> QueryParameters {
        do {
            return try QueryParameters(request.uri)
        } catch {
            throw ManagementError(.badRequest, .invalidQuery, error.message)
        }
    }

    /// Reads the body; fields that the type does not have are passed over.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func body<Value: Decodable>(
        _ type: Value.Type = Value.self, keys: ManagementJSON.Keys = .snakeCase
    ) throws -> Value {
        try ManagementJSON.decode(type, from: body, keys: keys)
    }

    /// The text of a named segment of the path.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The organization that the path names.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func organizationName() throws -> OrganizationName { try Self.organizationName(parameter("namespace")) }

    /// The repository that the path names, in which `$` stands for a slash.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func repositoryName() throws -> RepositoryName {
        try Self.repositoryName(parameter("repository"), in: organizationName())
    }

    /// The tag that the path names.
    ///
    /// - Throws: ``ManagementError`` with 400.
    func tagName() throws -> TagName { try Self.tagName(parameter("tag")) }

    static func organizationName(_ text: String) throws -> OrganizationName {
        do {
            return try OrganizationName(parsing: text)
        } catch {
            throw ManagementError(.badRequest, .invalidOrganizationName, "\(error)")
        }
    }

    /// Reads the name of a repository without its organization, as this API writes it: at most 128 characters, `$` for
    /// a slash.
    static func repositoryName(_ text: String, in organization: OrganizationName) throws -> RepositoryName {
        let name = text.replacing("$", with: "/")
        guard name.utf8.count <= 128, let parsed = try? RepositoryName(parsing: "\(organization)/\(name)") else {
            let failure = ParseFailure(
                "repository name", found: text,
                expected: "1 to 128 lower-case letters and digits, separated by one of . _ __ - / or $ for a slash")
            throw ManagementError(.badRequest, .invalidRepositoryName, "\(failure)")
        }
        return parsed
    }

    static func tagName(_ text: String) throws -> TagName {
        do {
            return try TagName(parsing: text)
        } catch {
            throw ManagementError(.badRequest, .invalidTag, "\(error)")
        }
    }
}

/// Who asks something of the management API.
struct ManagementCaller: Sendable {
    let caller: Caller
    let account: AccountName
    /// The access key that signed the request; `nil` for one that came with a token.
    let accessKey: String?
}

extension Creator {
    /// The name of the user alone, as this API tells it; the account's own for what the operator made.
    func userName(of account: AccountName) -> String {
        guard let slash = name.firstIndex(of: "/") else { return account.description }
        return String(name[name.index(after: slash)...])
    }
}
