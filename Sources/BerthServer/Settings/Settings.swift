import BerthAccess
import BerthHTTP
import BerthIdentity
import BerthOutbound
import BerthRegistry
import Logging

/// All that can be set of a server and of the commands, each with its default.
///
/// ``SettingDefinition/all`` is the table of their names, texts and meanings; `docs/settings.md` lists them.
package struct Settings: Sendable, Equatable {
    /// How the server speaks TLS.
    package enum TLSMode: String, Sendable, CaseIterable {
        case off
        /// With `server.crt` and `server.key` in the directory of certificates.
        case files
    }

    package var listen: ListenAddress
    /// The directory of blobs, uploads and the database.
    package var storage: String
    /// The directory of keys and certificates.
    package var certificates: String
    /// The region to serve; `nil` when none is named, which takes the one that the data belongs to.
    package var region: Region?
    /// `nil` when none is named, which is the address that is listened on.
    package var publicURL: PublicURL?
    package var tls: TLSMode
    package var tokenLifetime: Duration
    package var isReadOnly: Bool
    package var allowsAnonymousPull: Bool
    package var allowsSparseManifests: Bool
    package var tokenService: String
    package var tokenIssuer: String
    /// When wrong credentials are too many.
    package var signIns: SignInThrottle.Limits
    package var consoleIdle: Duration
    package var consoleLifetime: Duration
    /// What connections may take.
    package var connections: ConnectionLimits
    /// Whose word is taken for where a request comes from.
    package var trustedProxies: [AddressBlock]
    package var uploadExpiry: Duration
    package var maximumUploads: Int
    /// How many days the audit log goes back; 0 for none.
    package var auditDays: Int
    package var garbageGrace: Duration
    /// How often garbage is collected; zero is never.
    package var garbageInterval: Duration
    /// How often every blob is read again; zero is never.
    package var scrubInterval: Duration
    /// Bytes a second.
    package var scrubRate: Int64
    /// What every account may have at most.
    package var quotas: Quotas
    /// What may be called although it is not public.
    package var outboundAllowed: [AddressBlock]
    /// Where triggers are sent to; `nil` when none is named.
    package var triggerEndpoint: OutboundURL?
    /// What triggers are signed with. Never shown.
    package var triggerSecret: String?
    /// Other regions, each once.
    package var regions: [RemoteRegion]
    package var shutdownGrace: Duration
    package var logLevel: Logger.Level

    /// The settings that use cases need.
    package var registry: RegistrySettings {
        var settings = RegistrySettings()
        settings.allowsAnonymousPull = allowsAnonymousPull
        settings.allowsSparseManifests = allowsSparseManifests
        settings.tokenLifetime = tokenLifetime
        settings.signIns = signIns
        settings.consoleIdle = consoleIdle
        settings.consoleLifetime = consoleLifetime
        settings.maximumUploads = maximumUploads
        settings.garbageGrace = garbageGrace
        settings.uploadExpiry = uploadExpiry
        settings.auditDays = auditDays
        settings.quotas = quotas
        settings.remoteRegions = regions.map(\.region)
        settings.registryHost = publicURL?.authority ?? listen.description
        return settings
    }

    /// The settings that a server needs besides its registry.
    ///
    /// - Throws: ``SettingsError`` when triggers are to be sent without being signed.
    package func server() throws(SettingsError) -> Server.Configuration {
        var configuration = Server.Configuration()
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.publicURL = publicURL?.description
        configuration.tls =
            tls == .files ? (certificate: certificates + "/server.crt", key: certificates + "/server.key") : nil
        configuration.tokenService = tokenService
        configuration.isReadOnly = isReadOnly
        configuration.connections = connections
        configuration.care = CarePlan(
            garbageInterval: garbageInterval == .zero ? nil : garbageInterval,
            scrubInterval: scrubInterval == .zero ? nil : scrubInterval, scrubRate: scrubRate)
        configuration.trustedProxies = trustedProxies
        configuration.shutdownGrace = shutdownGrace
        configuration.outbound.allowed = outboundAllowed
        configuration.regions = regions
        if let triggerEndpoint {
            guard let triggerSecret else {
                throw SettingsError("triggers.endpoint", "needs the setting triggers.secret beside it")
            }
            configuration.triggerReceiver = TriggerReceiver(endpoint: triggerEndpoint, secret: triggerSecret)
        }
        return configuration
    }
}
