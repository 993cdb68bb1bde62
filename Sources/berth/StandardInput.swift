import BerthRegistry

/// What is handed to a command on standard input.
enum StandardInput {
    /// The first line, as a password.
    ///
    /// - Throws: ``Failure`` without a line, and ``AdministrationError`` for one that is no password.
    static func password() throws -> Password {
        guard let line = readLine(strippingNewline: true) else {
            throw Failure("--password-stdin needs a password on standard input, as one line")
        }
        return try Password(parsing: line)
    }
}
