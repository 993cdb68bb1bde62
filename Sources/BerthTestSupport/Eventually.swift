/// Asks until the answer is yes, for what happens by itself and tells nobody.
///
/// - Throws: ``ToolFailure`` when it does not happen within the limit.
package func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while try await !condition() {
        guard clock.now < end else { throw ToolFailure("did not happen within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
