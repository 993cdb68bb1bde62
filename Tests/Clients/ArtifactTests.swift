import BerthOCI
import BerthTestSupport
import Foundation
import Testing

extension ClientTests {
    @Suite("An artifact that refers to an image", .timeLimit(.minutes(5))) struct ArtifactTests {
        private static let emptyDigest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

        @Test("is pushed by plain HTTP, listed as a referrer, and pulled by the receiver of a share")
        func referrer() async throws {
            try await withBerthProcess { server in
                try await SharingStory.prepare(server)
                let skopeo = try SkopeoClient(server.authority)
                try await skopeo.login(.owner).orThrow()
                let image = try await SampleImages.small()
                try await skopeo.push(image, as: "\(server.authority)/acme/app:1").orThrow()
                try await server.run("share", "add", "acme/app", "--with", "globex", "--forever").orThrow()

                let owner = RegistryProbe(server: server, person: .owner)
                let blob = try await owner.pushBlob("{}", digest: Self.emptyDigest, to: "acme/app")
                #expect(blob.status == 201)
                let empty = """
                    {"mediaType":"application/vnd.oci.empty.v1+json","digest":"\(Self.emptyDigest)","size":2}
                    """
                let subject = try FileManager.default.attributesOfItem(
                    atPath: "\(image.layout)/blobs/sha256/\(image.digest.hex)")
                let size = try #require(subject[.size] as? Int64)
                let manifest = """
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                    "artifactType":"application/vnd.example.signature","config":\(empty),"layers":[\(empty)],\
                    "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                    "digest":"\(image.digest)","size":\(size)}}
                    """
                let push = try await owner.send(
                    "PUT", "/v2/acme/app/manifests/signature",
                    headers: ["Content-Type: application/vnd.oci.image.manifest.v1+json"], body: manifest)
                #expect(push.status == 201)
                #expect(push.headers["oci-subject"] == image.digest.description)
                let digest = try #require(push.headers["docker-content-digest"])

                try await expectReferrer(digest, to: image, for: .receiver, at: server)
                let stranger = RegistryProbe(server: server, person: .stranger)
                #expect(try await stranger.send("GET", "/v2/acme/app/referrers/\(image.digest)").status == 404)

                let receiver = try SkopeoClient(server.authority)
                try await receiver.login(.receiver).orThrow()
                let pull = try await receiver.pull("\(server.authority)/acme/app@\(digest)")
                #expect(pull.digest?.description == digest, "\(pull.result)")
                await skopeo.remove()
                await receiver.remove()
            }
        }

        private struct Index: Decodable {
            struct Entry: Decodable {
                let digest: String
                let artifactType: String?
            }
            let schemaVersion: Int
            let manifests: [Entry]
        }

        private func expectReferrer(
            _ digest: String, to image: SampleImage, for person: Person, at server: BerthProcess
        ) async throws {
            let answer = try await RegistryProbe(server: server, person: person)
                .send("GET", "/v2/acme/app/referrers/\(image.digest)")
            #expect(answer.status == 200)
            let index = try JSONDecoder().decode(Index.self, from: Data(answer.body.utf8))
            #expect(index.schemaVersion == 2)
            #expect(index.manifests.map(\.digest) == [digest])
            #expect(index.manifests.first?.artifactType == "application/vnd.example.signature")
        }
    }
}
