import BerthTestSupport
import Testing

extension ClientTests {
    @Suite("skopeo", .timeLimit(.minutes(5))) struct SkopeoTests {
        @Test("skopeo pushes, and pulls what is shared until the share ends")
        func sharing() async throws {
            try await withBerthProcess { server in
                let people = try (0..<3).map { _ in try SkopeoClient(server.authority) }
                try await SharingStory(server: server, owner: people[0], receiver: people[1], stranger: people[2])
                    .tell()
                for client in people { await client.remove() }
            }
        }

        @Test("skopeo keeps the digests of an image and of an index of two platforms")
        func digestsAreKept() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                let owner = try SkopeoClient(server.authority)
                let receiver = try SkopeoClient(server.authority)
                try await owner.login(.owner).orThrow()
                try await receiver.login(.receiver).orThrow()
                for (name, image) in [
                    ("busybox", try await SampleImages.small()), ("both", try await SampleImages.twoPlatforms()),
                ] {
                    let reference = "\(server.authority)/acme/\(name):1"
                    try await owner.push(image, as: reference).orThrow()
                    try await server.run("share", "add", "acme/\(name)", "--with", "globex", "--forever").orThrow()
                    let pull = try await receiver.pull(reference)
                    #expect(pull.digest == image.digest, "\(pull.result)")
                }
                await owner.remove()
                await receiver.remove()
            }
        }
    }
}
