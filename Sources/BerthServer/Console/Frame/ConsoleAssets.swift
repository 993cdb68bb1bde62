import BerthBlobs
import BerthHTTP
import BerthOCI
import HTTPTypes
import Hummingbird
import NIOCore

/// The style, the script and the mark, which are part of the program.
enum ConsoleAssets {
    static let all: [String: Asset] = [
        "style.css": Asset(PackageResources.style_css, "text/css; charset=utf-8"),
        "console.js": Asset(PackageResources.console_js, "text/javascript; charset=utf-8"),
        "logo.svg": Asset(PackageResources.logo_svg, "image/svg+xml"),
    ]

    /// Where pages find an asset: another content has another address, so that browsers may keep each for good.
    static func address(_ name: String) -> String {
        guard let asset = all[name] else { preconditionFailure("there is no asset \(name)") }
        return "/console/\(name)?v=\(asset.version)"
    }

    struct Asset: Sendable {
        private let body: ByteBuffer
        private let type: String
        let version: String

        init(_ bytes: [UInt8], _ type: String) {
            body = ByteBuffer(bytes: bytes)
            self.type = type
            version = String(Digest(hashing: bytes, algorithm: .sha256).hex.prefix(16))
        }

        func response(to request: Request) -> Response {
            guard request.method == .get || request.method == .head else {
                return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
            }
            let isCurrent = request.uri.query == "v=\(version)"
            return Response(
                status: .ok,
                headers: [
                    .contentType: type,
                    .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "public, max-age=300",
                ],
                body: ResponseBody(byteBuffer: body))
        }
    }
}
