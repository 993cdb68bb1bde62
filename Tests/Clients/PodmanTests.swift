import BerthTestSupport
import Testing

extension ClientTests {
    @Suite("podman and buildah", .timeLimit(.minutes(5))) struct PodmanTests {
        @Test("push, and pull what is shared until the share ends", arguments: [PodmanClient.Program.podman, .buildah])
        func sharing(_ program: PodmanClient.Program) async throws {
            try await withBerthProcess { server in
                let people = try (0..<3).map { _ in try PodmanClient(program, server.authority) }
                try await SharingStory(server: server, owner: people[0], receiver: people[1], stranger: people[2])
                    .tell()
                for client in people { await client.remove() }
            }
        }

        @Test("podman pushes an index of two platforms and pulls either")
        func twoPlatforms() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                let owner = try PodmanClient(.podman, server.authority)
                let receiver = try PodmanClient(.podman, server.authority)
                try await owner.login(.owner).orThrow()
                try await receiver.login(.receiver).orThrow()
                // An index in an OCI layout cannot be added as it is, so its images come from the registry itself.
                let skopeo = try SkopeoClient(server.authority)
                try await skopeo.login(.owner).orThrow()
                let source = "\(server.authority)/acme/source:1"
                try await skopeo.push(try await SampleImages.twoPlatforms(), as: source).orThrow()

                let reference = "\(server.authority)/acme/both:1"
                try await owner.pushIndex(ofAll: source, as: reference).orThrow()
                try await server.run("share", "add", "acme/both", "--with", "globex", "--for", "1h").orThrow()
                let registry = RegistryProbe(server: server, person: .owner)
                let digest = try await registry.digest(of: "1", in: "acme/both")
                #expect(digest != nil)
                for platform in ["linux/amd64", "linux/arm64"] {
                    let pull = try await receiver.pull(reference, platform: platform)
                    #expect(pull.digest == digest, "\(platform): \(pull.result)")
                    let architecture = try await receiver.run([
                        "image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", reference,
                    ])
                    #expect(architecture.value == platform)
                }
                for client in [owner, receiver] { await client.remove() }
                await skopeo.remove()
            }
        }
    }
}
