import BerthTestBasics
import Crypto
import Foundation
import SwiftASN1
import Testing
import X509

@testable import BerthIdentity

@Suite struct ServerCertificatesTests {
    private static let openSSLPath = "/usr/bin/openssl"
    /// The real time, because the verifier reads the real clock.
    private let now = Date()

    @Test("the certificate verifies for each of its hosts under the authority, and for no other")
    func chain() async throws {
        let directory = try TemporaryDirectory()
        let files = try ServerCertificates.create(
            in: directory.path, hosts: ["localhost", "127.0.0.1", "::1", "Registry.Example", "*.apps.example"],
            now: now)
        #expect(files.hosts == ["localhost", "127.0.0.1", "::1", "registry.example", "*.apps.example"])
        let chain = try chain(in: directory)
        let authority = try Certificate(pemEncoded: directory.text(of: "ca.crt"))
        #expect(chain.count == 2 && chain[1] == authority)
        let key = try P256.Signing.PrivateKey(pemRepresentation: directory.text(of: "server.key"))
        #expect(chain[0].publicKey == Certificate.PublicKey(key.publicKey))
        for (name, address) in [
            ("localhost", nil), ("registry.example", nil), ("a.apps.example", nil), (nil, "127.0.0.1"), (nil, "::1"),
        ] {
            #expect(await verifies(chain[0], under: authority, name: name, address: address))
        }
        for (name, address) in [("evil.example", nil), (nil, "127.0.0.2"), ("example", nil)] {
            #expect(await !verifies(chain[0], under: authority, name: name, address: address))
        }
    }

    @Test("a certificate that has ended, or that has not begun, does not verify", arguments: [-826, 1])
    func validity(days: Int) async throws {
        let directory = try TemporaryDirectory()
        let start = Date().addingTimeInterval(TimeInterval(days) * 86400)
        try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: start)
        let leaf = try #require(try chain(in: directory).first)
        let authority = try Certificate(pemEncoded: directory.text(of: "ca.crt"))
        #expect(await !verifies(leaf, under: authority, name: "localhost", address: nil))
    }

    @Test("the extensions are those that TLS clients insist on")
    func extensions() throws {
        let directory = try TemporaryDirectory()
        try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now)
        let leaf = try #require(try chain(in: directory).first)
        let authority = try Certificate(pemEncoded: directory.text(of: "ca.crt"))
        #expect(try leaf.extensions.basicConstraints == .notCertificateAuthority)
        #expect(try leaf.extensions.keyUsage == KeyUsage(digitalSignature: true))
        #expect(try leaf.extensions.extendedKeyUsage == ExtendedKeyUsage([.serverAuth]))
        #expect(try authority.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(try authority.extensions.keyUsage == KeyUsage(keyCertSign: true, cRLSign: true))
        let identifier = try #require(try authority.extensions.subjectKeyIdentifier).keyIdentifier
        #expect(try leaf.extensions.authorityKeyIdentifier?.keyIdentifier == identifier)
        #expect(try leaf.extensions.subjectKeyIdentifier != nil)
        #expect(leaf.notValidAfter.timeIntervalSince(leaf.notValidBefore) <= 825 * 86400)
        #expect(leaf.notValidBefore < now && leaf.serialNumber != authority.serialNumber)
    }

    @Test("keys are readable by their owner alone, certificates by everyone, and nothing else is left behind")
    func modes() throws {
        let directory = try TemporaryDirectory()
        try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now)
        #expect(try directory.names == ["ca.crt", "ca.key", "server.crt", "server.key"])
        for name in ["ca.key", "server.key"] { #expect(try directory.mode(of: name) == 0o600) }
        for name in ["ca.crt", "server.crt"] { #expect(try directory.mode(of: name) == 0o644) }
    }

    @Test("server files are replaced when told so only, and the authority that clients trust stays")
    func replacing() async throws {
        let directory = try TemporaryDirectory()
        let first = try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now)
        let before = try ["ca.crt", "ca.key", "server.crt", "server.key"].map(directory.bytes(of:))
        #expect(throws: IdentityError(.existingFile, "")) {
            try ServerCertificates.create(in: directory.path, hosts: ["other"], now: now)
        }
        #expect(try ["ca.crt", "ca.key", "server.crt", "server.key"].map(directory.bytes(of:)) == before)
        let second = try ServerCertificates.create(in: directory.path, hosts: ["other"], now: now, replacing: true)
        #expect(first.isNewAuthority && !second.isNewAuthority)
        #expect(try directory.bytes(of: "ca.crt") == before[0] && directory.bytes(of: "ca.key") == before[1])
        #expect(try directory.bytes(of: "server.key") != before[3])
        let authority = try Certificate(pemEncoded: directory.text(of: "ca.crt"))
        let leaf = try #require(try chain(in: directory).first)
        #expect(await verifies(leaf, under: authority, name: "other", address: nil))
        #expect(try directory.mode(of: "server.key") == 0o600)
    }

    @Test("one server file that is there already is left as it is")
    func foreignServerFile() throws {
        for name in ["server.crt", "server.key"] {
            let directory = try TemporaryDirectory()
            try directory.write("mine".utf8, to: name)
            #expect(throws: IdentityError(.existingFile, "")) {
                try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now)
            }
            #expect(try directory.names == [name] && directory.text(of: name) == "mine")
        }
    }

    @Test("an authority that cannot issue is refused and left as it is")
    func unusableAuthority() throws {
        let directory = try TemporaryDirectory()
        let files = try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now)
        let (certificate, key) = (try directory.bytes(of: "ca.crt"), try directory.bytes(of: "ca.key"))
        func expectRefusal(at now: Date) {
            #expect(throws: IdentityError(.authority, "")) {
                try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now, replacing: true)
            }
        }
        try directory.write(key.prefix(40), to: "ca.key")
        expectRefusal(at: now)
        try directory.write(P256.Signing.PrivateKey().pemRepresentation.utf8, to: "ca.key")
        expectRefusal(at: now)
        try FileManager.default.removeItem(atPath: files.authorityKey)
        expectRefusal(at: now)
        try directory.write(key, to: "ca.key")
        try directory.write(try directory.bytes(of: "server.crt"), to: "ca.crt")
        expectRefusal(at: now)
        try directory.write(certificate, to: "ca.crt")
        expectRefusal(at: now.addingTimeInterval(3650 * 86400))
        try ServerCertificates.create(in: directory.path, hosts: ["localhost"], now: now, replacing: true)
    }

    @Test(
        "hosts that cannot stand in a certificate are refused",
        arguments: [
            "", "host:5000", "127.0.0.1:5000", "https://host", "a b", "a..b", "-a", "a-", "1.2.3", "256.1.1.1", "é",
            "a.*.b", "*", "[host]", "a/b", String(repeating: "a", count: 64), "a\u{0}",
        ])
    func badHosts(_ host: String) throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: IdentityError(.host, "")) {
            try ServerCertificates.create(in: directory.path, hosts: ["localhost", host], now: now)
        }
        #expect(error?.message.contains("expected a DNS name or an IP address") == true)
        #expect(try directory.names == [])
    }

    @Test("the default hosts are this machine's, each once, and all can stand in a certificate")
    func defaultHosts() throws {
        let hosts = ServerCertificates.defaultHosts
        #expect(hosts.starts(with: ["localhost", "127.0.0.1", "::1"]) && Set(hosts).count == hosts.count)
        for host in hosts { _ = try CertificateHost(parsing: host) }
        #expect(try CertificateHost(parsing: "[::1]") == CertificateHost(parsing: "::1"))
    }

    @Test(
        "openssl verifies the chain and the hosts",
        .enabled(if: FileManager.default.isExecutableFile(atPath: Self.openSSLPath)))
    func openSSL() async throws {
        let directory = try TemporaryDirectory()
        try ServerCertificates.create(in: directory.path, hosts: ["localhost", "::1"], now: now)
        let time = String(Int(now.timeIntervalSince1970))
        let arguments = [
            "verify", "-x509_strict", "-purpose", "sslserver", "-attime", time, "-CAfile", directory.path + "/ca.crt",
        ]
        let server = directory.path + "/server.crt"
        #expect(try run(arguments + ["-verify_hostname", "localhost", server]) == 0)
        #expect(try run(arguments + ["-verify_ip", "::1", server]) == 0)
        #expect(try run(arguments + ["-verify_hostname", "evil.example", server]) != 0)
    }

    private func chain(in directory: TemporaryDirectory) throws -> [Certificate] {
        try PEMDocument.parseMultiple(pemString: directory.text(of: "server.crt"))
            .map { try Certificate(pemDocument: $0) }
    }

    private func run(_ arguments: [String]) throws -> Int32 {
        // Foundation's Process is not safe to start on several threads at once on Linux; popen(3) is.
        let command = ([Self.openSSLPath] + arguments).map { "'\($0)'" }.joined(separator: " ")
        guard let stream = popen("\(command) >/dev/null 2>&1 </dev/null", "r") else { throw POSIXError(.EAGAIN) }
        return pclose(stream) >> 8
    }

    private func verifies(
        _ leaf: Certificate, under authority: Certificate, name: String?, address: String?
    ) async -> Bool {
        var verifier = Verifier(rootCertificates: CertificateStore([authority])) {
            RFC5280Policy()
            ServerIdentityPolicy(serverHostname: name, serverIP: address)
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore([]))
        if case .validCertificate = result { return true }
        return false
    }
}
