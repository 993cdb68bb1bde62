import Foundation
import Glibc
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The certificate and key of the TLS listener, taken from two PEM files and taken again when they change.
///
/// The files are looked at in a handshake, at most once a second. A new pair is used only when both files can be read
/// and belong together; until then connections are made with the old pair, so that files may be replaced one after
/// the other while the server runs. A failure is logged once for each state of the files.
package final class TLSSource: Sendable {
    /// What tells one version of a file from another.
    private struct FileVersion: Equatable {
        let inode: UInt64
        let size: Int64
        /// The bytes of the instant, which are only compared.
        let modified: [UInt8]

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = withUnsafeBytes(of: status.st_mtim) { Array($0) }
        }
    }

    private struct Versions: Equatable {
        let certificate: FileVersion?
        let key: FileVersion?
    }

    private struct Pair {
        let certificates: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
    }

    private struct State {
        var pair: Pair
        var loaded: Versions
        var lastFailed: Versions?
        var lastChecked: ContinuousClock.Instant
    }

    private static let checkInterval = Duration.seconds(1)

    private let certificateFile: String
    private let keyFile: String
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// Loads the pair for the first time.
    ///
    /// - Parameters:
    ///   - certificateFile: The certificate and, after it, its chain, PEM.
    ///   - keyFile: The private key, PEM.
    /// - Throws: an error that names the file that cannot be read or says that the two do not belong together.
    package convenience init(certificateFile: String, keyFile: String, logger: Logger) throws {
        try self.init(certificateFile: certificateFile, keyFile: keyFile, logger: logger, now: { .now })
    }

    init(
        certificateFile: String, keyFile: String, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) throws {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.logger = logger
        self.now = now
        let versions = Self.versions(certificateFile, keyFile)
        let pair = try Self.load(certificateFile, keyFile)
        self.state = Mutex(State(pair: pair, loaded: versions, lastFailed: nil, lastChecked: now()))
    }

    /// The configuration of the listener: TLS 1.2 and newer, HTTP/1.1, the current pair in each handshake.
    func configuration() -> TLSConfiguration {
        let pair = state.withLock(\.pair)
        var configuration = Self.configuration(for: pair)
        configuration.sslContextCallback = { [self] _, promise in
            guard isCheckDue() else {
                promise.succeed(current())
                return
            }
            FileReading.run(completing: promise) {
                self.reloadIfChanged()
                return self.current()
            }
        }
        return configuration
    }

    /// Takes a new pair if the files have changed; keeps the old one if they are not usable.
    func reloadIfChanged() {
        let versions = Self.versions(certificateFile, keyFile)
        guard state.withLock({ $0.loaded != versions }) else { return }
        do {
            let pair = try Self.load(certificateFile, keyFile)
            state.withLock {
                $0.pair = pair
                $0.loaded = versions
                $0.lastFailed = nil
            }
            logger.info("TLS certificate reloaded", metadata: ["file": "\(certificateFile)"])
        } catch {
            let isNew = state.withLock { state in
                defer { state.lastFailed = versions }
                return state.lastFailed != versions
            }
            guard isNew else { return }
            logger.warning(
                "TLS certificate not reloaded; the previous one stays in use",
                metadata: ["file": "\(certificateFile)", "reason": "\(error)"])
        }
    }

    private func isCheckDue() -> Bool {
        let now = now()
        return state.withLock { state in
            guard now - state.lastChecked >= Self.checkInterval else { return false }
            state.lastChecked = now
            return true
        }
    }

    private func current() -> NIOSSLContextConfigurationOverride {
        let pair = state.withLock(\.pair)
        var override = NIOSSLContextConfigurationOverride()
        override.certificateChain = pair.certificates.map { .certificate($0) }
        override.privateKey = .privateKey(pair.key)
        return override
    }

    private static func versions(_ certificateFile: String, _ keyFile: String) -> Versions {
        Versions(certificate: FileVersion(certificateFile), key: FileVersion(keyFile))
    }

    private static func load(_ certificateFile: String, _ keyFile: String) throws -> Pair {
        let certificates = try contents(of: certificateFile) { try NIOSSLCertificate.fromPEMBytes($0) }
        guard !certificates.isEmpty else { throw TLSFileError("\(certificateFile) holds no PEM certificate") }
        let key = try contents(of: keyFile) { try NIOSSLPrivateKey(bytes: $0, format: .pem) }
        let pair = Pair(certificates: certificates, key: key)
        do {
            _ = try NIOSSLContext(configuration: configuration(for: pair))
        } catch {
            throw TLSFileError("\(certificateFile) and \(keyFile) do not belong together: \(error)")
        }
        return pair
    }

    private static func contents<Value>(of file: String, as parse: ([UInt8]) throws -> Value) throws -> Value {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw TLSFileError("\(file) cannot be read: there is no such file, or this user may not read it")
        }
        do {
            return try parse(Array(bytes))
        } catch {
            throw TLSFileError("\(file) cannot be read as PEM: \(error)")
        }
    }

    private static func configuration(for pair: Pair) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.certificates.map { .certificate($0) }, privateKey: .privateKey(pair.key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}

/// Why the certificate files of the listener cannot be used, in one sentence.
struct TLSFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
