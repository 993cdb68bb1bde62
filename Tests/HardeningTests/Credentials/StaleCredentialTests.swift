import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// Everything that one user has to show, and what is left of it after a change.
@Suite struct StaleCredentialTests {
    /// A means to sign in.
    enum Means: String, CaseIterable {
        case password, accessKey, signature
        case token, refreshToken, managementToken, temporaryLogin, upload
    }

    /// What is done to the user.
    enum Change: String, CaseIterable {
        case password, disabling, disablingAndEnabling, disablingOfKey, removalOfKey, removal, removalAndReturn

        /// What is good afterwards.
        var survivors: Set<Means> {
            switch self {
            case .password: [.accessKey, .signature]
            case .disabling, .removal: []
            case .disablingAndEnabling: [.password, .accessKey, .signature]
            case .disablingOfKey, .removalOfKey, .removalAndReturn: [.password]
            }
        }

        func apply(to registry: Registry, key: String) async throws {
            let writer = Scenario.Persona.writer
            let name = try writer.qualifiedName()
            switch self {
            case .password:
                try await registry.setPassword(Password(parsing: "another password"), of: name, by: .dataOperator)
            case .disabling: try await registry.setDisabled(true, user: name, by: .dataOperator)
            case .disablingAndEnabling:
                try await registry.setDisabled(true, user: name, by: .dataOperator)
                try await registry.setDisabled(false, user: name, by: .dataOperator)
            case .disablingOfKey: try await registry.disableAccessKey(key, by: .dataOperator)
            case .removalOfKey: try await registry.removeAccessKey(key, by: .dataOperator)
            case .removal: try await registry.removeUser(name, by: .dataOperator)
            case .removalAndReturn:
                try await registry.removeUser(name, by: .dataOperator)
                try await registry.addUser(name, password: Password(parsing: writer.password), by: .dataOperator)
                try await registry.setPermission(
                    .write, on: .organization(OrganizationName(parsing: "acme")), of: name, by: .dataOperator)
            }
        }
    }

    /// What the writer holds before the change.
    private struct Wallet {
        let key: NewAccessKey
        let token: String
        let refreshToken: String
        let managementToken: String
        let temporaryLogin: (String, String)
        let upload: String

        init(_ scenario: Scenario) async throws {
            key = try await scenario.registry.addAccessKey(
                to: Scenario.Persona.writer.qualifiedName(), by: .dataOperator)
            token = try await scenario.token(for: .writer, scope: "repository:acme/app:pull,push")
            refreshToken = try await scenario.refreshToken(for: .writer)
            managementToken = try await scenario.managementToken(for: .writer)
            temporaryLogin = try await scenario.temporaryLogin(for: .writer)
            let started = try await scenario.client.send(
                "POST", "/v2/acme/app/blobs/uploads/", headers: [TestClient.bearer(token)])
            upload = try #require(started.header("Location"))
        }

        /// Whether the means is good now: anything but 401 for what asks for credentials.
        func isGood(_ means: Means, in scenario: Scenario) async throws -> Bool {
            let client = scenario.client
            let writer = Scenario.Persona.writer
            let answer =
                switch means {
                case .password:
                    try await client.send(
                        "GET", "/v2/", headers: [TestClient.basic(writer.rawValue, writer.password)])
                case .accessKey:
                    try await client.send("GET", "/v2/", headers: [TestClient.basic(key.loginName, key.loginPassword)])
                case .signature: try await signed(in: scenario)
                case .token: try await client.send("GET", "/v2/", headers: [TestClient.bearer(token)])
                case .refreshToken: try await TokenDoor.refresh.present(refreshToken, in: scenario)
                case .managementToken: try await TokenDoor.management.present(managementToken, in: scenario)
                case .temporaryLogin: try await client.send("GET", "/v2/", headers: [temporaryLogin])
                case .upload:
                    try await client.send(
                        "PATCH", upload, headers: [TestClient.bearer(token)], body: .bytes(Array("more".utf8)))
                }
            #expect([200, 202, 401].contains(answer.status), "\(means): \(answer.status) \(answer.text)")
            return answer.status != 401
        }

        private func signed(in scenario: Scenario) async throws -> TestResponse {
            let path = "/v2/manage/namespaces"
            let host = ("Host", "127.0.0.1:\(scenario.server.port)")
            let signature = RequestSigner(accessKey: key.accessKey, secretKey: key.secretKey).headers(
                signing: "GET", path, headers: [host], at: scenario.server.clock.now)
            return try await scenario.client.send("GET", path, headers: [host] + signature)
        }
    }

    @Test(
        "S-40 a change of a user ends with the next request all that it signed in with before",
        arguments: Change.allCases)
    func changes(change: Change) async throws {
        try await withScenario { scenario in
            let wallet = try await Wallet(scenario)
            for means in Means.allCases {
                #expect(try await wallet.isGood(means, in: scenario), "\(means) before")
            }
            try await change.apply(to: scenario.registry, key: wallet.key.accessKey)
            for means in Means.allCases {
                let isGood = try await wallet.isGood(means, in: scenario)
                #expect(isGood == change.survivors.contains(means), "\(means) after \(change)")
            }
        }
    }

    @Test("S-40 what refuses one user refuses no other, and enabling one brings nothing back for good")
    func others() async throws {
        try await withScenario { scenario in
            let name = try Scenario.Persona.writer.qualifiedName()
            let old = try await scenario.token(for: .writer, scope: "repository:acme/app:pull")
            let neighbour = try await scenario.token(for: .reader, scope: "repository:acme/app:pull")
            try await scenario.registry.setDisabled(true, user: name, by: .dataOperator)
            try await scenario.registry.setDisabled(false, user: name, by: .dataOperator)
            let new = try await scenario.token(for: .writer, scope: "repository:acme/app:pull")
            for (token, status) in [(old, 401), (new, 200), (neighbour, 200)] {
                let answer = try await scenario.client.send("GET", "/v2/", headers: [TestClient.bearer(token)])
                #expect(answer.status == status)
            }
        }
    }
}
