import Foundation

extension TestResponse {
    /// The body, with `created_at` as `createdAt`.
    package func snakeCase<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body))
    }
}
