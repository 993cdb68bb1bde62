import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes

extension DistributionRoute {
    /// What the audit log says of a request for this endpoint, as far as its path can be read.
    func auditedRequest(_ method: HTTPRequest.Method) -> AuditedRequest {
        var request = AuditedRequest(action(of: method))
        request.repository = name.flatMap { try? RepositoryName(parsing: $0) }
        switch self {
        case .manifests(_, let reference):
            switch try? ManifestReference(parsing: reference) {
            case .tag(let tag): request.tag = tag
            case .digest(let digest): request.digest = digest
            case nil: break
            }
        case .blobs(_, let digest), .referrers(_, let digest): request.digest = try? Digest(parsing: digest)
        case .base, .catalog, .tags, .uploads, .upload: break
        }
        return request
    }

    private func action(of method: HTTPRequest.Method) -> AuditAction {
        switch (self, method) {
        case (.upload, _), (.uploads, _), (_, .put): .push
        case (_, .delete): .delete
        default: .pull
        }
    }
}
