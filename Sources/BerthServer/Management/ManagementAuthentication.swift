import BerthHTTP
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementDoor {
    /// Finds out who asks, from the signature of the request.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``.
    func authenticate(_ request: Request, body: [UInt8]) async throws -> ManagementCaller {
        throw AccessRefusal.unauthenticated("sign the request, or send X-Auth-Token")
    }
}
