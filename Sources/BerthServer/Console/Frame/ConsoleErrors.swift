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

/// Pages that say what went wrong and where to go on.
enum ConsoleErrors {
    private struct Content: Sendable {
        let heading: String
        let message: String
        let status: Int
        let requestID: String
    }

    static func response(to error: any Error, _ visit: Visit) -> Response {
        var headers: HTTPFields = [:]
        if case AccessRefusal.unauthenticated = error { return SignIn.redirect(from: visit) }
        if case ConsoleError.methodNotAllowed(let allowed) = error { headers[.allow] = allowed }
        let (status, key, message) = words(of: error)
        if status.code >= 500 {
            visit.context.logger.error("request failed", metadata: ["error": "\(error)"])
        }
        let texts = visit.texts
        let content = Content(
            heading: texts["error.\(key).title"], message: message ?? texts["error.\(key).text"],
            status: status.code, requestID: visit.context.requestID)
        return ConsolePage(title: content.heading, template: "error", content: content)
            .response(visit, status: status, headers: headers)
    }

    private static func words(of error: any Error) -> (HTTPResponse.Status, key: String, message: String?) {
        switch error {
        case ConsoleError.notFound: return (.notFound, "unknown", nil)
        case ConsoleError.foreignForm: return (.forbidden, "form", nil)
        case ConsoleError.readOnly: return (.forbidden, "readonly", nil)
        case ConsoleError.methodNotAllowed: return (.methodNotAllowed, "form", nil)
        case is ParseFailure: return (.badRequest, "input", nil)
        case let error as AdministrationError:
            switch error.code {
            case .denied: return (.forbidden, "denied", error.message)
            case .organizationUnknown, .repositoryUnknown, .tagUnknown, .shareUnknown, .accountUnknown, .userUnknown,
                .accessKeyUnknown:
                return (.notFound, "unknown", nil)
            default: return (.conflict, "refused", error.message)
            }
        case let error as RegistryError where error.status < 500: return (.badRequest, "refused", error.message)
        default:
            if let error = RegistryError(unwritable: error) {
                return (.init(code: error.status), "refused", error.message)
            }
            return (.internalServerError, "fault", nil)
        }
    }
}
