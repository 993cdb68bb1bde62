import BerthTestSupport
import Foundation

/// Mounts that only the programs which a test runs can see, and that end with the test.
///
/// A program that sleeps holds a mount namespace; every other one enters it.
final class PrivateMounts: Sendable {
    private let holder: ChildProcess
    private let entering: [String]

    /// What makes a namespace in which a test may mount: one of a user of its own, which needs no rights, or one for
    /// root, where users may not make any.
    private static let way: (unshare: [String], nsenter: [String])? = [
        (["-rm"], ["--user", "--preserve-credentials"]), (["-m"], []),
    ].first { way in
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        probe.arguments = way.0 + ["sh", "-c", "mount -t tmpfs tmpfs /mnt"]
        (probe.standardOutput, probe.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    /// Whether this machine lets a test mount anything: containers often do not.
    static var isPossible: Bool { way != nil }

    init() async throws {
        guard let way = Self.way else { throw ToolFailure("this machine lets no test mount anything") }
        holder = try ChildProcess(["unshare"] + way.unshare + ["sh", "-c", "echo ready && exec sleep 3600"])
        entering = way.nsenter
        guard await holder.lines.first(where: { $0 == "ready" }) != nil else {
            throw ToolFailure("no namespace: \(holder.errors)")
        }
    }

    deinit { holder.send(SIGKILL) }

    /// Runs the command after it among the mounts.
    var launcher: [String] {
        ["nsenter", "--target", "\(holder.processIdentifier)", "--mount"] + entering + ["--"]
    }

    /// What comes before a path to reach it from outside.
    var outside: String { "/proc/\(holder.processIdentifier)/root" }

    /// Mounts a file system in memory.
    ///
    /// - Parameter options: Such as `size=64m`.
    func mountMemory(at path: String, _ options: String) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path)
    }

    @discardableResult
    func run(_ words: String...) async throws -> String {
        try await Tool.run(launcher + words).orThrow().output
    }

    /// Bytes that are free where `path` is.
    func free(at path: String) async throws -> Int {
        let output = try await run("df", "--output=avail", "-B1", path)
        return output.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? -1
    }
}

/// Runs `body` with a server whose storage is a file system in memory of its own.
///
/// - Parameter options: Such as `size=64m`.
func withSmallDisk(
    _ options: String,
    _ body: (PrivateMounts, FaultSite, BerthProcess, RepositoryClient) async throws -> Void
) async throws {
    let mounts = try await PrivateMounts()
    let installation = try BerthInstallation(launcher: mounts.launcher)
    defer { installation.remove() }
    try await mounts.mountMemory(at: installation.storage, options)
    let site = try await FaultSite(in: installation, outside: mounts.outside)
    try await withBerthProcess(in: installation) { server async throws in
        try await body(mounts, site, server, site.client(of: server))
    }
}
