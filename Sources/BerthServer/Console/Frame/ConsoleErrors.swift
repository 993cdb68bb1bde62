import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird
import Logging

/// What is wrong with a request for a page.
enum ConsoleError: Error, Equatable {
    case notFound
    /// The form was not sent from a page of this session.
    case foreignForm
    case readOnly
    case methodNotAllowed(_ allowed: String)
}

/// Pages that say what went wrong and where to go on, in the console's own words; the log has those of the use case.
enum ConsoleErrors {
    private struct Content: Sendable {
        let heading: String
        let message: String
        let status: Int
        let requestID: String
        /// The page of a form that was not taken.
        let back: String?
    }

    static func response(to error: any Error, _ visit: Visit) async -> Response {
        var headers: HTTPFields = [:]
        if case AccessRefusal.unauthenticated = error { return SignIn.redirect(from: visit) }
        if case ConsoleError.methodNotAllowed(let allowed) = error { headers[.allow] = allowed }
        let (status, key) = kind(of: error)
        if status.code >= 500 {
            visit.context.logger.error("request failed", metadata: ["error": "\(error)"])
        } else if error is AdministrationError || error is RegistryError {
            visit.context.logger.info("request refused", metadata: ["error": "\(error)"])
        }
        let content = Content(
            heading: visit.texts["error.\(key).title"], message: await words(of: error, key: key, visit),
            status: status.code, requestID: visit.context.requestID,
            back: error as? ConsoleError == .foreignForm ? visit.formPage : nil)
        return ConsolePage(title: content.heading, template: "error", content: content)
            .response(visit, status: status, headers: headers)
    }

    /// A sentence for the code of a refusal where there is one, else for its kind.
    private static func words(of error: any Error, key: String, _ visit: Visit) async -> String {
        let texts = visit.texts
        let general = texts["error.\(key).text"]
        guard let error = error as? AdministrationError else { return general }
        guard error.code == .denied else { return texts("error.code.\(error.code.rawValue)", or: general) }
        let names = try? await visit.administrators()
        return texts("error.code.denied", ["names": names ?? texts["permissions.operator"]])
    }

    /// What is answered, and the words of the texts about it.
    static func kind(of error: any Error) -> (HTTPResponse.Status, key: String) {
        switch error {
        case ConsoleError.notFound: (.notFound, "unknown")
        case ConsoleError.foreignForm: (.forbidden, "form")
        case ConsoleError.readOnly: (.forbidden, "readonly")
        case ConsoleError.methodNotAllowed: (.methodNotAllowed, "method")
        case is ParseFailure: (.badRequest, "input")
        case let error as AdministrationError: kind(of: error.code)
        case CatalogError.unwritable(.full): (.init(code: 507), "full")
        case CatalogError.unwritable(.readOnly): (.serviceUnavailable, "disk")
        case CatalogError.unwritable(.busy): (.serviceUnavailable, "busy")
        case let error as RegistryError: kind(of: error)
        default: (.internalServerError, "fault")
        }
    }

    private static func kind(of code: AdministrationError.Code) -> (HTTPResponse.Status, key: String) {
        switch code {
        case .denied: (.forbidden, "denied")
        case .organizationUnknown, .repositoryUnknown, .tagUnknown, .shareUnknown, .accountUnknown, .userUnknown,
            .accessKeyUnknown:
            (.notFound, "unknown")
        default: (.conflict, "refused")
        }
    }

    private static func kind(of error: RegistryError) -> (HTTPResponse.Status, key: String) {
        switch error.status {
        case 413: (.contentTooLarge, "large")
        case 429: (.tooManyRequests, "busy")
        case ..<500: (.badRequest, "input")
        case 503: (.serviceUnavailable, "busy")
        default: (.internalServerError, "fault")
        }
    }
}
