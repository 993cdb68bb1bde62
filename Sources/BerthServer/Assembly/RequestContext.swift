import BerthHTTP

/// The context of every request in this module, where Hummingbird has a protocol of the same name.
typealias RequestContext = BerthHTTP.RequestContext
