import BerthTestSupport
import Foundation

extension TestResponse {
    /// Reads an answer of the management API, whose `created_at` is `createdAt` here.
    func record<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body))
    }
}
