import BerthTestSupport
import Foundation
import Testing

extension ClientTests {
    /// What the management API gives for `docker login`, in the hands of real clients.
    @Suite("temporary logins", .timeLimit(.minutes(5))) struct TemporaryLoginTests {
        private struct Key: Decodable {
            let accessKey: String
            let secretKey: String
        }

        private func makeKey(_ server: BerthProcess) async throws -> Key {
            let made = try await server.run("key", "add", "acme", "--json").orThrow()
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Key.self, from: Data(made.output.utf8))
        }

        /// Asks the management API for a login, signed with the key.
        private func login(_ operation: String, of server: BerthProcess, with key: Key) async throws -> Person {
            let (path, headers) = ("/v2/manage/utils/\(operation)", [("Host", server.authority)])
            let signature = RequestSigner(accessKey: key.accessKey, secretKey: key.secretKey)
                .headers(signing: "POST", path, headers: headers, at: Date())
            let port = try #require(Int(server.authority.split(separator: ":").last ?? ""))
            let answer = try await TestClient(host: "127.0.0.1", port: port)
                .send("POST", path, headers: headers + signature)
            let words = try #require(answer.header("X-Swr-Dockerlogin"), "\(answer.status) \(answer.text)")
                .split(separator: " ").map(String.init)
            try #require(words.count == 7 && words.prefix(3) == ["docker", "login", "-u"] && words[4] == "-p")
            return Person(name: words[3], password: words[5])
        }

        /// Signs in with both kinds of logins, uses them, and is refused once the key is disabled.
        private func use(
            _ client: any ContainerClient, of server: BerthProcess, as repository: String
        ) async throws {
            let image = try await SampleImages.small()
            let key = try await makeKey(server)
            for operation in ["secret", "authorizationtoken"] {
                let person = try await login(operation, of: server, with: key)
                let wrong = try await client.login(Person(name: person.name, password: "wrong"))
                #expect(!wrong.succeeded, "\(wrong)")
                try await client.login(person).orThrow()
                let reference = "\(server.authority)/acme/\(repository):\(operation)"
                try await client.push(image, as: reference).orThrow()
                let pull = try await client.pull(reference)
                #expect(pull.digest != nil, "\(pull.result)")
            }
            try await server.run("key", "disable", key.accessKey).orThrow()
            let late = try await client.pull("\(server.authority)/acme/\(repository):secret")
            #expect(late.digest == nil, "a login outlived its key: \(late.result)")
        }

        @Test("skopeo signs in with what the management API gives, until the key is disabled")
        func skopeo() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                let client = try SkopeoClient(server.authority)
                try await use(client, of: server, as: "skopeo")
                await client.remove()
            }
        }

        @Test("docker signs in with what the management API gives, until the key is disabled")
        func docker() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                try await withDockerDaemons(1) { daemons in
                    let client = try DockerClient(daemons[0], server.authority)
                    try await use(client, of: server, as: "docker")
                    await client.remove()
                }
            }
        }
    }
}
