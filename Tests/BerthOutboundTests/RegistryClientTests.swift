import BerthIdentity
import BerthOCI
import BerthOutbound
import BerthTestBasics
import BerthTestSupport
import Foundation
import NIOCore
import Synchronization
import Testing

private let repository = "acme/app"
private let secret = Data("user:p@ss".utf8).base64EncodedString()

/// - Parameter authorities: A file of certificates that are trusted besides those of the system.
private func withClient(
    authorities: String? = nil, _ respond: @escaping HTTPReceiver.Responder,
    _ body: (RegistryClient, HTTPReceiver) async throws -> Void
) async throws {
    try await withReceiver(respond: respond) { receiver in
        let endpoint = try #require(RegistryEndpoint("http://user:p%40ss@127.0.0.1:\(receiver.port)"))
        var configuration = OutboundHTTP.Configuration()
        configuration.allowed = [try #require(AddressBlock("127.0.0.0/8")), try #require(AddressBlock("::1"))]
        configuration.authorities = authorities
        let http = try OutboundHTTP(configuration)
        defer { http.close() }
        try await body(RegistryClient(endpoint: endpoint, http: http), receiver)
    }
}

/// What an error of the client is about.
private enum Kind {
    case unauthorized, refused, unavailable, misbehaved
}

private func expectError(_ kind: Kind, _ work: () async throws -> Void) async {
    let error = await #expect(throws: RegistryClientError.self) { try await work() }
    let found: Kind? =
        switch error {
        case nil: nil
        case .unauthorized: .unauthorized
        case .refused: .refused
        case .unavailable: .unavailable
        case .misbehaved: .misbehaved
        }
    #expect(found == kind)
    #expect(error?.description.contains(secret) != true)
    #expect(error?.description.contains("p@ss") != true)
}

@Suite("Pushing to another registry")
struct RegistryClientTests {
    private let name: RepositoryName
    private let digest = SampleBlob("blob").digest

    init() throws { name = try RepositoryName(parsing: repository) }

    @Test("credentials are sent when they are asked for by Basic, and from then on at once")
    func basic() async throws {
        try await withClient { request in
            request["Authorization"] == "Basic " + secret
                ? .init(404) : .init(401, headers: [("WWW-Authenticate", "Basic realm=\"x\", charset=\"UTF-8\"")])
        } _: { client, receiver in
            let found1 = try await client.hasBlob(digest, in: name)
            #expect(!found1)
            let found2 = try await client.hasBlob(digest, in: name)
            #expect(!found2)
            #expect(receiver.requests.map { $0["Authorization"] != nil } == [false, true, true])
        }
    }

    @Test("a token is got for the repository, used until it ends, and got again when it is refused")
    func tokens() async throws {
        let port = Mutex(0)
        let accepted = Mutex("t1")
        try await withClient { request in
            if request.path.hasPrefix("/token") {
                guard request["Authorization"] == "Basic " + secret else { return .init(401) }
                return .init(200, body: Array(#"{"token":"\#(accepted.withLock(\.self))","expires_in":300}"#.utf8))
            }
            if request["Authorization"] == "Bearer " + accepted.withLock(\.self) { return .init(200) }
            let realm = "http://127.0.0.1:\(port.withLock(\.self))/token"
            return .init(
                401, headers: [("WWW-Authenticate", #"Bearer realm="\#(realm)", service="a b", scope="evil""#)])
        } _: { client, receiver in
            port.withLock { $0 = receiver.port }
            let found3 = try await client.hasBlob(digest, in: name)
            #expect(found3)
            let found4 = try await client.hasBlob(digest, in: name)
            #expect(found4)
            #expect(receiver.requests.count == 4)
            #expect(
                receiver.requests.first { $0.path.hasPrefix("/token") }?.path
                    == "/token?scope=repository%3Aacme%2Fapp%3Apull%2Cpush&service=a%20b")
            accepted.withLock { $0 = "t2" }
            let found5 = try await client.hasBlob(digest, in: name)
            #expect(found5)
        }
    }

    @Test("S-78 a realm elsewhere is never told the credentials", arguments: ["127.0.0.1", "localhost"])
    func foreignRealm(host: String) async throws {
        try await withReceiver { thief in
            try await withClient { _ in
                .init(401, headers: [("WWW-Authenticate", "Bearer realm=\"http://\(host):\(thief.port)/token\"")])
            } _: { client, _ in
                await expectError(.misbehaved) { _ = try await client.hasBlob(digest, in: name) }
            }
            #expect(thief.requests.isEmpty)
        }
    }

    @Test("S-78 a realm on another host is asked over TLS, for anybody's token and without the credentials")
    func foreignEncryptedRealm() async throws {
        let directory = try TemporaryDirectory()
        let files = try ServerCertificates.create(in: directory.path, hosts: ["127.0.0.1"], now: Date())
        try await withReceiver(tls: (files.certificate, files.key)) { _ in
            .init(200, body: Array(#"{"token":"anybody's"}"#.utf8))
        } _: { realm in
            try await withClient(authorities: files.authority) { request in
                guard request["Authorization"] == nil else { return .init(200) }
                let challenge = "Bearer realm=\"https://127.0.0.1:\(realm.port)/token\""
                return .init(401, headers: [("WWW-Authenticate", challenge)])
            } _: { client, receiver in
                let isThere = try await client.hasBlob(digest, in: name)
                #expect(isThere)
                #expect(receiver.requests.last?["Authorization"] == "Bearer anybody's")
            }
            #expect(realm.requests.count == 1)
            #expect(realm.requests.first?["Authorization"] == nil)
            #expect(realm.requests.first?["Cookie"] == nil)
            #expect(realm.requests.first?.path.contains("p%40ss") == false)
        }
    }

    @Test("S-78 a realm and an upload with two slashes stay at the registry that names them")
    func twoSlashes() async throws {
        try await withReceiver { thief in
            let port = Mutex(0)
            try await withClient { request in
                let own = "http://127.0.0.1:\(port.withLock(\.self))//127.0.0.1:\(thief.port)"
                if request.method == "POST" { return .init(202, headers: [("Location", own + "/upload")]) }
                if request.method == "PUT" { return .init(201) }
                return .init(401, headers: [("WWW-Authenticate", "Bearer realm=\"\(own)/token\"")])
            } _: { client, receiver in
                port.withLock { $0 = receiver.port }
                _ = try? await client.hasBlob(digest, in: name)
                #expect(receiver.requests.contains { $0.path.hasPrefix("//127.0.0.1:\(thief.port)/token?scope=") })
                let started = try await client.startUpload(of: digest, to: name, mountingFrom: nil)
                try await client.finishUpload(
                    at: #require(started), of: digest, size: 4, body: .bytes(ByteBuffer(string: "blob")), to: name)
            }
            #expect(thief.requests.isEmpty)
        }
    }

    @Test("a registry that answers 401 for ever is asked twice")
    func unauthorizedForEver() async throws {
        try await withClient { _ in
            .init(401, headers: [("WWW-Authenticate", "Basic realm=x")])
        } _: { client, receiver in
            await expectError(.unauthorized) { _ = try await client.hasBlob(digest, in: name) }
            #expect(receiver.requests.count == 2)
        }
    }

    @Test(
        "a challenge that is not understood ends the request",
        arguments: ["", "Negotiate", "Bearer service=x", "Bearer realm="])
    func strangeChallenge(challenge: String) async throws {
        try await withClient { _ in
            .init(401, headers: [("WWW-Authenticate", challenge)])
        } _: { client, receiver in
            let error = await #expect(throws: RegistryClientError.self) {
                _ = try await client.hasBlob(digest, in: name)
            }
            #expect(error != nil)
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("a blob of which a registry says that it is in a store of objects is there, and is not looked for there")
    func redirectToStore() async throws {
        try await withReceiver { store in
            let location = [("Location", "http://127.0.0.1:\(store.port)/blob")]
            try await withClient { _ in
                .init(307, headers: location)
            } _: { client, _ in
                let found = try await client.hasBlob(digest, in: name)
                #expect(found)
            }
            #expect(store.requests.isEmpty)
        }
    }

    @Test("S-78 redirects are not followed", arguments: [301, 302, 308])
    func redirects(status: Int) async throws {
        try await withReceiver { inside in
            let location = [("Location", "http://127.0.0.1:\(inside.port)/secret")]
            try await withClient { _ in
                .init(status, headers: location)
            } _: { client, _ in
                await expectError(.misbehaved) { _ = try await client.hasBlob(digest, in: name) }
                await expectError(.misbehaved) {
                    _ = try await client.startUpload(of: digest, to: name, mountingFrom: nil)
                }
            }
            #expect(inside.requests.isEmpty)
        }
    }

    @Test("S-78 an upload does not go to another host")
    func foreignUpload() async throws {
        try await withReceiver { thief in
            for location in ["http://127.0.0.1:\(thief.port)/upload", "//localhost:\(thief.port)/upload", "ftp://x/"] {
                try await withClient { _ in
                    .init(202, headers: [("Location", location)])
                } _: { client, _ in
                    await expectError(.misbehaved) {
                        _ = try await client.startUpload(of: digest, to: name, mountingFrom: nil)
                    }
                }
            }
            #expect(thief.requests.isEmpty)
        }
    }

    @Test("a blob is sent in one piece to where the registry says, or taken from a neighbour")
    func upload() async throws {
        try await withClient { request in
            if request.path.contains("mount=") { return .init(201) }
            return request.method == "POST"
                ? .init(202, headers: [("Location", "/upload/1?state=x")]) : .init(201)
        } _: { client, receiver in
            let started = try await client.startUpload(of: digest, to: name, mountingFrom: nil)
            let location = try #require(started)
            let body = OutboundBody.bytes(ByteBuffer(string: "blob"))
            try await client.finishUpload(at: location, of: digest, size: 4, body: body, to: name)
            let sent = try #require(receiver.requests.last)
            #expect(sent.path == "/upload/1?state=x&digest=\(digest)")
            #expect(sent.body == Array("blob".utf8))
            let other = try RepositoryName(parsing: "acme/other")
            let mounted = try await client.startUpload(of: digest, to: name, mountingFrom: other)
            #expect(mounted == nil)
            #expect(
                receiver.requests.last?.path == "/v2/acme/app/blobs/uploads/?mount=\(digest)&from=acme/other")
        }
    }

    @Test("a registry that took another digest than was sent has misbehaved")
    func wrongDigest() async throws {
        let other = SampleBlob("other").digest
        try await withClient { _ in
            .init(201, headers: [("Docker-Content-Digest", "\(other)")])
        } _: { client, _ in
            await expectError(.misbehaved) {
                try await client.putManifest(
                    Array("{}".utf8), mediaType: .ociManifest, digest: digest, tag: nil, to: name)
            }
        }
    }

    @Test("statuses are told apart, and what a registry writes does not get out of its line")
    func statuses() async throws {
        for (status, kind) in [(400, Kind.refused), (403, .unauthorized), (429, .unavailable), (503, .unavailable)] {
            let body = Array(#"{"errors":[{"code":"NO","message":"line\nline"}]}"#.utf8)
            try await withClient { _ in
                .init(status, body: body)
            } _: { client, _ in
                await expectError(kind) { _ = try await client.startUpload(of: digest, to: name, mountingFrom: nil) }
            }
        }
    }

    @Test("an answer without end is not read, whatever its status")
    func endlessAnswer() async throws {
        let body = [UInt8](repeating: 0x61, count: 8 << 20)
        try await withClient { request in
            request.path.hasPrefix("/token")
                ? .init(200, body: body)
                : .init(401, headers: [("WWW-Authenticate", "Bearer realm=\"http://\(request["Host"] ?? "")/token\"")])
        } _: { client, _ in
            let error = await #expect(throws: OutboundError.self) { _ = try await client.hasBlob(digest, in: name) }
            guard case .tooLarge? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("an endpoint is read with its credentials and shown without them")
    func endpoints() throws {
        let endpoint = try #require(RegistryEndpoint("https://acme%2Fci:s%40c:ret@registry.example.com:8443"))
        #expect("\(endpoint)" == "https://registry.example.com:8443")
        #expect(!"\(endpoint.credentials as Any)".contains("ret"))
        #expect(RegistryEndpoint("http://registry.example.com/")?.credentials == nil)
        for bad in [
            "", "registry.example.com", "ftp://registry.example.com", "https://registry.example.com/path",
            "https://user@registry.example.com", "https://:x@registry.example.com",
            "https://user:@registry.example.com",
            "https://u%zz:p@registry.example.com", "https://u:p%0d%0a@registry.example.com", "https://a:b@",
            "https://registry.example.com?x", "https://registry.example.com#x",
        ] {
            #expect(RegistryEndpoint(bad) == nil, "\(bad)")
        }
    }
}
