import AsyncHTTPClient
import BerthOCI
import NIOCore
import NIOPosix

/// The one way in which Berth calls out: to webhooks and to the registries of other regions.
package struct OutboundHTTP: Sendable {
    package init() {}
}
