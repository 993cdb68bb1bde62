import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation
import Logging

/// Why a registry cannot be opened, in one sentence for the person who starts it.
package struct OpenError: Error, CustomStringConvertible {
    package let description: String
}

extension Registry {
    /// Opens the registry in two directories, making what is missing.
    ///
    /// A new data directory records the region that it belongs to; another region is refused from then on.
    ///
    /// - Parameters:
    ///   - storage: The directory of blobs, uploads and the database.
    ///   - certificates: The directory of the token key and the key that seals secrets.
    ///   - region: The region to serve; `nil` takes the recorded one, or `region-1` for a new directory.
    ///   - issuer: The `iss` of tokens.
    ///   - service: The `aud` of tokens.
    /// - Throws: ``OpenError`` for data of another region, and the errors of the layers, each one sentence.
    package static func open(
        storage: String, certificates: String, region: Region? = nil, settings: RegistrySettings = .init(),
        issuer: String = "berth", service: String = "berth", passwords: PasswordHasher = PasswordHasher(),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger = Logger(label: "berth")
    ) async throws -> Registry {
        let blobs = try FileBlobStore(directory: storage)
        let catalog = try Catalog(path: storage + "/berth.sqlite")
        let served = try await recordedRegion(in: catalog, wanted: region, storage: storage)
        let keys = try TokenKeys(directory: certificates, now: now()) { error in
            logger.error("the changed token key cannot be used, the old one stays", metadata: ["error": "\(error)"])
        }
        let identity = Identity(
            passwords: passwords, passwordCache: PasswordCache(),
            secrets: try SecretBox(certificatesDirectory: certificates), keys: keys,
            tokens: TokenService(keys: keys, issuer: issuer, service: service, now: now),
            throttle: SignInThrottle(limits: settings.signIns))
        return Registry(
            catalog: catalog, blobs: blobs, identity: identity, region: served, settings: settings, now: now,
            logger: logger)
    }

    /// The region that the data belongs to, after recording it in data that is new.
    private static func recordedRegion(in catalog: Catalog, wanted: Region?, storage: String) async throws -> Region {
        let recorded: Region
        if let known = try await catalog.read({ try $0.region() }) {
            recorded = known
        } else {
            recorded = try await catalog.write { catalog in
                if let other = try catalog.read.region() { return other }
                let region = try wanted ?? Region(parsing: "region-1")
                try catalog.setRegion(region)
                return region
            }
        }
        guard wanted == nil || wanted == recorded else {
            throw OpenError(
                description: "\(storage) holds the data of region \(recorded): "
                    + "use --region \(recorded) or name another --storage")
        }
        return recorded
    }
}
