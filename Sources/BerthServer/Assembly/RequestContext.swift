import BerthHTTP
import BerthRegistry

/// The context of every request in this module, where Hummingbird has a protocol of the same name.
typealias RequestContext = BerthHTTP.RequestContext

extension RequestContext {
    /// Where the request comes from.
    var origin: RequestOrigin { RequestOrigin(address: fields.client.address, network: fields.client.network) }
}
