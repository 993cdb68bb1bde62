import BerthCatalog

extension Registry {
    /// Checks that a caller's credentials are still good, without asking for anything.
    ///
    /// OCI distribution-spec 1.1, end-1.
    /// - Throws: ``AccessRefusal``.
    package func confirm(_ caller: Caller) async throws {
        let authorization = authorization(of: caller)
        _ = try await catalog.read { try authorization.principal(in: $0) }
    }
}
