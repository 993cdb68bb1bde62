import BerthTestSupport

struct SkopeoClient: ContainerClient {
    let authority: String
    /// Flags that say how the server is to be trusted, without `src-` or `dest-` before them.
    var trust = "tls-verify=false"
    private let scratch: ScratchDirectory

    init(_ authority: String, trust: String = "tls-verify=false") throws {
        self.authority = authority
        self.trust = trust
        scratch = try ScratchDirectory()
    }

    private var authorization: [String] { ["--authfile", scratch.path + "/auth.json"] }

    func login(_ user: Person) async throws -> ToolResult {
        try await Tool.run(
            ["skopeo", "login", "--\(trust)"] + authorization + ["-u", user.name, "--password-stdin", authority],
            input: user.password)
    }

    func push(_ image: SampleImage, as reference: String) async throws -> ToolResult {
        try await Tool.run(
            ["skopeo", "copy", "--all", "--preserve-digests", "--dest-\(trust)"] + authorization
                + ["oci:\(image.layout):1", "docker://\(reference)"])
    }

    func pull(_ reference: String) async throws -> Pull {
        let directory = scratch.fresh("pulled")
        let result = try await Tool.run(
            ["skopeo", "copy", "--all", "--preserve-digests", "--src-\(trust)"] + authorization
                + ["docker://\(reference)", "dir:\(directory)"])
        guard result.succeeded else { return try Pull(result) }
        let digest = try await Tool.run(["skopeo", "manifest-digest", directory + "/manifest.json"]).orThrow()
        return try Pull(result, digest: digest.value)
    }

    func remove() async { await scratch.remove() }
}
