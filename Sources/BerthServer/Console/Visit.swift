import BerthAccess
import BerthHTTP
import BerthIdentity
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// One request for a page, with all that its screen needs.
struct Visit: Sendable {
    let registry: Registry
    let publicAddress: PublicAddress
    let request: Request
    let context: RequestContext
    /// The path below `/console/`.
    let place: String
    var query = QueryParameters.none
    var form = QueryParameters.none
    /// Who is signed in.
    var session: ConsoleSession?
    /// What the browser holds, whether or not it is good.
    var secret: ConsoleSecret?

    /// Whether browsers reach the console under TLS.
    var isSecure: Bool { publicAddress.url.hasPrefix("https://") }

    var language: Language {
        Language(cookie: cookie(named: ConsoleResponse.languageCookie), accepted: request.headers[.acceptLanguage])
    }

    var texts: Texts { Texts.of(language) }

    /// Who asks, for the use cases.
    ///
    /// - Throws: ``AccessRefusal/unauthenticated(_:)`` when nobody is signed in.
    var actor: Administrator {
        get throws { .caller(try signedIn.caller) }
    }

    var signedIn: ConsoleSession {
        get throws {
            guard let session else { throw AccessRefusal.unauthenticated("sign in first") }
            return session
        }
    }

    /// What the form that was sent does; `nil` for none.
    var formAction: FormAction? { form["do"].flatMap(FormAction.init(rawValue:)) }

    /// What the address asks to be asked for.
    var askedAction: FormAction? { query["do"].flatMap(FormAction.init(rawValue:)) }

    /// What the audit log says of the request, as far as it can be read.
    var auditedRequest: AuditedRequest {
        var request = AuditedRequest(formAction?.audited ?? .read)
        let (section, name) = (place.prefix { $0 != "/" }, place.drop { $0 != "/" }.dropFirst())
        switch section {
        case "images": request.repository = try? RepositoryName(parsing: name)
        case "organizations": request.organization = try? OrganizationName(parsing: name)
        default: break
        }
        return request
    }

    func cookie(named name: String) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                if pair.hasPrefix(name + "=") { return String(pair.dropFirst(name.count + 1)) }
            }
        }
        return nil
    }

    /// Lets pass only a form that was sent from a page of the console itself.
    ///
    /// Browsers say in `Origin` where a POST comes from; its host must be the one that was asked. What says nothing of
    /// itself is no browser that could have shown the form.
    ///
    /// - Throws: ``ConsoleError/foreignForm``.
    func requireOwnOrigin() throws {
        guard let origin = request.headers[.origin], let scheme = origin.firstRange(of: "://") else {
            throw ConsoleError.foreignForm
        }
        let host = origin[scheme.upperBound...]
        guard host == request.head.authority ?? "" || origin == publicAddress.url else {
            throw ConsoleError.foreignForm
        }
    }

    /// - Throws: ``ConsoleError/foreignForm``.
    func requireFormToken(of session: ConsoleSession) throws {
        guard let token = form["csrf"], ConstantTime.equal(token, session.formToken) else {
            throw ConsoleError.foreignForm
        }
    }

    /// A place in the console that a text names, for going there afterwards; anything else leads to the images.
    static func safePlace(_ text: String?) -> String {
        let start = "/console/images"
        guard let text, text.hasPrefix("/console/"), !text.contains("//"), text.utf8.count <= 2048,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return start }
        return text
    }
}

extension QueryParameters {
    static let none = QueryParameters()
}
