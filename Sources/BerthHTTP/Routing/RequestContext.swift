import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// What belongs to one request beside the request itself: its connection, its log and what the log says of it.
package struct RequestContext: Hummingbird.RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came in on.
    package let channel: any Channel
    /// What the access log says about the request; filled in as it becomes known.
    package let fields: LogFields

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
        self.fields = LogFields()
    }

    /// The address of the other end of the connection, without its port; empty for one that has none.
    ///
    /// Forwarded headers have no say in it.
    package var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "" }

    /// The id that the log and the `X-Request-Id` of the response carry.
    package var requestID: String { id }

    /// Tells a client that waits for it (`Expect: 100-continue`) to send the body; does nothing for any other.
    ///
    /// To be called when the request has been found to be in order, before its body is read.
    ///
    /// - Throws: `ChannelError` when the connection is gone.
    package func sendContinue() async throws {
        do {
            try await channel.triggerUserOutboundEvent(SendContinue()).get()
        } catch ChannelError.operationUnsupported {
            // A channel without our handlers, as in tests of a router alone: nobody waits.
        }
    }
}

/// The address of a client, and the part of it that one customer is given.
package struct ClientAddress: Sendable, Hashable {
    package let address: String
    package let network: String

    package init(address: String, network: String) {
        self.address = address
        self.network = network
    }
}

/// What the access log says about a request beyond the request line and the status.
///
/// Written by the door that handles the request, read once when its response has been written.
package final class LogFields: Sendable {
    struct Values {
        var client = ClientAddress(address: "", network: "")
        var route: String?
        var account: String?
        var repository: String?
        var digest: String?
        var bytes: Int64 = 0
        var isStreaming = false
    }

    private let values = Mutex(Values())

    package init() {}

    /// Where the request comes from, which the front door finds out before anything else.
    package var client: ClientAddress {
        get { values.withLock(\.client) }
        set { values.withLock { $0.client = newValue } }
    }

    /// The template of the endpoint, such as ``DistributionRoute/template``; never a raw path.
    package var route: String? {
        get { values.withLock(\.route) }
        set { values.withLock { $0.route = newValue } }
    }

    /// The account of the caller.
    package var account: String? {
        get { values.withLock(\.account) }
        set { values.withLock { $0.account = newValue } }
    }

    /// The repository that the request is about.
    package var repository: String? {
        get { values.withLock(\.repository) }
        set { values.withLock { $0.repository = newValue } }
    }

    /// The digest that the request is about.
    package var digest: String? {
        get { values.withLock(\.digest) }
        set { values.withLock { $0.digest = newValue } }
    }

    /// Counts bytes of the response body that have been written.
    package func addBytes(_ count: Int) { values.withLock { $0.bytes += Int64(count) } }

    /// Whether the body is written piece by piece and therefore may fail on the way.
    var isStreaming: Bool {
        get { values.withLock(\.isStreaming) }
        set { values.withLock { $0.isStreaming = newValue } }
    }

    var current: Values { values.withLock { $0 } }
}
