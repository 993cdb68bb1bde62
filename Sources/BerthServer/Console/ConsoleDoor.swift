import BerthHTTP
import BerthIdentity
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// `/console/…`: pages for people, rendered here and usable without a script.
///
/// The order is the same for all: path and method, session, the form's token, then the use case. The console has no rule
/// and no query of its own. A screen is a file in Screens/ with its templates in Templates/.
struct ConsoleDoor: Sendable {
    let registry: Registry
    let publicAddress: PublicAddress
    let isReadOnly: Bool

    private static let root = "/console/"
    /// The most bytes of a form: a description of 30,000 characters that are all percent-encoded.
    private static let maximumForm = 512 * 1024
    /// The most cookies of a request that are looked at for a session.
    private static let mostSecrets = 4

    /// Whether a path belongs to the console.
    static func owns(_ path: String) -> Bool { path == "/console" || path.hasPrefix(root) }

    func respond(to request: Request, context: RequestContext) async throws -> Response {
        let path = request.uri.path
        guard path.hasPrefix(Self.root) else {
            return ConsoleResponse.redirect(to: Self.root, status: .permanentRedirect)
        }
        let place = String(path.dropFirst(Self.root.count))
        if let asset = ConsoleAssets.all[place] {
            context.fields.route = path
            return asset.response(to: request)
        }
        var visit = Visit(
            registry: registry, publicAddress: publicAddress, request: request, context: context, place: place)
        do {
            try await findSession(of: &visit)
            return try await answer(&visit)
        } catch {
            if context.isLostConnection(error) { throw error }
            if let session = visit.session {
                registry.noteRefusal(error, of: visit.auditedRequest, to: session.caller)
            }
            return await ConsoleErrors.response(to: error, visit)
        }
    }

    private func findSession(of visit: inout Visit) async throws {
        let secrets = visit.cookies(named: ConsoleResponse.sessionCookie).compactMap(ConsoleSecret.init)
        visit.secret = secrets.first
        for secret in secrets.prefix(Self.mostSecrets) {
            guard let session = try await registry.consoleSession(secret, from: visit.context.origin) else { continue }
            (visit.secret, visit.session) = (secret, session)
            visit.context.fields.account = session.caller.name
            break
        }
    }

    private func answer(_ visit: inout Visit) async throws -> Response {
        guard let screen = ConsoleScreen.all.first(where: { $0.owns(visit.place) }) else { throw ConsoleError.notFound }
        visit.context.fields.route = Self.root + screen.route
        visit.query = try QueryParameters(visit.request.uri)
        switch visit.request.method {
        case .get, .head:
            guard screen.isOpen || visit.session != nil else { return SignIn.redirect(from: visit) }
            return try await screen.show(visit)
        case .post:
            guard let act = screen.act else { throw ConsoleError.methodNotAllowed("GET, HEAD") }
            try visit.requireOwnOrigin()
            let body = try await visit.request.collect(upTo: Self.maximumForm, context: visit.context)
            visit.form = try QueryParameters(parsingForm: String(buffer: body))
            if !screen.isOpen {
                guard let session = visit.session else { return SignIn.redirect(from: visit) }
                try visit.requireFormToken(of: session)
                guard !isReadOnly || screen.actsWhenReadOnly else { throw ConsoleError.readOnly }
            }
            return try await act(visit)
        default: throw ConsoleError.methodNotAllowed(screen.act == nil ? "GET, HEAD" : "GET, HEAD, POST")
        }
    }
}

/// One screen: which paths it has and what it does.
struct ConsoleScreen: Sendable {
    /// The path below `/console/` as the log shows it.
    let route: String
    /// Whether nobody needs to be signed in.
    var isOpen = false
    /// Whether its forms change nothing of the registry.
    var actsWhenReadOnly = false
    let owns: @Sendable (_ place: String) -> Bool
    let show: @Sendable (Visit) async throws -> Response
    /// `nil` for a screen without forms.
    var act: (@Sendable (Visit) async throws -> Response)?

    static let all: [ConsoleScreen] = [
        OverviewPage.screen, SignIn.screen, SignOut.screen, LanguageSwitch.screen, PrivateImages.screen,
        SharedImages.screen, ImagePage.screen, OrganizationsPage.screen, OrganizationPage.screen, UserList.screen,
        UserPage.screen,
    ]
}
