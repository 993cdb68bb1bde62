import BerthTestSupport

struct DockerClient: ContainerClient {
    let daemon: DockerDaemon
    let authority: String
    private let scratch: ScratchDirectory

    init(_ daemon: DockerDaemon, _ authority: String) throws {
        self.daemon = daemon
        self.authority = authority
        scratch = try ScratchDirectory()
    }

    func run(_ words: [String], input: String? = nil) async throws -> ToolResult {
        try await Tool.run(
            ["docker", "--host", daemon.socket, "--config", scratch.path] + words, input: input,
            environment: ["DOCKER_HOST": nil, "DOCKER_CONTEXT": nil])
    }

    func login(_ user: Person) async throws -> ToolResult {
        try await run(["login", "-u", user.name, "--password-stdin", authority], input: user.password)
    }

    func push(_ image: SampleImage, as reference: String) async throws -> ToolResult {
        try await run(["load", "-q", "-i", image.archive]).orThrow()
        try await run(["tag", image.loadedName, reference]).orThrow()
        return try await run(["push", reference])
    }

    func pull(_ reference: String) async throws -> Pull { try await pull(reference, platform: nil) }

    func pull(_ reference: String, platform: String?) async throws -> Pull {
        let images = try await run(["image", "ls", "-q", "--no-trunc"]).orThrow().output
        for image in Set(images.split(separator: "\n").map(String.init)) {
            try await run(["image", "rm", "--force", image]).orThrow()
        }
        let choice = platform.map { ["--platform", $0] } ?? []
        let result = try await run(["pull"] + choice + [reference])
        guard result.succeeded else { return try Pull(result) }
        let pulled = try await run(["image", "inspect", "--format", "{{index .RepoDigests 0}}", reference]).orThrow()
        return try Pull(result, digest: String(pulled.value.drop(while: { $0 != "@" }).dropFirst()))
    }

    func remove() async { await scratch.remove() }
}
