import BerthTestSupport
import Foundation

/// All that an answer lets somebody see, but for what is new in every answer and for the names that were asked for.
///
/// Two answers that are equal as these tell their reader nothing apart.
struct VisibleAnswer: Equatable, CustomStringConvertible {
    private static let newInEveryAnswer: Set<String> = ["date", "x-request-id"]

    let status: Int
    private let headers: [String]
    private let body: String

    var description: String { "\(status) \(headers.joined(separator: "; ")) \(body)" }

    /// - Parameter names: What is taken for one and the same; all must be of one length, since lengths are told.
    init(_ response: TestResponse, hiding names: [String]) {
        func hidden(_ text: String) -> String {
            let identifier = #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#
            return names.reduce(text) { $0.replacing($1, with: "{}") }.replacing(identifier, with: "{id}")
        }
        status = response.status
        headers = response.headers
            .filter { !Self.newInEveryAnswer.contains($0.name.lowercased()) }
            .map { "\($0.name.lowercased()): \(hidden($0.value))" }.sorted()
        body = hidden(response.text)
    }
}
