import BerthAccess
import BerthOCI
import BerthRegistry
import Foundation

/// A server with people: what most tests of the doors begin with.
///
/// Accounts `acme` (owns organization `acme`), `bravo` (owns `bravo`; receives shares) and `cargo` (a stranger that
/// owns `cargo`), each with its admin user, and users of `acme` that hold permissions on the organization.
package struct Scenario: Sendable {
    /// Who makes a request.
    package enum Persona: String, Sendable, CaseIterable {
        case owner = "acme"
        case manager = "acme/manager"
        case writer = "acme/writer"
        case reader = "acme/reader"
        /// A user of the owning account that was given nothing.
        case colleague = "acme/colleague"
        case receiver = "bravo"
        /// A user of the receiving account that is not an admin.
        case receiverUser = "bravo/user"
        case stranger = "cargo"

        package var password: String { "password-of-\(rawValue)" }

        /// The header that a request of this persona has.
        package var credentials: (String, String) { TestClient.basic(rawValue, password) }

        package func qualifiedName() throws -> QualifiedUserName { try QualifiedUserName(parsing: rawValue) }
    }

    package let server: TestServer
    package var registry: Registry { server.registry }
    package var client: TestClient { server.client }

    /// - Parameter server: One on the data of an earlier server that had the people made.
    package init(continuedOn server: TestServer) {
        self.server = server
    }

    /// Makes the accounts, users and organizations.
    package init(on server: TestServer) async throws {
        self.server = server
        for persona in [Persona.owner, .receiver, .stranger] {
            let name = try persona.qualifiedName()
            _ = try await server.registry.addAccount(
                name.account, password: Password(parsing: persona.password), by: .dataOperator)
            _ = try await server.registry.addOrganization(
                OrganizationName(parsing: persona.rawValue), account: .name(name.account), by: .dataOperator)
        }
        for persona in [Persona.manager, .writer, .reader, .colleague, .receiverUser] {
            _ = try await server.registry.addUser(
                persona.qualifiedName(), password: Password(parsing: persona.password), by: .dataOperator)
        }
        let organization = PermissionTarget.organization(try OrganizationName(parsing: "acme"))
        for (persona, permission) in [
            (Persona.manager, Permission.manage), (.writer, .write), (.reader, .read),
        ] {
            try await server.registry.setPermission(
                permission, on: organization, of: persona.qualifiedName(), by: .dataOperator)
        }
    }

    /// Sends a request with a persona's Basic credentials.
    package func send(
        _ method: String, _ path: String, as persona: Persona = .owner, headers: [(String, String)] = [],
        body: TestBody = .none
    ) async throws -> TestResponse {
        try await client.send(
            method, path, headers: headers + [persona.credentials], body: body)
    }

    /// Gets a token from `/token`; without a persona, an anonymous one.
    package func token(for persona: Persona?, scope: String...) async throws -> String {
        let query = scope.map { "&scope=\($0)" }.joined()
        let response = try await client.send(
            "GET", "/token?service=berth\(query)",
            headers: persona.map { [TestClient.basic($0.rawValue, $0.password)] } ?? [])
        struct Body: Decodable {
            let token: String
        }
        return try response.json(Body.self).token
    }

    /// Pushes a blob in one request.
    @discardableResult
    package func push(
        _ blob: SampleBlob, to repository: String, as persona: Persona = .owner
    ) async throws -> TestResponse {
        try await send(
            "POST", "/v2/\(repository)/blobs/uploads/?digest=\(blob.digest)", as: persona,
            headers: [("Content-Type", "application/octet-stream")], body: .bytes(blob.bytes))
    }

    /// Pushes a manifest, after the blobs that it needs.
    @discardableResult
    package func push(
        _ manifest: SampleManifest, to repository: String, tag: String? = nil, as persona: Persona = .owner
    ) async throws -> TestResponse {
        for blob in manifest.blobs { try await push(blob, to: repository, as: persona) }
        return try await send(
            "PUT", "/v2/\(repository)/manifests/\(tag ?? manifest.digest.description)", as: persona,
            headers: [("Content-Type", manifest.mediaType.rawValue)], body: .bytes(manifest.bytes))
    }

    /// Shares a repository of the owner with the receiver.
    package func share(_ repository: String, until deadline: Deadline = .forever) async throws {
        _ = try await registry.shareImage(
            RepositoryName(parsing: repository), with: AccountReference(parsing: "bravo"), until: deadline,
            by: .dataOperator)
    }
}

/// Runs a server with people while `body` runs.
@discardableResult
package func withScenario<Result: Sendable>(
    settings: RegistrySettings = RegistrySettings(), clock: ManualClock = ManualClock(),
    _ body: @escaping @Sendable (Scenario) async throws -> Result
) async throws -> Result {
    try await withServer(settings: settings, clock: clock) { server in
        try await body(try await Scenario(on: server))
    }
}
