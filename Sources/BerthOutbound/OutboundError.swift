/// Why a request could not be made or answered, in one sentence each.
package enum OutboundError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URL is not one that can be called.
    case invalidURL(String)
    /// The host has an address that must not be called; nothing was sent.
    case refusedAddress(String)
    /// The host has no address, takes no connections, is not the one that its certificate names, or broke off.
    case unreachable(String)
    /// It took longer than the request allows.
    case timeout(String)
    /// The answer has more bytes than the request allows.
    case tooLarge(String)

    package var description: String {
        switch self {
        case .invalidURL(let sentence), .refusedAddress(let sentence), .unreachable(let sentence),
            .timeout(let sentence), .tooLarge(let sentence):
            sentence
        }
    }
}
