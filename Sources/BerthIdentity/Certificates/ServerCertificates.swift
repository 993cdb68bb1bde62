import Crypto
import Foundation
import X509

/// The self-signed authority and server certificate of `berth certs create`.
///
/// Clients trust the authority once (docker: `ca.crt` in `certs.d/HOST:PORT/`); server certificates that it issues
/// later need nothing of them.
package enum ServerCertificates {
    /// What was made, and where.
    package struct Files: Sendable {
        /// `ca.crt`, for clients.
        package let authority: String
        /// `ca.key`, 0600, for the next server certificate only.
        package let authorityKey: String
        /// `server.crt`: the server's certificate, then the authority's.
        package let certificate: String
        /// `server.key`, 0600.
        package let key: String
        /// The names and addresses that the certificate is good for.
        package let hosts: [String]
        /// When the server certificate ends.
        package let notAfter: Date
        /// Whether the authority is new, so that clients have to be given `ca.crt`.
        package let isNewAuthority: Bool
    }

    /// How long a server certificate is good for: the longest that all clients accept.
    package static let lifetime: Duration = .seconds(825 * 24 * 60 * 60)
    /// How long an authority is good for.
    package static let authorityLifetime: Duration = .seconds(3650 * 24 * 60 * 60)
    /// How far ahead of a client's clock this one may be.
    private static let clockSkew: TimeInterval = 60 * 60

    /// `localhost` and its addresses, and this machine's name where that can stand in a certificate.
    package static var defaultHosts: [String] {
        var hosts = ["localhost", "127.0.0.1", "::1"]
        if let host = try? CertificateHost(parsing: ProcessInfo.processInfo.hostName), !hosts.contains(host.text) {
            hosts.append(host.text)
        }
        return hosts
    }

    /// Makes `server.crt` and `server.key`, issued by the authority in `ca.crt` and `ca.key`, which is made too when
    /// neither of its files is there.
    ///
    /// An authority that is there stays, so that clients which trust it go on doing so. Files appear whole; the keys
    /// are readable by their owner alone.
    ///
    /// - Parameters:
    ///   - hosts: DNS names and IP addresses, without ports.
    ///   - replacing: Whether server files that are there may be replaced.
    /// - Throws: ``IdentityError``: `existingFile` when a server file is there and may not be replaced; `host`;
    ///   `authority` when the one that is there is of no use; `keyFile` when a file cannot be written.
    @discardableResult
    package static func create(
        in directory: String, hosts: [String] = defaultHosts, now: Date, replacing: Bool = false
    ) throws -> Files {
        let parsed = try hosts.map(CertificateHost.init(parsing:)).uniqued()
        guard !parsed.isEmpty else { throw IdentityError(.host, "a certificate needs at least one host") }
        try SecretFile.makeDirectory(directory)
        return try SecretFile.withLock(on: directory) {
            let paths = Paths(directory: directory)
            if !replacing { try paths.refuseExistingServerFiles() }
            let start = now.addingTimeInterval(-clockSkew)
            let (authority, isNew) = try authority(at: paths, from: start, now: now)
            let key = P256.Signing.PrivateKey()
            let certificate = try authority.issue(
                to: parsed, key: key.publicKey, from: start, until: start.addingTimeInterval(lifetime.timeInterval))
            try write(key.pemRepresentation + "\n", to: paths.key, mode: .owner, replacing: replacing)
            try write(
                certificate.pem() + authority.certificate.pem(), to: paths.certificate, mode: .everyone,
                replacing: replacing)
            return Files(
                authority: paths.authority, authorityKey: paths.authorityKey, certificate: paths.certificate,
                key: paths.key, hosts: parsed.map(\.text), notAfter: certificate.notValidAfter, isNewAuthority: isNew)
        }
    }

    private struct Paths {
        let authority: String
        let authorityKey: String
        let certificate: String
        let key: String

        init(directory: String) {
            authority = directory + "/ca.crt"
            authorityKey = directory + "/ca.key"
            certificate = directory + "/server.crt"
            key = directory + "/server.key"
        }

        func refuseExistingServerFiles() throws {
            for path in [certificate, key] where FileStamp(ofFileAt: path) != nil { throw existing(path) }
        }
    }

    private static func authority(
        at paths: Paths, from start: Date, now: Date
    ) throws -> (authority: CertificateAuthority, isNew: Bool) {
        switch (try text(of: paths.authority), try text(of: paths.authorityKey)) {
        case (nil, nil):
            let (authority, keyPEM) = try CertificateAuthority.make(
                from: start, until: start.addingTimeInterval(authorityLifetime.timeInterval))
            try write(keyPEM + "\n", to: paths.authorityKey, mode: .owner, replacing: false)
            try write(authority.certificate.pem(), to: paths.authority, mode: .everyone, replacing: false)
            return (authority, true)
        case (.some(let certificate), .some(let key)):
            return (
                try CertificateAuthority(certificatePEM: certificate, keyPEM: key, path: paths.authority, now: now),
                false
            )
        case (.some, nil), (nil, .some):
            throw IdentityError(
                .authority,
                "of \(paths.authority) and \(paths.authorityKey) only one is there: restore the other, or remove it")
        }
    }

    private static func text(of path: String) throws -> String? {
        try SecretFile.read(path).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private static func write(_ text: String, to path: String, mode: SecretFile.Mode, replacing: Bool) throws {
        if replacing {
            try SecretFile.replace(path, Array(text.utf8), mode: mode)
        } else if try !SecretFile.create(path, Array(text.utf8), mode: mode) {
            throw existing(path)
        }
    }

    private static func existing(_ path: String) -> IdentityError {
        IdentityError(.existingFile, "\(path) is there already: remove it first")
    }
}

extension Duration {
    fileprivate var timeInterval: TimeInterval { TimeInterval(wholeSeconds) }
}

extension Array where Element: Hashable {
    /// The elements, each there once, in the order of their first appearance.
    fileprivate func uniqued() -> [Element] {
        var seen = Set<Element>()
        return filter { seen.insert($0).inserted }
    }
}
