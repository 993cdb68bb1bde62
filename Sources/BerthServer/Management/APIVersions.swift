import BerthHTTP
import HTTPTypes
import Hummingbird

/// `/` and `/v2`: which versions of the management API there are; anyone may ask.
struct APIVersions: Sendable {
    let publicAddress: PublicAddress

    /// Whether a path is `/` or a version, such as `/v2`.
    static func owns(_ path: String) -> Bool {
        guard path != "/" else { return true }
        let bytes = path.utf8
        return bytes.starts(with: "/v".utf8) && (3...64).contains(bytes.count)
            && !bytes.dropFirst(2).contains(UInt8(ascii: "/"))
    }

    func respond(to request: Request) throws -> Response {
        guard request.method == .get else {
            throw ManagementError(
                .methodNotAllowed, .unknownPath, "\(request.method.rawValue) is not supported here: use GET",
                headers: [.allow: "GET"])
        }
        if request.uri.path == "/" { return try .management(["versions": [current]]) }
        guard request.uri.path == "/\(current.id)" else {
            throw ManagementError(
                .notFound, .unknownPath, "there is no such version of this API: \(current.id) is the current one")
        }
        return try .management(["version": current])
    }

    private struct Version: Encodable {
        struct Link: Encodable {
            let href: String
            let rel = "self"
        }
        let id = "v2"
        let links: Link
        let minVersion = "2.0"
        let status = "CURRENT"
        let updated = "2020-07-09T00:00:00Z"
        let version = "2.26"
    }

    private var current: Version { Version(links: .init(href: "\(publicAddress.url)/v2/")) }
}
