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

    /// Answers who is no administrator so before a form of administrators is looked at.
    ///
    /// - Throws: ``AdministrationError`` `denied`.
    func requireAdministrator(to act: String) throws {
        let session = try signedIn
        guard session.isAdmin else {
            throw AdministrationError(.denied, "only an admin user of \(session.user.account) may \(act)")
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

    func cookie(named name: String) -> String? { cookies(named: name).first }

    /// All cookies of a name: a browser may hold one for each path that it was set for.
    func cookies(named name: String) -> [String] {
        request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let pair = pair.drop { $0 == " " }
            return pair.hasPrefix(name + "=") ? String(pair.dropFirst(name.count + 1)) : nil
        }
    }

    /// What the form did that led here: the address's `done`, where this session has made the address. Others' links and
    /// what somebody types make no page say that something was done.
    var done: String? {
        let address = request.uri.string
        guard let session, let proof = query["proof"], address.hasSuffix("&proof=" + proof),
            ConstantTime.equal(proof, session.proof(of: String(address.dropLast("&proof=".count + proof.count))))
        else { return nil }
        return query["done"]
    }

    /// Leads on after a form, to a page that says what was done.
    ///
    /// - Parameter place: An address with `done`.
    func redirect(afterwards place: String) throws -> Response {
        ConsoleResponse.redirect(to: try place + "&proof=" + signedIn.proof(of: place))
    }

    /// Lets pass only a form that was sent from a page of the console itself.
    ///
    /// Browsers say in `Origin` where a POST comes from. What says nothing of itself is no browser that could have shown
    /// the form.
    ///
    /// - Throws: ``ConsoleError/foreignForm``.
    func requireOwnOrigin() throws {
        guard let origin = request.headers[.origin], isOwn(origin) else { throw ConsoleError.foreignForm }
    }

    /// Whether an origin is that of the console: the address that clients use or, behind a proxy that has others, the
    /// host that was asked for with the scheme of that address.
    private func isOwn(_ origin: some StringProtocol) -> Bool {
        let (origin, host) = (origin.lowercased(), (request.head.authority ?? "").lowercased())
        return origin == publicAddress.url.lowercased()
            || !host.isEmpty && origin == (isSecure ? "https://" : "http://") + host
    }

    /// The page of the form that was sent: where browsers say that it stands, else what its own address shows.
    var formPage: String {
        guard let referrer = request.headers[.referer], let path = referrer.firstRange(of: "/console/"),
            isOwn(referrer[..<path.lowerBound]), Self.isSafe(String(referrer[path.lowerBound...]))
        else { return Self.safePlace(request.uri.string) }
        return String(referrer[path.lowerBound...])
    }

    /// - Throws: ``ConsoleError/foreignForm``.
    func requireFormToken(of session: ConsoleSession) throws {
        guard let token = form["csrf"], ConstantTime.equal(token, session.formToken) else {
            throw ConsoleError.foreignForm
        }
    }

    /// A place in the console that a text names, for going there afterwards; anything else leads to the images.
    static func safePlace(_ text: String?) -> String {
        guard let text, isSafe(text) else { return "/console/images" }
        return text
    }

    /// Whether a text names a place in the console however a browser reads it.
    private static func isSafe(_ text: String) -> Bool {
        text.hasPrefix("/console/") && text.utf8.count <= 2048
            && !["//", "..", "%2e"].contains { text.lowercased().contains($0) }
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
    }
}

extension QueryParameters {
    static let none = QueryParameters()
}
