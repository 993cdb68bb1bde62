/// Why another registry did not do what it was asked; what the network did is ``OutboundError``. One sentence each, for
/// the log: it says where the registry is, and holds no secrets.
package enum RegistryClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The credentials are wrong, or their user has not the right.
    case unauthorized(String)
    /// It refuses the request, and would again.
    case refused(String)
    /// It cannot answer now.
    case unavailable(String)
    /// It answers what no registry answers, or would have Berth do what is not safe.
    case misbehaved(String)

    package var description: String {
        switch self {
        case .unauthorized(let sentence), .refused(let sentence), .unavailable(let sentence),
            .misbehaved(let sentence):
            sentence
        }
    }
}
