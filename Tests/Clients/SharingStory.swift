import BerthOCI
import BerthTestSupport
import Foundation
import Testing

/// The main job of Berth, from end to end with one kind of client: an owner pushes and shares, another account pulls
/// until the share ends, and nobody else ever does.
struct SharingStory {
    let server: BerthProcess
    let owner: any ContainerClient
    let receiver: any ContainerClient
    let stranger: any ContainerClient

    static let smallRepository = "acme/tools/busybox"
    static let largeRepository = "acme/tools/large"

    private var small: String { "\(server.authority)/\(Self.smallRepository):1" }
    private var large: String { "\(server.authority)/\(Self.largeRepository):1" }

    /// Makes the three accounts and the owner's organization.
    static func prepare(_ server: BerthProcess) async throws {
        for person in [Person.owner, .receiver, .stranger] {
            try await server.run("account", "add", person.name, "--password-stdin", input: person.password).orThrow()
        }
        try await server.run("org", "add", "acme", "--account", "acme").orThrow()
    }

    func tell() async throws {
        try await Self.prepare(server)
        try await signIn()
        try await pushBoth()
        try await share()
        try await refuseOthers()
        try await endByRemoval()
        try await endByDeadline()
    }

    private func signIn() async throws {
        let wrong = try await owner.login(Person(name: "nobody"))
        #expect(!wrong.succeeded, "signing in as nobody: \(wrong)")
        try await owner.login(.owner).orThrow()
        try await receiver.login(.receiver).orThrow()
        try await stranger.login(.stranger).orThrow()
    }

    private func pushBoth() async throws {
        let largeImage = try await SampleImages.large()
        #expect(largeImage.layerBytes >= 100_000_000)
        try await owner.push(try await SampleImages.small(), as: small).orThrow()
        try await owner.push(largeImage, as: large).orThrow()
    }

    private func share() async throws {
        let early = try await receiver.pull(small)
        expectRefused(early, "the receiver pulled before the share")
        try await server.run("share", "add", Self.smallRepository, "--with", "globex", "--for", "1h").orThrow()
        try await server.run("share", "add", Self.largeRepository, "--with", "globex", "--forever").orThrow()

        let registry = RegistryProbe(server: server, person: .owner)
        let pulledSmall = try await receiver.pull(small)
        #expect(pulledSmall.digest != nil, "\(pulledSmall.result)")
        #expect(try await pulledSmall.digest == registry.digest(of: "1", in: Self.smallRepository))
        let pulledLarge = try await receiver.pull(large)
        #expect(pulledLarge.digest != nil, "\(pulledLarge.result)")
        #expect(try await pulledLarge.digest == registry.digest(of: "1", in: Self.largeRepository))
    }

    private func refuseOthers() async throws {
        let registry = RegistryProbe(server: server, person: .owner)
        let mine = "\(server.authority)/\(Self.smallRepository):mine"
        for client in [receiver, stranger] {
            let push = try await client.push(try await SampleImages.small(), as: mine)
            #expect(!push.succeeded, "\(push)")
            #expect(push.said.contains("denied"), "\(push)")
            #expect(push.said.contains("not permitted on \(Self.smallRepository)"), "\(push)")
        }
        #expect(try await registry.digest(of: "mine", in: Self.smallRepository) == nil)
        for reference in [small, large] {
            let pull = try await stranger.pull(reference)
            expectRefused(pull, "a stranger pulled")
        }
    }

    private func endByRemoval() async throws {
        try await server.run("share", "remove", Self.largeRepository, "globex").orThrow()
        let next = try await receiver.pull(large)
        expectRefused(next, "pulled after the share was removed")
        let other = try await receiver.pull(small)
        #expect(other.result.succeeded, "the other share ended too: \(other.result)")
    }

    /// Refused in the words for a repository that does not exist, not failed for some other reason.
    private func expectRefused(_ pull: Pull, _ otherwise: String) {
        #expect(!pull.result.succeeded, "\(otherwise): \(pull.result)")
        #expect(pull.result.said.contains("name unknown"), "not refused but failed: \(pull.result)")
    }

    /// Moves the deadline close, and pulls until it is refused: never before the deadline, always after it.
    private func endByDeadline() async throws {
        let deadline = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 3).rounded(.up))
        let instant = deadline.formatted(.iso8601)
        try await server.run("share", "update", Self.smallRepository, "globex", "--until", instant).orThrow()
        var hasEnded = false
        while !hasEnded {
            let begin = Date()
            let pull = try await receiver.pull(small)
            if pull.result.succeeded {
                try #require(begin < deadline, "pulled after the deadline \(instant): \(pull.result)")
            } else {
                #expect(Date() >= deadline, "refused before the deadline \(instant): \(pull.result)")
                // This one may have been caught half-way, with a token that ended with the share.
                expectRefused(try await receiver.pull(small), "pulled after the deadline")
                hasEnded = true
            }
        }
    }
}
