import BerthTestSupport
import Foundation
import Testing

@Suite struct StartTests {
    /// A server whose standard output is seen.
    private struct Started {
        let child: ChildProcess
        let lines: [String]

        /// The address in the first line.
        var url: String { lines.first.flatMap { $0.split(separator: " ").last }.map(String.init) ?? "" }
        var host: String { url.replacing("http://", with: "") }

        func client() throws -> TestClient {
            TestClient(host: "127.0.0.1", port: try #require(Int(url.split(separator: ":").last ?? "")))
        }

        /// Stops it and gives back all that it printed.
        func stop() async -> (status: Int32, output: String) {
            child.send(SIGTERM)
            return (await child.status(), await child.output())
        }
    }

    /// Starts a server and reads so many lines.
    private func start(
        _ installation: BerthInstallation, lines count: Int, environment: [String: String] = [:]
    ) async throws -> Started {
        let child = try await Program(installation).start(
            ["serve", "--listen", "127.0.0.1:0"] + installation.flags, environment: environment)
        var lines: [String] = []
        for await line in child.lines {
            lines.append(line)
            if lines.count == count { return Started(child: child, lines: lines) }
        }
        throw ToolFailure("ended with status \(await child.status()): \(lines) \(child.errors)")
    }

    @Test("the first start takes the password of BERTH_ADMIN_PASSWORD, and prints address and sign-in, nothing else")
    func givenPassword() async throws {
        try await withInstallation { installation in
            let password = "given-\(UUID().uuidString)"
            let server = try await start(
                installation, lines: 3, environment: ["BERTH_ADMIN_PASSWORD": password])
            for name in ["admin", "admin/admin"] {
                let answer = try await server.client().send("GET", "/v2/", headers: [TestClient.basic(name, password)])
                #expect(answer.status == 200)
            }
            let (status, output) = await server.stop()
            #expect(status == 0)
            #expect(
                output == """
                    Berth serves region-1 at \(server.url)
                    First account: admin
                    Sign in with:  docker login -u admin \(server.host)

                    """)
            #expect(!server.child.errors.contains(password))
        }
    }

    @Test("S-44 without it a password is made, printed once and never again, and it signs in")
    func generatedPassword() async throws {
        try await withInstallation { installation in
            let first = try await start(installation, lines: 4)
            let match = try #require(
                first.lines[2].wholeMatch(of: /Password:      ([2-9a-z]{5}(?:-[2-9a-z]{5}){3})   \(shown this once\)/))
            let password = String(match.1)
            #expect(first.lines[1] == "First account: admin")
            #expect(first.lines[3] == "Sign in with:  docker login -u admin \(first.host)")
            #expect(
                try await first.client().send("GET", "/v2/", headers: [TestClient.basic("admin", "x")]).status == 401)
            let answer = try await first.client().send("GET", "/v2/", headers: [TestClient.basic("admin", password)])
            #expect(answer.status == 200)
            let (status, output) = await first.stop()
            #expect(status == 0 && output.split(separator: "\n").count == 4)
            #expect(!first.child.errors.contains(password))

            let second = try await start(installation, lines: 1)
            let again = try await second.client().send("GET", "/v2/", headers: [TestClient.basic("admin", password)])
            #expect(again.status == 200)
            #expect(await second.stop().output == "Berth serves region-1 at \(second.url)\n")
        }
    }

    @Test("a data directory with an account in it gets no first account")
    func notEmpty() async throws {
        try await withInstallation { installation in
            try await installation.run(["account", "add", "acme"]).orThrow()
            let server = try await start(
                installation, lines: 1, environment: ["BERTH_ADMIN_PASSWORD": "a good password"])
            #expect(await server.stop().output == "Berth serves region-1 at \(server.url)\n")
            let accounts = try JSONValue(parsing: try await installation.run(["account", "list", "--json"]).output)
            #expect(accounts.list.map { $0["name"] } == [.text("acme")])
        }
    }

    @Test("a password for the first account that is too short is refused without repeating it")
    func shortPassword() async throws {
        try await withInstallation { installation in
            let result = try await Program(installation).run(
                ["serve", "--listen", "127.0.0.1:0"] + installation.flags,
                environment: ["BERTH_ADMIN_PASSWORD": "s3cr3t"])
            let sentence = try result.refusal()
            #expect(sentence.contains("8") && !sentence.contains("s3cr3t"))
        }
    }
}

@Suite struct RefusedStartTests {
    private func refusal(
        _ installation: BerthInstallation, _ words: [String], environment: [String: String] = [:], status: Int32 = 1
    ) async throws -> String {
        try await Program(installation).run(
            ["serve", "--listen", "127.0.0.1:0"] + installation.flags + words, environment: environment
        ).refusal(status: status)
    }

    @Test("an unknown variable of the environment is refused by name")
    func environment() async throws {
        try await withInstallation { installation in
            let sentence = try await refusal(installation, [], environment: ["BERTH_STORAGES": "x"])
            #expect(sentence.hasPrefix("BERTH_STORAGES: ") && sentence.contains("BERTH_STORAGE,"))
            let value = try await refusal(installation, [], environment: ["BERTH_TOKEN_TTL": "2h"])
            #expect(value.hasPrefix("BERTH_TOKEN_TTL: ") && value.contains("60s to 1h"))
            #expect(!FileManager.default.fileExists(atPath: installation.storage))
        }
    }

    @Test("commands refuse them as well")
    func commands() async throws {
        try await withInstallation { installation in
            let result = try await Program(installation).run(
                ["org", "list"] + installation.flags, environment: ["BERTH_STORAGES": "x"])
            #expect(try result.refusal().hasPrefix("BERTH_STORAGES: "))
        }
    }

    @Test(
        "mistakes in the settings file are refused with file, line and what is allowed",
        arguments: [
            ("region: region-1\nregoin: x\n", 2, "region"), ("\ntoken-ttl: 5s\n", 2, "60s to 1h"),
            ("tls: maybe\n", 1, "off or files"), ("tokens:\n  servce: x\n", 2, "tokens.service"),
            ("read-only: on\nread-only: off\n", 1, "more than once"), ("- a\n", 1, "expected settings"),
        ])
    func file(text: String, line: Int, part: String) async throws {
        try await withInstallation { installation in
            let path = installation.directory + "/berth.yaml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let sentence = try await refusal(installation, ["--config", path])
            #expect(sentence.hasPrefix("\(path):\(line): ") && sentence.contains(part), "\(sentence)")
        }
    }

    @Test("flags win over environment, which wins over the file")
    func order() async throws {
        try await withInstallation { installation in
            let path = installation.directory + "/berth.yaml"
            try "region: from-file\n".write(toFile: path, atomically: true, encoding: .utf8)
            let program = try await Program(installation)
            func region(_ name: String, _ words: [String], _ environment: [String: String]) async throws -> JSONValue {
                let directory = "\(installation.directory)/\(name)"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                let result = try await program.run(
                    ["account", "add", "acme", "--json", "--storage", "\(directory)/storage", "--certs", directory]
                        + ["--config", path] + words, environment: environment)
                return try JSONValue(parsing: try result.orThrow().output)["region"]
            }
            let environment = ["BERTH_REGION": "from-environment"]
            #expect(try await region("a", [], [:]) == .text("from-file"))
            #expect(try await region("b", [], environment) == .text("from-environment"))
        }
    }

    @Test("data of another region is refused in one sentence that names both, by the server and by commands")
    func region() async throws {
        try await withInstallation { installation in
            try await installation.run(["account", "add", "acme", "--region", "region-9"]).orThrow()
            let sentence = try await refusal(installation, ["--region", "region-8"])
            #expect(sentence.contains("region-9") && sentence.contains(installation.storage))
            let command = try await Program(installation).run(
                ["org", "list"] + installation.flags, environment: ["BERTH_REGION": "region-8"])
            #expect(try command.refusal().contains("region-9"))
            try await withBerthProcess(in: installation) { server async throws in
                #expect(try await TestClient(server).send("GET", "/healthz").status == 200)
            }
        }
    }

    @Test("an address that is taken, and TLS without its files, are refused in one sentence")
    func listening() async throws {
        try await withSite { site in
            try await withInstallation { other in
                let taken = try await refusal(other, ["--listen", site.server.authority])
                #expect(taken.contains(site.server.authority), "\(taken)")
                let noFiles = try await refusal(other, ["--tls", "files"])
                #expect(noFiles.contains("server.crt cannot be read: there is no such file"), "\(noFiles)")
            }
        }
    }

    @Test("a read-only server serves pulls and answers 405 to everything that writes")
    func readOnly() async throws {
        try await withSite { site in
            let image = try SampleManifest.image()
            try await site.push(image, to: "ships/ferry")
            await site.server.stop()
            try await withBerthProcess(["--read-only"], in: site.installation) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                #expect(try await site.pull("ships/ferry", as: site.acme) == 200)
                let blob = try #require(image.blobs.first)
                let path = "/v2/ships/ferry"
                #expect(try await site.send("GET", "\(path)/blobs/\(blob.digest)", as: site.acme).body == blob.bytes)
                for (method, path) in [
                    ("POST", "\(path)/blobs/uploads/"), ("POST", "\(path)/blobs/uploads/?digest=\(blob.digest)"),
                    ("PUT", "\(path)/manifests/2"), ("DELETE", "\(path)/manifests/1"),
                    ("DELETE", "\(path)/blobs/\(blob.digest)"),
                ] {
                    let answer = try await site.send(method, path, as: site.acme)
                    #expect(answer.status == 405, "\(method) \(path)")
                    #expect(answer.header("Allow")?.contains("POST") != true)
                }
                #expect(try await site.pull("ships/ferry", as: site.acme) == 200)
            }
        }
    }
}
