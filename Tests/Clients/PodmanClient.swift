import BerthTestSupport

/// podman or buildah, which have the same commands for this.
struct PodmanClient: ContainerClient {
    enum Program: String, Sendable {
        case podman
        case buildah
    }

    let program: Program
    let authority: String
    private let scratch: ScratchDirectory

    init(_ program: Program, _ authority: String) throws {
        self.program = program
        self.authority = authority
        scratch = try ScratchDirectory()
    }

    /// The program with storage of its own; vfs works on every file system, also within containers.
    private var command: [String] {
        [
            program.rawValue, "--root", scratch.path + "/root", "--runroot", scratch.path + "/run",
            "--storage-driver", "vfs",
        ]
    }
    private var access: [String] { ["--tls-verify=false", "--authfile", scratch.path + "/auth.json"] }

    /// Runs a command such as `manifest create` on this machine's images.
    func run(_ words: [String], input: String? = nil) async throws -> ToolResult {
        try await Tool.run(Tool.asRoot(command + words), input: input)
    }

    func login(_ user: Person) async throws -> ToolResult {
        try await run(["login"] + access + ["-u", user.name, "--password-stdin", authority], input: user.password)
    }

    func push(_ image: SampleImage, as reference: String) async throws -> ToolResult {
        let id = try await run(["pull", "-q", "oci:\(image.layout):1"]).orThrow().value
        return try await run(["push"] + access + [id, "docker://\(reference)"])
    }

    /// Builds an index of all images that `source` in the registry has, and pushes it and them.
    func pushIndex(ofAll source: String, as reference: String) async throws -> ToolResult {
        try await run(["manifest", "create", reference]).orThrow()
        try await run(["manifest", "add", "--all"] + access + [reference, "docker://\(source)"]).orThrow()
        return try await run(["manifest", "push", "--all"] + access + [reference, "docker://\(reference)"])
    }

    func pull(_ reference: String) async throws -> Pull { try await pull(reference, platform: nil) }

    func pull(_ reference: String, platform: String?) async throws -> Pull {
        _ = try await run(["rmi", "--force", "--all"])
        let choice = platform.map { ["--platform", $0] } ?? []
        let result = try await run(["pull"] + choice + access + [reference])
        guard result.succeeded else { return try Pull(result) }
        let question =
            switch program {
            case .podman: ["image", "inspect", "--format", "{{.Digest}}", reference]
            case .buildah: ["inspect", "--type", "image", "--format", "{{.FromImageDigest}}", reference]
            }
        return try Pull(result, digest: try await run(question).orThrow().value)
    }

    func remove() async { await scratch.remove() }
}
