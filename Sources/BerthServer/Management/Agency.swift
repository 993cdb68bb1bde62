import BerthAccess
import BerthHTTP
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let agency: [ManagementOperation] = [
        .init("check_agency", .get, "/v2/manage/agency") { try await $0.checkAgency() },
        .init("create_agency", .post, "/v2/manage/agency") { try await $0.createAgency() },
    ]
}

extension ManagementExchange {
    fileprivate func checkAgency() async throws -> Response {
        let (account, isThere) = try await registry.checkAgency(of: .name(account), by: actor)
        struct Body: Encodable {
            let domainId: String
            let isAgency: Bool
        }
        return try .management(Body(domainId: account.description, isAgency: isThere))
    }

    fileprivate func createAgency() async throws -> Response {
        try await registry.createAgency(of: .name(account), by: actor)
        return .management(.noContent)
    }
}
