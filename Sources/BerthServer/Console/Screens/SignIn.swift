import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// Signing in with account, user and password.
enum SignIn {
    static let screen = ConsoleScreen(
        route: "sign-in", isOpen: true, owns: { $0 == "sign-in" }, show: { try show($0) }, act: signIn)

    private struct Content: Sendable {
        let next: String
        let user: String
        let error: String?
        var notice: String?
    }

    /// Why a session has ended: by what its own user did, or before a form was sent, of which nothing was done.
    enum Ending: String {
        case password, key, disabled, deleted, form
    }

    /// Leads to the page for signing in, and from there to what was asked for, or to the page of the form that was sent.
    static func redirect(from visit: Visit) -> Response {
        let isForm = visit.request.method == .post
        guard !isForm || ["sign-in", "sign-out"].contains(visit.place) else {
            return redirect(after: .form, then: visit.formPage)
        }
        let wanted = isForm || visit.place == "sign-in" ? "" : visit.request.uri.string
        let next = wanted.isEmpty ? "" : "?next=" + PercentEncoding.encode(Visit.safePlace(wanted))
        return ConsoleResponse.redirect(to: "/console/sign-in" + next)
    }

    /// Leads to the page for signing in, which says why that is needed again, and from there on.
    static func redirect(after ending: Ending, then next: String) -> Response {
        ConsoleResponse.redirect(
            to: "/console/sign-in" + ConsoleAddress.query([("ended", ending.rawValue), ("next", next)]))
    }

    private static func show(_ visit: Visit) throws -> Response {
        let next = Visit.safePlace(visit.query["next"])
        guard visit.session == nil else { return ConsoleResponse.redirect(to: next) }
        return page(visit, Content(next: next, user: "", error: nil, notice: notice(visit)))
    }

    /// Why the session ended, for a browser that holds one that is no good any more: links of others show nothing.
    private static func notice(_ visit: Visit) -> String? {
        guard visit.secret != nil, let ending = visit.query["ended"].flatMap(Ending.init(rawValue:)) else {
            return nil
        }
        return visit.texts["user.ended.\(ending.rawValue)"]
    }

    private static func signIn(_ visit: Visit) async throws -> Response {
        let user = visit.form["user"] ?? ""
        let shown = user.shownAgain
        let next = Visit.safePlace(visit.form["next"])
        do {
            let secret = try await visit.registry.startConsoleSession(
                username: user, password: visit.form["password"] ?? "", from: visit.context.origin)
            if visit.session != nil, let former = visit.secret { try await visit.registry.endConsoleSession(former) }
            return ConsoleResponse.redirect(
                to: next, headers: [.setCookie: ConsoleResponse.cookie(of: secret, isSecure: visit.isSecure)])
        } catch AccessRefusal.unauthenticated {
            return page(
                visit, Content(next: next, user: shown, error: visit.texts["signin.wrong"]), status: .unauthorized)
        } catch let error as RegistryError where error.code == .tooManyRequests {
            return page(
                visit, Content(next: next, user: shown, error: visit.texts["signin.tooMany"]),
                status: .tooManyRequests, headers: error.headers["Retry-After"].map { [.retryAfter: $0] } ?? [:])
        }
    }

    private static func page(
        _ visit: Visit, _ content: Content, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        ConsolePage(title: visit.texts["signin.title"], template: "sign-in", content: content)
            .response(visit, status: status, headers: headers)
    }
}

/// Signing out.
enum SignOut {
    static let screen = ConsoleScreen(
        route: "sign-out", actsWhenReadOnly: true, owns: { $0 == "sign-out" },
        show: { _ in ConsoleResponse.redirect(to: "/console/images") }, act: signOut)

    private static func signOut(_ visit: Visit) async throws -> Response {
        if let secret = visit.secret { try await visit.registry.endConsoleSession(secret) }
        return ConsoleResponse.redirect(
            to: "/console/sign-in",
            headers: [.setCookie: ConsoleResponse.endedSessionCookie(isSecure: visit.isSecure)])
    }
}

/// Choosing a language, signed in or not.
enum LanguageSwitch {
    static let screen = ConsoleScreen(
        route: "language", isOpen: true, owns: { $0 == "language" },
        show: { _ in ConsoleResponse.redirect(to: "/console/images") }, act: choose)

    private static func choose(_ visit: Visit) async throws -> Response {
        guard let language = visit.form["language"].flatMap(Language.init(rawValue:)) else {
            throw ConsoleError.notFound
        }
        return ConsoleResponse.redirect(
            to: Visit.safePlace(visit.form["return"]),
            headers: [.setCookie: ConsoleResponse.cookie(of: language, isSecure: visit.isSecure)])
    }
}
