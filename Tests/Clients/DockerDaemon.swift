import BerthTestSupport
import Foundation

/// A `dockerd` of the tests' own: its data, socket and containerd are in a directory of its own, and it leaves the
/// machine's network and firewall alone.
final class DockerDaemon: Sendable {
    let scratch: ScratchDirectory
    private let child: ChildProcess

    var socket: String { "unix://\(scratch.path)/docker.sock" }

    private init(scratch: ScratchDirectory, child: ChildProcess) {
        self.scratch = scratch
        self.child = child
    }

    /// Starts the daemon and waits until it answers.
    ///
    /// - Parameters:
    ///   - launcher: A command that runs the command after it, such as one that enters a network of its own.
    /// - Throws: `ToolFailure` with the daemon's log when it does not answer.
    static func start(launcher: [String] = []) async throws -> DockerDaemon {
        let scratch = try ScratchDirectory()
        let path = scratch.path
        let child = try ChildProcess(
            Tool.asRoot(
                launcher + [
                    "dockerd", "--data-root", path + "/data", "--exec-root", path + "/exec", "--pidfile",
                    path + "/pid", "--host", "unix://\(path)/docker.sock", "--group", "\(getgid())",
                    "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver", "vfs",
                    "--insecure-registry", "127.0.0.0/8",
                ]),
            environment: ["PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"])
        let daemon = DockerDaemon(scratch: scratch, child: child)
        // dockerd tells nobody when it is ready but systemd; each question takes the time of a process.
        for _ in 0..<600 {
            let answer = try await Tool.run(["docker", "--host", daemon.socket, "version"])
            if answer.succeeded { return daemon }
        }
        let log = child.errors
        await daemon.stop()
        throw ToolFailure("dockerd does not answer:\n\(log)")
    }

    /// Stops the daemon, and its containerd with it, and removes all that it had.
    func stop() async {
        child.send(SIGTERM)
        _ = await child.status()
        await scratch.remove()
    }
}

/// Runs `body` with as many daemons of its own as asked for, and stops them however it ends.
func withDockerDaemons<T: Sendable>(
    _ count: Int, launcher: [String] = [], _ body: ([DockerDaemon]) async throws -> T
) async throws -> T {
    var daemons: [DockerDaemon] = []
    let result: Result<T, any Error>
    do {
        for _ in 0..<count { daemons.append(try await DockerDaemon.start(launcher: launcher)) }
        result = .success(try await body(daemons))
    } catch { result = .failure(error) }
    for daemon in daemons { await daemon.stop() }
    return try result.get()
}
