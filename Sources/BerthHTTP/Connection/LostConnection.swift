import NIOCore
import NIOHTTP1
import NIOSSL

extension RequestContext {
    /// Whether an error says that the client is gone or does not speak HTTP, so that no answer will reach it.
    package func isLostConnection(_ error: any Error) -> Bool {
        error is HTTPParserError || error is IOError || error is ChannelError || error is NIOSSLError
            || !channel.isActive
    }
}
