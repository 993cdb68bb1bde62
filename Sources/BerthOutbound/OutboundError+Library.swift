import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension OutboundError {
    /// What an error of the client or of the network below it means; what the parts of a body threw is given back as it
    /// is.
    ///
    /// - Parameter origin: Scheme, host and port, for the sentence.
    static func meaning(of error: any Error, from origin: String) -> any Error {
        switch error {
        case is OutboundError, is CancellationError: error
        case let failure as PartFailure: failure.underlying
        case let error as HTTPClientError: meaning(of: error, from: origin)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            OutboundError.unreachable("\(origin) could not be trusted: \(error)")
        case let error as IOError:
            OutboundError.unreachable("\(origin) could not be reached: \(String(cString: strerror(error.errnoCode)))")
        case is ChannelError, is NIOConnectionError:
            OutboundError.unreachable("\(origin) could not be reached")
        default: OutboundError.unreachable("\(origin) gave an answer that cannot be read: \(error)")
        }
    }

    private static func meaning(of error: HTTPClientError, from origin: String) -> any Error {
        switch error {
        case .cancelled: CancellationError()
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            OutboundError.timeout("\(origin) did not take the connection in time")
        case .deadlineExceeded, .readTimeout, .writeTimeout: OutboundError.timeout("\(origin) did not answer in time")
        case .invalidURL, .emptyHost, .emptyScheme: OutboundError.invalidURL("\(origin) cannot be called")
        default: OutboundError.unreachable("\(origin) broke off: \(error.shortDescription)")
        }
    }

    /// Whether an error means that no connection was made, so that another address of the host may be tried.
    static func isFailureToConnect(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: refusals.contains(error.errnoCode)
        case let error as HTTPClientError: error == .connectTimeout
        default: false
        }
    }

    private static let refusals: Set<CInt> = [
        ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ETIMEDOUT, EAFNOSUPPORT,
    ]
}
