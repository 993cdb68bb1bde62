import BerthTestSupport
import Foundation
import Testing

extension ClientTests {
    @Suite("TLS with `berth certs create`", .timeLimit(.minutes(5))) struct TLSTests {
        @Test("skopeo trusts the authority in its directory, and nothing else")
        func skopeo() async throws {
            let installation = try BerthInstallation()
            try await installation.run(["certs", "create", "--host", "127.0.0.1", "--host", "localhost"]).orThrow()
            let trust = try ScratchDirectory()
            try FileManager.default.copyItem(atPath: installation.certs + "/ca.crt", toPath: trust.path + "/ca.crt")
            try await withBerthProcess(["--tls", "files"], in: installation) { server in
                #expect(server.url.hasPrefix("https://"))
                try await SharingStory.prepare(server)
                let distrusting = try SkopeoClient(server.authority, trust: "tls-verify=true")
                let refused = try await distrusting.login(.owner)
                #expect(!refused.succeeded, "\(refused)")
                #expect(refused.said.contains("certificate"), "\(refused)")

                let owner = try SkopeoClient(server.authority, trust: "cert-dir=\(trust.path)")
                try await owner.login(.owner).orThrow()
                let image = try await SampleImages.small()
                try await owner.push(image, as: "\(server.authority)/acme/app:1").orThrow()
                let pull = try await owner.pull("\(server.authority)/acme/app:1")
                #expect(pull.digest == image.digest, "\(pull.result)")
                for client in [distrusting, owner] { await client.remove() }
            }
            await trust.remove()
        }

        /// docker does not check certificates of 127.0.0.0/8, so server and daemon get a network of their own with
        /// another address in it, and an /etc/docker of their own.
        @Test("docker trusts the authority in certs.d, and nothing else")
        func docker() async throws {
            let address = "192.0.2.10"
            let etc = try ScratchDirectory()
            let installation = try BerthInstallation()
            try await installation.run(["certs", "create", "--host", address]).orThrow()
            // As the person who runs the tests, so that the commands of the test can use the same files.
            let enter = """
                ip link set lo up && ip address add \(address)/32 dev lo && mkdir -p /etc/docker \
                && mount --bind \(etc.path) /etc/docker && echo $$ > /etc/docker/berth.pid \
                && exec setpriv --reuid \(getuid()) --regid \(getgid()) --clear-groups "$@"
                """
            try await withBerthProcess(
                ["--tls", "files"], in: installation, listen: "\(address):0",
                launcher: Tool.asRoot(["unshare", "--net", "--mount", "sh", "-c", enter, "sh"])
            ) { server in
                try await SharingStory.prepare(server)
                let pid = try String(contentsOfFile: etc.path + "/berth.pid", encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                try await withDockerDaemons(1, launcher: ["nsenter", "--target", pid, "--net", "--mount"]) { daemons in
                    try await pushAndPull(server, DockerClient(daemons[0], server.authority), etc: etc.path)
                }
            }
            await etc.remove()
        }

        private func pushAndPull(_ server: BerthProcess, _ owner: DockerClient, etc: String) async throws {
            let refused = try await owner.login(.owner)
            #expect(!refused.succeeded, "\(refused)")
            #expect(refused.said.contains("certificate"), "\(refused)")

            let directory = "\(etc)/certs.d/\(server.authority)"
            try await Tool.run(Tool.asRoot(["mkdir", "-p", directory])).orThrow()
            try await Tool.run(Tool.asRoot(["cp", server.installation.certs + "/ca.crt", directory])).orThrow()
            try await owner.login(.owner).orThrow()
            let reference = "\(server.authority)/acme/app:1"
            try await owner.push(try await SampleImages.small(), as: reference).orThrow()
            let pull = try await owner.pull(reference)
            #expect(pull.digest != nil, "\(pull.result)")
            await owner.remove()
        }
    }
}
