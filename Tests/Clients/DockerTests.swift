import BerthTestSupport
import Testing

extension ClientTests {
    @Suite("docker", .timeLimit(.minutes(5))) struct DockerTests {
        @Test("docker pushes, and pulls what is shared until the share ends")
        func sharing() async throws {
            try await withBerthProcess { server in
                try await withDockerDaemons(2) { daemons in
                    let owner = try DockerClient(daemons[0], server.authority)
                    let receiver = try DockerClient(daemons[1], server.authority)
                    let stranger = try DockerClient(daemons[1], server.authority)
                    try await SharingStory(server: server, owner: owner, receiver: receiver, stranger: stranger).tell()
                    for client in [owner, receiver, stranger] { await client.remove() }
                }
            }
        }

        @Test("docker pulls either platform of an index")
        func twoPlatforms() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                let owner = try SkopeoClient(server.authority)
                try await owner.login(.owner).orThrow()
                let index = try await SampleImages.twoPlatforms()
                let reference = "\(server.authority)/acme/both:1"
                try await owner.push(index, as: reference).orThrow()
                try await server.run("share", "add", "acme/both", "--with", "globex", "--forever").orThrow()
                try await withDockerDaemons(1) { daemons in
                    let receiver = try DockerClient(daemons[0], server.authority)
                    try await receiver.login(.receiver).orThrow()
                    for platform in ["linux/amd64", "linux/arm64"] {
                        let pull = try await receiver.pull(reference, platform: platform)
                        #expect(pull.digest == index.digest, "\(platform): \(pull.result)")
                        let architecture = try await receiver.run([
                            "image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", reference,
                        ])
                        #expect(architecture.value == platform)
                    }
                    await receiver.remove()
                }
                await owner.remove()
            }
        }
    }
}
