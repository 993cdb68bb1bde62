/// Why the database did not do what it was asked for.
///
/// Equal when the codes are equal, so that callers and tests compare codes and people read messages.
package struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure that a caller can tell apart.
    package enum Code: Sendable {
        /// Another process held the database for longer than the busy timeout.
        case busy
        /// The disk is full.
        case full
        case readOnly
        /// A newer program has written the database.
        case newerSchema
        /// The file is not a database or its pages contradict each other.
        case damaged
        case cannotOpen
        /// Reading or writing the file failed.
        case ioFailure
        case uniqueViolation
        case foreignKeyViolation
        /// The connection has been closed.
        case closed
        case other
    }

    package let code: Code
    /// One sentence: what happened, with the words of the engine.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: DatabaseError, right: DatabaseError) -> Bool { left.code == right.code }
}
