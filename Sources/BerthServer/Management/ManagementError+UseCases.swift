import BerthOCI
import BerthRegistry
import HTTPTypes

extension ManagementError {
    /// What a client is told of an error of any type; `nil` for a fault of the server, of which only the log learns.
    init?(rendering error: any Error) {
        switch error {
        case let error as ManagementError: self = error
        case let error as AdministrationError:
            let (status, code) = Self.answer(to: error.code)
            self.init(status, code, error.message)
        case AccessRefusal.unauthenticated(let reason): self.init(.unauthorized, .unauthenticated, reason)
        case let error as RegistryError where error.status < 500:
            self.init(error)
        case let error:
            guard let error = RegistryError(unwritable: error) else { return nil }
            self.init(unwritable: error)
        }
    }

    /// Of a disk that is full or read-only, or a database that another process keeps busy.
    private init(unwritable error: RegistryError) {
        let isDisk = error.code == .denied
        self.init(
            isDisk ? .init(code: error.status) : .conflict, isDisk ? .storageFull : .busy, error.message,
            headers: Self.fields(error.headers))
    }

    /// Of what doors share: a body that is too large, and too many sign-ins at once.
    private init(_ error: RegistryError) {
        self.init(
            .init(code: error.status), error.status == 413 ? .bodyTooLarge : .busy, error.message,
            headers: Self.fields(error.headers))
    }

    private static func fields(_ headers: [String: String]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields[name] = value
        }
        return fields
    }

    private static func answer(
        to code: AdministrationError.Code
    ) -> (HTTPResponse.Status, ManagementErrorCode) {
        switch code {
        case .accountUnknown, .receiverIsOwner, .regionMismatch: (.badRequest, .invalidAccount)
        case .userUnknown: (.badRequest, .invalidUserName)
        case .accessKeyUnknown: (.notFound, .entryUnknown)
        case .organizationUnknown: (.notFound, .organizationUnknown)
        case .repositoryUnknown: (.notFound, .repositoryUnknown)
        case .tagUnknown: (.notFound, .tagUnknown)
        case .shareUnknown, .permissionUnknown, .retentionUnknown: (.notFound, .entryUnknown)
        case .organizationPermissionUnknown: (.notFound, .organizationPermissionUnknown)
        case .organizationPermissionTaken: (.conflict, .organizationPermissionTaken)
        case .triggerUnknown: (.notFound, .triggerUnknown)
        case .synchronizationUnknown: (.badRequest, .synchronizationMissing)
        case .regionUnknown: (.internalServerError, .regionUnknown)
        case .organizationTaken: (.conflict, .organizationTaken)
        case .repositoryTaken, .tagTaken: (.conflict, .repositoryTaken)
        case .nameTaken, .shareTaken, .permissionTaken, .agencyTaken: (.conflict, .entryTaken)
        case .nameInvalid, .valueInvalid, .retentionTaken, .triggerTaken: (.badRequest, .invalidBody)
        case .inUse, .repositoryShared, .tagMoved, .lastAdministrator: (.conflict, .busy)
        case .organizationInUse: (.notAcceptable, .organizationNotEmpty)
        case .repositoryInUse: (.notAcceptable, .repositoryNotEmpty)
        case .organizationQuota: (.badRequest, .organizationQuota)
        case .repositoryQuota: (.badRequest, .repositoryQuota)
        case .tagQuota: (.badRequest, .tagQuota)
        case .storageQuota: (.badRequest, .repositoryQuota)
        case .denied: (.forbidden, .denied)
        case .projectForeign: (.forbidden, .foreign)
        case .repositoryPublic, .deadlinePast, .tooManyShares: (.badRequest, .invalidBody)
        case .descriptionTooLong: (.contentTooLarge, .descriptionTooLong)
        }
    }
}
