import BerthAccess
import BerthHTTP
import BerthIdentity
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementDoor {
    /// Finds out who asks, from the signature of the request.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``.
    func authenticate(_ request: Request, body: [UInt8]) async throws -> ManagementCaller {
        guard let header = request.headers[.authorization] else {
            throw AccessRefusal.unauthenticated("sign the request, or send X-Auth-Token")
        }
        let signature: RequestSignature
        do {
            signature = try RequestSignature(parsing: header)
        } catch {
            throw AccessRefusal.unauthenticated("\(error)")
        }
        let caller = try await registry.authenticate(SignedRequest(request, body: body), signature: signature)
        guard case .user(_, let name, _) = caller.subject else {
            throw AccessRefusal.unauthenticated("sign in as a user")
        }
        return ManagementCaller(caller: caller, account: name.account, accessKey: signature.accessKey)
    }
}

extension SignedRequest {
    /// A request as it came over the wire.
    init(_ request: Request, body: [UInt8]) {
        var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        if let authority = request.head.authority { headers.append((name: "host", value: authority)) }
        self.init(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", headers: headers,
            body: body)
    }
}
