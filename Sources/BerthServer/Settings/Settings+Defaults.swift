import BerthRegistry
import Logging

extension Settings {
    /// The defaults, which are what the table of definitions says.
    package init() {
        self.init(
            listen: .standard, storage: "./storage", certificates: "./certs", region: nil, publicURL: nil, tls: .off,
            tokenLifetime: .seconds(300), isReadOnly: false, allowsAnonymousPull: true, allowsSparseManifests: false,
            tokenService: "berth", tokenIssuer: "berth", uploadExpiry: .seconds(24 * 60 * 60),
            auditDays: 90,
            garbageGrace: .seconds(24 * 60 * 60), quotas: Quotas(), outboundAllowed: [], triggerEndpoint: nil,
            triggerSecret: nil, regions: [], shutdownGrace: .seconds(30), logLevel: .info)
    }
}
