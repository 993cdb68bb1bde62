import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation
import Logging
import Synchronization

/// The registry: what can be done with it are its extensions, one use case a file, grouped by folder.
///
/// A use case takes parsed values and a ``Caller`` (or, for administration, an ``Administrator``), asks `Access` with live
/// data, acts on the catalog and the blobs, and returns values. It knows nothing of HTTP and writes no SQL. Every
/// door (registry API, tokens, command line) goes through these and has no rule of its own.
///
/// Several processes may hold a `Registry` on the same directories at once: what one commits, the next request in
/// another sees.
package final class Registry: Sendable {
    package let catalog: Catalog
    package let blobs: any BlobStore
    package let identity: Identity
    /// The one region that this data belongs to.
    package let region: Region
    package let settings: RegistrySettings
    /// The wall clock.
    package let now: @Sendable () -> Date
    package let logger: Logger
    /// What was pulled and is yet to be recorded.
    let traffic = TrafficMeter()
    /// What was pulled a moment ago.
    let pulls = PullMemory<PulledItem, PulledContent>(capacity: 1024)
    /// What pages of tags were listed a moment ago.
    let tagPages = PullMemory<TagPage, Page<TagName>>(capacity: 256)
    /// What images run on, by the digests of their manifests.
    let platforms = BoundedCache<Digest, PlatformSummary>(capacity: 4096)
    /// What was read a moment ago to issue tokens.
    let facts = FactMemory()
    /// The latest instant at which this process has decided anything.
    private let latest = Mutex(Date.distantPast)
    /// What happened and is yet to be written to the audit log.
    let audit: AuditBuffer
    /// Wakes what works in the background of this process.
    package let work = WorkSignals()

    /// Puts a registry together from parts that are open; ``open(storage:certificates:region:settings:issuer:service:passwords:now:logger:)``
    /// opens them.
    package init(
        catalog: Catalog, blobs: any BlobStore, identity: Identity, region: Region, settings: RegistrySettings,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.catalog = catalog
        self.blobs = blobs
        self.identity = identity
        self.region = region
        self.settings = settings
        self.audit = AuditBuffer(isOn: settings.keepsAudit)
        self.now = now
        self.logger = logger
    }

    /// The instant that deadlines of shares are compared with: now, or the latest one before if the clock has been set
    /// back since. So a share that has ended stays ended as long as this process runs.
    func decisionTime(at now: Date) -> Date {
        latest.withLock { latest in
            latest = max(latest, now)
            return latest
        }
    }
}

/// The settings that change what use cases answer.
package struct RegistrySettings: Sendable {
    /// Whether public repositories may be pulled without credentials.
    package var allowsAnonymousPull = true
    /// Whether a manifest is accepted whose blobs or children are not all in the repository.
    package var allowsSparseManifests = false
    /// How long a token is good for, unless a share that it rests on ends sooner.
    package var tokenLifetime: Duration = .seconds(300)
    /// When wrong credentials are too many.
    package var signIns = SignInThrottle.Limits()
    /// How long content that nothing refers to yet is left alone.
    package var garbageGrace: Duration = .seconds(24 * 60 * 60)
    /// How long an upload that receives nothing is kept.
    package var uploadExpiry: Duration = .seconds(24 * 60 * 60)
    /// How many unfinished uploads a user may have.
    package var maximumUploads = 1000
    /// How many days the audit log goes back; 0 for none.
    package var auditDays = 90
    /// The regions that images can be copied to.
    package var remoteRegions: [Region] = []
    /// How long the copying of an image to another region may take, each time that it is tried.
    package var synchronizationTimeout: Duration = .seconds(2 * 60 * 60)
    /// The host and port that pull commands name, taken from the public address of the server.
    package var registryHost = "127.0.0.1:5000"
    /// How long somebody stays signed in to the console without doing anything.
    package var consoleIdle: Duration = .seconds(30 * 60)
    /// How long somebody stays signed in to the console at most.
    package var consoleLifetime: Duration = .seconds(12 * 60 * 60)
    /// What every account may have at most.
    package var quotas = Quotas()

    package init() {}

    /// Whether there is an audit log.
    var keepsAudit: Bool { auditDays > 0 }
}
