import BerthHTTP
import BerthIdentity
import HTTPTypes
import Hummingbird
import NIOCore

/// How answers of the console are made.
enum ConsoleResponse {
    static let sessionCookie = "berth_session"
    static let languageCookie = "berth_language"

    /// Nothing is loaded from elsewhere, nothing is inline, and no other site can frame a page.
    private static let contentSecurityPolicy = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
        frame-ancestors 'none'
        """

    static func page(_ html: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        headers[.contentSecurityPolicy] = contentSecurityPolicy
        headers[.referrerPolicy] = "same-origin"
        headers[.crossOriginOpenerPolicy] = "same-origin"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Leads to another page of the console, which is then asked for with GET.
    static func redirect(
        to place: String, status: HTTPResponse.Status = .seeOther, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.location] = place
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers)
    }

    /// The cookie that keeps somebody signed in: for this console alone, and for no script.
    static func cookie(of secret: ConsoleSecret, isSecure: Bool) -> String {
        "\(sessionCookie)=\(secret.text); Path=/console; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    static func endedSessionCookie(isSecure: Bool) -> String {
        "\(sessionCookie)=; Path=/console; HttpOnly; SameSite=Strict; Max-Age=0" + (isSecure ? "; Secure" : "")
    }

    static func cookie(of language: Language, isSecure: Bool) -> String {
        "\(languageCookie)=\(language.rawValue); Path=/console; HttpOnly; SameSite=Strict; Max-Age=31536000"
            + (isSecure ? "; Secure" : "")
    }
}
