import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

/// A refusal as the management API answers it: a status, a code of its own table and a sentence.
struct ManagementError: Error, Sendable {
    let status: HTTPResponse.Status
    let code: ManagementErrorCode
    let message: String
    let headers: HTTPFields

    init(
        _ status: HTTPResponse.Status, _ code: ManagementErrorCode, _ message: String, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    /// The answer, in both of the forms that clients read, in one body.
    var response: Response {
        struct Body: Encodable {
            struct Entry: Encodable {
                let errorCode: String
                let errorMessage: String
                let detail = ""
            }
            struct Detail: Encodable {
                let code: String
                let message = ""

                enum CodingKeys: String, CodingKey {
                    case code = "error_code"
                    case message = "error_msg"
                }
            }
            let errors: [Entry]
            let code: String
            let message: String
            let details: [Detail]

            enum CodingKeys: String, CodingKey {
                case errors, details
                case code = "error_code"
                case message = "error_msg"
            }
        }
        let body = Body(
            errors: [.init(errorCode: code.rawValue, errorMessage: message)], code: code.rawValue, message: message,
            details: [.init(code: code.rawValue)])
        let bytes = try? ManagementJSON.encode(body, keys: .asWritten)
        return .json(bytes ?? Array(#"{"errors":[]}"#.utf8), status: status, headers: headers)
    }
}

/// The codes of the management API's errors.
enum ManagementErrorCode: String, Sendable {
    case unauthenticated = "SVCSTG.SWR.4010000"
    case invalidBody = "SVCSTG.SWR.4000014"
    case malformedBody = "SVCSTG.SWR.4001018"
    case missingField = "SVCSTG.SWR.4001014"
    case invalidQuery = "SVCSTG.SWR.4001025"
    case invalidFilter = "SVCSTG.SWR.4001035"
    case unknownOrderColumn = "SVCSTG.SWR.4001096"
    case invalidOrganizationName = "SVCSTG.SWR.4001028"
    case invalidRepositoryName = "SVCSTG.SWR.4001029"
    case invalidTag = "SVCSTG.SWR.4009021"
    case visibilityNotBoolean = "SVCSTG.SWR.4001009"
    case invalidAccount = "SVCSTG.SWR.4001041"
    case invalidOrganizationPermission = "SVCSTG.SWR.4001065"
    case invalidRepositoryPermission = "SVCSTG.SWR.4001066"
    case invalidUserName = "SVCSTG.SWR.4001067"
    case invalidSharePermission = "SVCSTG.SWR.4001091"
    case organizationQuota = "SVCSTG.SWR.4000097"
    case repositoryQuota = "SVCSTG.SWR.4000098"
    case tagQuota = "SVCSTG.SWR.4000099"
    case retentionMissing = "SVCSTG.SWR.4000306"
    case synchronizationMissing = "SVCSTG.SWR.4001158"
    case denied = "SVCSTG.SWR.4030170"
    case foreign = "SVCSTG.SWR.4039001"
    case unknownPath = "SVCSTG.SWR.4040083"
    case organizationUnknown = "SVCSTG.SWR.4040058"
    case repositoryUnknown = "SVCSTG.SWR.4040010"
    case tagUnknown = "SVCSTG.SWR.4040048"
    case organizationPermissionUnknown = "SVCSTG.SWR.4040078"
    case entryUnknown = "SVCSTG.SWR.4040091"
    case triggerUnknown = "SVCSTG.SWR.4040126"
    case organizationNotEmpty = "SVCSTG.SWR.4060074"
    case repositoryNotEmpty = "SVCSTG.SWR.4060012"
    case organizationTaken = "SVCSTG.SWR.4090060"
    case repositoryTaken = "SVCSTG.SWR.4090006"
    case organizationPermissionTaken = "SVCSTG.SWR.4090076"
    case entryTaken = "SVCSTG.SWR.4090089"
    case busy = "SVCSTG.SWR.4090023"
    case bodyTooLarge = "SVCSTG.SWR.4131001"
    case descriptionTooLong = "SVCSTG.SWR.4131012"
    case fault = "SVCSTG.SWR.5000007"
    case storageFull = "SVCSTG.SWR.5070070"
    case regionUnknown = "SVCSTG.SWR.5001101"
}
