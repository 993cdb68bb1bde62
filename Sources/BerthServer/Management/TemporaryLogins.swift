import BerthAccess
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let temporaryLogins: [ManagementOperation] = [
        .init("create_secret", .post, "/v2/manage/utils/secret", isChange: false) { try await $0.makeSecret() },
        .init("create_authorization_token", .post, "/v2/manage/utils/authorizationtoken", isChange: false) {
            try await $0.makeAuthorizationToken()
        },
    ]
}

extension ManagementExchange {
    /// How long the logins last unless a request says so, in seconds.
    private static let secretLifetime = 6 * 60 * 60
    private static let tokenLifetime = 12 * 60 * 60

    fileprivate func makeSecret() async throws -> Response {
        let query = try ManagementQuery(self.query(), keys: ["projectname", "duration_seconds"])
        let region = registry.region.description
        if let project = query["projectname"], project != region {
            throw ManagementQuery.invalid("projectname", project, expected: region)
        }
        let lifetime = try query.number("duration_seconds", in: TemporaryLoginKind.lifetimes) ?? Self.secretLifetime
        return try await answer(.key, lifetime: lifetime)
    }

    fileprivate func makeAuthorizationToken() async throws -> Response {
        try await answer(.token, lifetime: Self.tokenLifetime)
    }

    private func answer(_ kind: TemporaryLoginKind, lifetime: Int) async throws -> Response {
        let login = try await registry.makeTemporaryLogin(
            kind, lifetime: lifetime, accessKey: caller.accessKey, by: actor)
        let host = publicAddress.host
        let auth = Data("\(login.username):\(login.password)".utf8).base64EncodedString()
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.dockerLogin] = "docker login -u \(login.username) -p \(login.password) \(host)"
        headers[.loginExpiry] = ManagementTime(login.expiresAt).text
        return try .management(["auths": [host: ["auth": auth]]], headers: headers, keys: .asWritten)
    }
}
