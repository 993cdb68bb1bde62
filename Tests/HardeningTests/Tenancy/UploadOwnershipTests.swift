import BerthAccess
import BerthBlobs
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import NIOCore
import Testing

/// An upload belongs to the user who began it, in the repository where it was begun, as long as that user may push.
@Suite struct UploadOwnershipTests {
    private static let content = SampleBlob("abcdef")

    /// An upload of the owner that holds the first half of the content.
    private static func half(_ scenario: Scenario, as persona: Scenario.Persona = .owner) async throws -> String {
        let session = try await scenario.startUpload(in: "acme/app", as: persona)
        try await scenario.patch(session, content.bytes, 0..<3, as: persona).requiring(202)
        return session
    }

    private static func requests(_ path: String) -> [(method: String, path: String, body: TestBody)] {
        [
            ("GET", path, .none), ("PATCH", path, .bytes(Array("xyz".utf8))),
            ("PUT", "\(path)?digest=\(content.digest)", .bytes(Array("def".utf8))),
            ("PUT", "\(path)?digest=\(SampleBlob("abc").digest)", .none), ("DELETE", path, .none),
        ]
    }

    private static func finish(_ session: String, _ scenario: Scenario) async throws {
        let status = try await scenario.send("GET", session)
        #expect(status.header("Range") == "0-2")
        let finished = try await scenario.send(
            "PUT", "\(session)?digest=\(content.digest)", headers: [("Content-Range", "3-5")],
            body: .bytes(Array("def".utf8)))
        #expect(finished.status == 201)
        #expect(try await scenario.send("GET", "/v2/acme/app/blobs/\(content.digest)").body == content.bytes)
    }

    @Test("S-05 an upload is unknown in every repository but its own, and its bytes stay as they are")
    func otherRepository() async throws {
        try await withScenario { scenario in
            let session = try await Self.half(scenario)
            let id = try #require(session.split(separator: "/").last)
            try await scenario.push(SampleBlob("a repository"), to: "acme/other")
            for (repository, persona) in [
                ("acme/other", Scenario.Persona.owner), ("acme/none", .owner), ("cargo/app", .stranger),
            ] {
                for (method, path, body) in Self.requests("/v2/\(repository)/blobs/uploads/\(id)") {
                    let answer = try await scenario.send(method, path, as: persona, body: body)
                    #expect(answer.status == 404, "\(repository) \(method)")
                    #expect(answer.errorCodes == ["BLOB_UPLOAD_UNKNOWN"], "\(repository) \(method)")
                }
            }
            try await Self.finish(session, scenario)
        }
    }

    @Test("S-06 an upload is unknown to everybody but its maker, also to who may push beside or manages")
    func otherUser() async throws {
        try await withScenario { scenario in
            let session = try await Self.half(scenario)
            for persona in Scenario.Persona.allCases where persona != .owner {
                for (method, path, body) in Self.requests(session) {
                    let answer = try await scenario.send(method, path, as: persona, body: body)
                    let mayPush = [Scenario.Persona.manager, .writer].contains(persona)
                    #expect(answer.status == (mayPush || method == "GET" ? 404 : 403), "\(persona) \(method)")
                    if mayPush { #expect(answer.errorCodes == ["BLOB_UPLOAD_UNKNOWN"], "\(persona) \(method)") }
                }
            }
            try await Self.finish(session, scenario)
        }
    }

    @Test("S-06 a user who is made again under the same name is not the maker of the former one's uploads")
    func sameName() async throws {
        try await withScenario { scenario in
            let session = try await Self.half(scenario, as: .writer)
            let name = try Scenario.Persona.writer.qualifiedName()
            try await scenario.registry.removeUser(name, by: .dataOperator)
            _ = try await scenario.registry.addUser(
                name, password: Password(parsing: Scenario.Persona.writer.password), by: .dataOperator)
            try await scenario.registry.setPermission(
                .write, on: PermissionTarget(parsing: "acme"), of: name, by: .dataOperator)
            for (method, path, body) in Self.requests(session) {
                #expect(try await scenario.send(method, path, as: .writer, body: body).status == 404, "\(method)")
            }
        }
    }

    @Test(
        "S-07 an upload takes nothing more once its maker may not push, and its bytes go in time",
        arguments: [Permission.read, nil])
    func revoked(left: Permission?) async throws {
        try await withScenario { scenario in
            let session = try await Self.half(scenario, as: .writer)
            let scope = "repository:acme/app:pull,push"
            let old = try await scenario.token(for: .writer, scope: scope)
            let (name, target) = (
                try Scenario.Persona.writer.qualifiedName(), try PermissionTarget(parsing: "acme")
            )
            if let left {
                try await scenario.registry.setPermission(left, on: target, of: name, by: .dataOperator)
            } else {
                try await scenario.registry.removePermission(on: target, of: name, by: .dataOperator)
            }
            for token in [old, try await scenario.token(for: .writer, scope: scope)] {
                for (method, path, body) in Self.requests(session) {
                    let answer = try await scenario.client.send(
                        method, path, headers: [TestClient.bearer(token)], body: body)
                    #expect(answer.status == (method == "GET" ? 404 : 403), "\(method)")
                }
            }
            let uploads = scenario.server.storage + "/uploads"
            #expect(try FileManager.default.contentsOfDirectory(atPath: uploads).count == 1)
            scenario.server.clock.advance(by: 25 * 60 * 60)
            #expect(try await scenario.registry.removeExpiredUploads() == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: uploads).isEmpty)
        }
    }

    @Test("S-07 a right that is taken while the last bytes arrive ends the push: the blob is in no repository")
    func revokedMeanwhile() async throws {
        try await withScenario { scenario in
            let writer = Scenario.Persona.writer
            let caller = try await scenario.registry.authenticate(
                username: writer.rawValue, password: writer.password, from: .commandLine)
            let name = try RepositoryName(parsing: "acme/app")
            let upload = try await scenario.registry.startUpload(in: name, algorithm: nil, for: caller)
            let body = InterruptedBody(parts: ["abc", "def"].map { ByteBuffer(string: $0) }) {
                try await scenario.registry.removePermission(
                    on: PermissionTarget(parsing: "acme"), of: writer.qualifiedName(), by: .dataOperator)
            }
            let error = await #expect(throws: RegistryError.self) {
                _ = try await scenario.registry.finishUpload(
                    upload.id, in: name, as: Self.content.digest, range: nil, bytes: body, for: caller)
            }
            #expect(error?.code == .denied)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(Self.content.digest)").status == 404)
        }
    }
}

/// A body in the middle of whose transfer something happens.
private struct InterruptedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let parts: [ByteBuffer]
    let interruption: @Sendable () async throws -> Void

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        let body: InterruptedBody
        private var next = 0

        init(body: InterruptedBody) { self.body = body }

        mutating func next() async throws -> ByteBuffer? {
            if next == 1 { try await body.interruption() }
            defer { next += 1 }
            return next < body.parts.count ? body.parts[next] : nil
        }
    }
}
