import BerthHTTP
import BerthIdentity
import BerthRegistry
import Logging

extension Settings {
    /// The defaults, which are what the table of definitions says.
    package init() {
        self.init(
            listen: .standard, storage: "./storage", certificates: "./certs", region: nil, publicURL: nil, tls: .off,
            tokenLifetime: .seconds(300), isReadOnly: false, allowsAnonymousPull: true, allowsSparseManifests: false,
            tokenService: "berth", tokenIssuer: "berth", signIns: .init(),
            consoleIdle: .seconds(30 * 60), consoleLifetime: .seconds(12 * 60 * 60), connections: .init(),
            trustedProxies: [],
            uploadExpiry: .seconds(24 * 60 * 60),
            maximumUploads: 1000, auditDays: 90, garbageGrace: .seconds(24 * 60 * 60),
            garbageInterval: .seconds(24 * 60 * 60),
            scrubInterval: .seconds(30 * 24 * 60 * 60), scrubRate: 10 * 1024 * 1024, quotas: Quotas(),
            outboundAllowed: [], triggerEndpoint: nil,
            triggerSecret: nil, regions: [], shutdownGrace: .seconds(30), logLevel: .info)
    }
}
