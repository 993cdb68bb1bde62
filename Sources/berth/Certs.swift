import ArgumentParser
import BerthIdentity
import BerthServer
import Foundation

/// `berth certs`
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "TLS certificates and the key that signs tokens.",
        discussion: """
            EXAMPLE
              berth certs create --host registry.example.com
            """,
        subcommands: [Create.self, RotateTokenKey.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a self-signed authority and a server certificate.",
            discussion: """
                EXAMPLE
                  berth certs create --host registry.example.com --host 192.0.2.10
                  berth serve --tls files --listen 0.0.0.0:5000

                docker trusts it with ca.crt in /etc/docker/certs.d/HOST:PORT/.
                """)

        @OptionGroup var common: CommonOptions
        @Option(
            name: .customLong("host"),
            help: ArgumentHelp("A name or address of the server; repeat it for more.", valueName: "name"))
        var hosts: [String] = []

        func run() async throws {
            let directory = try common.settings().certificates
            let files = try ServerCertificates.create(
                in: directory, hosts: hosts.isEmpty ? ServerCertificates.defaultHosts : hosts, now: Date())
            try common.output.details(
                [
                    ("Authority", files.authority), ("Certificate", files.certificate), ("Key", files.key),
                    ("Hosts", files.hosts.joined(separator: ", ")), ("Good until", PlainWords.instant(files.notAfter)),
                    (
                        "Next",
                        "berth serve --tls files; copy \(files.authority) to /etc/docker/certs.d/HOST:PORT/ca.crt"
                    ),
                ],
                json: [
                    "authority": .string(files.authority), "authority_key": .string(files.authorityKey),
                    "certificate": .string(files.certificate), "key": .string(files.key),
                    "hosts": .array(files.hosts.map { .string($0) }), "not_after": .instant(files.notAfter),
                ])
        }
    }

    struct RotateTokenKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-token-key",
            abstract: "Sign tokens with a new key; the old one verifies until its tokens have expired.",
            discussion: """
                EXAMPLE
                  berth certs rotate-token-key

                A running server takes the new key by itself.
                """)

        /// The longest that a token is good for: a refresh token, thirty days.
        private static let longestToken = Duration.seconds(30 * 24 * 60 * 60)

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let now = Date()
            let keys = try TokenKeys(directory: try common.settings().certificates, now: now)
            try keys.rotate(now: now, keepingOldFor: Self.longestToken)
            let end = now.addingTimeInterval(Double(Self.longestToken.components.seconds))
            let id = keys.activeKeyID
            try common.output.done(
                "Tokens are signed with key \(id) now; the old key verifies until \(PlainWords.instant(end)).",
                json: ["key_id": .string(id), "old_key_verifies_until": .instant(end)])
        }
    }
}
