import BerthOCI
import BerthTestSupport
import Foundation
import Testing

@Suite struct FileModeTests {
    /// The modes of a directory and all below it, by path.
    private func modes(in directory: String) throws -> [String: Int] {
        let files = FileManager.default
        var modes: [String: Int] = [:]
        for path in try [directory] + files.subpathsOfDirectory(atPath: directory).map({ "\(directory)/\($0)" }) {
            modes[path] = try #require(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        return modes
    }

    /// Expects of every file that its owner alone may do anything with it, but for certificates, which anyone may read.
    private func expectPrivate(_ modes: [String: Int], holding names: [String]) {
        for (path, mode) in modes {
            let isBlob = path.contains("/blobs/") && (path.split(separator: "/").last?.count ?? 0) >= 64
            switch path {
            case _ where isBlob: #expect(mode == 0o444, "\(path) \(String(mode, radix: 8))")
            case _ where path.hasSuffix(".crt"): #expect(mode == 0o644, "\(path)")
            default: #expect(mode == 0o600 || mode == 0o700, "\(path) \(String(mode, radix: 8))")
            }
        }
        for name in names { #expect(modes.keys.contains { $0.contains(name) }, "\(name)") }
    }

    @Test("S-80 what is on disk is its owner's alone, whatever the umask")
    func modes() async throws {
        let launcher = ["sh", "-c", "umask 000; exec \"$@\"", "sh"]
        let installation = try BerthInstallation()
        try await withBerthProcess(in: installation, launcher: launcher) { server in
            try await server.run("account", "add", "acme", "--password-stdin", input: "a good password").orThrow()
            try await server.run("org", "add", "acme", "--account", "acme").orThrow()
            try await server.run("key", "add", "acme/acme").orThrow()
            let parts = server.authority.split(separator: ":")
            let client = TestClient(host: String(parts[0]), port: try #require(Int(parts[1])))
            let credentials = TestClient.basic("acme", "a good password")
            for algorithm in Digest.Algorithm.allCases {
                let blob = SampleBlob("a blob", algorithm: algorithm)
                let pushed = try await client.send(
                    "POST", "/v2/acme/app/blobs/uploads/?digest=\(blob.digest)", headers: [credentials],
                    body: .bytes(blob.bytes))
                #expect(pushed.status == 201)
            }
            let started = try await client.send("POST", "/v2/acme/app/blobs/uploads/", headers: [credentials])
            let session = try #require(started.header("Location"))
            #expect(
                try await client.send("PATCH", session, headers: [credentials], body: .bytes([1, 2])).status == 202)
            for words in [
                ["certs", "create"], ["certs", "rotate-token-key"], ["backup", installation.directory + "/copy"],
            ] {
                let run = launcher + installation.words(words)
                try await Tool.run(run, environment: installation.environment).orThrow()
            }
            expectPrivate(
                try modes(in: installation.storage),
                holding: [
                    "berth.sqlite", "berth.sqlite-wal", "berth.sqlite-shm", "/uploads/", "/blobs/sha256/",
                    "/blobs/sha512/",
                    "serving.lock",
                ])
            expectPrivate(
                try modes(in: installation.certs),
                holding: ["token-key.pem", "token-key-previous.pem", "secrets.key", "server.key", "ca.key", "ca.crt"])
            expectPrivate(try modes(in: installation.directory + "/copy"), holding: ["berth.sqlite", "/blobs/"])
        }
    }

    @Test("S-80 a database and keys that others could read are closed to them, or refused, at the next start")
    func opened() async throws {
        let installation = try BerthInstallation()
        let files = FileManager.default
        let database = installation.storage + "/berth.sqlite"
        try await installation.run(["account", "add", "acme"]).orThrow()
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database)
        try await withBerthProcess(in: installation) { _ in
            let attributes = try files.attributesOfItem(atPath: database)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }
}
