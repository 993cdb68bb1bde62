/// What came back over a connection that a test wrote bytes to.
struct RawAnswer {
    let text: String

    init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    /// The status of each answer, in order.
    var statuses: [Int] { text.matches(of: #/HTTP/1\.1 (\d{3}) /#).compactMap { Int($0.1) } }

    /// Whether the server said that it closes the connection.
    var closes: Bool { text.lowercased().contains("connection: close") }
}
