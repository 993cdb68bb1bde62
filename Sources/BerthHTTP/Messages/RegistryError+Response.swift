import BerthOCI
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension RegistryError {
    /// The answer that tells a client of this error: its status, its headers and the body of the specification.
    ///
    /// Nothing of ``cause`` is in it. A HEAD request gets the headers alone.
    ///
    /// OCI distribution-spec 1.1, "Error Codes".
    package func response(to method: HTTPRequest.Method = .get) -> Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields[name] = value
        }
        let response = Response.json(body, status: HTTPResponse.Status(code: status), headers: fields)
        return method == .head ? response.createHeadResponse() : response
    }

    /// 405 for a method that an endpoint does not have.
    package static func methodNotAllowed(
        _ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]
    ) -> RegistryError {
        let allowed = allowed.map(\.rawValue).joined(separator: ", ")
        return RegistryError(
            .unsupported, "\(method.rawValue) is not supported here: use \(allowed)", headers: ["Allow": allowed])
    }

    /// The error that a client is told of for an error of any type.
    ///
    /// Errors that are made for clients keep their status; any other is a fault of the server, whose cause only the
    /// log learns.
    init(rendering error: any Error) {
        switch error {
        case let error as RegistryError: self = error
        case let error as any HTTPResponseError:
            let status = error.status.code
            let message = (error as? HTTPError)?.body ?? Self.sentence(for: status)
            let headers = (error as? HTTPError)?.headers ?? [:]
            self.init(
                Self.code(for: status), message, status: status,
                headers: Dictionary(
                    headers.map { ($0.name.rawName, $0.value) }, uniquingKeysWith: { first, _ in first }),
                cause: error)
        default:
            self.init(
                .unknown, "the server failed to answer this request; its log has the reason under the request id",
                cause: error)
        }
    }

    private var body: [UInt8] {
        struct Body: Encodable {
            struct Entry: Encodable {
                let code: String
                let message: String
                let detail: DetailValue?
            }
            let errors: [Entry]
        }
        enum DetailValue: Encodable {
            case texts([String])
            case text(String)

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .texts(let texts): try container.encode(texts)
                case .text(let text): try container.encode(text)
                }
            }
        }
        let detail: DetailValue? =
            switch self.detail {
            case .digests(let digests): .texts(digests.map(\.description))
            case .text(let text): .text(text)
            case nil: nil
            }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(errors: [.init(code: code.rawValue, message: message, detail: detail)])
        return (try? encoder.encode(body)).map { Array($0) } ?? Array(#"{"errors":[{"code":"UNKNOWN"}]}"#.utf8)
    }

    private static func code(for status: Int) -> RegistryErrorCode {
        switch status {
        case 401: .unauthorized
        case 403: .denied
        case 404: .nameUnknown
        case 413: .sizeInvalid
        case 429: .tooManyRequests
        case 500...: .unknown
        default: .unsupported
        }
    }

    private static func sentence(for status: Int) -> String {
        switch status {
        case 404: "there is nothing at this path"
        case 413: "the body is larger than this endpoint accepts"
        default: HTTPResponse.Status(code: status).reasonPhrase.lowercased()
        }
    }
}
