import Foundation

/// The built `berth` program, running `serve` as a child on a free port with a directory of its own.
///
/// Unlike a server within the test process this one has its own process, signals and environment: what users run.
package final class BerthProcess: Sendable {
    package let installation: BerthInstallation
    /// `http://127.0.0.1:41234`.
    package let url: String
    private let child: ChildProcess

    /// `127.0.0.1:41234`: the first part of an image's name.
    package var authority: String { String(url.drop(while: { $0 != "/" }).dropFirst(2)) }
    package var processIdentifier: Int32 { child.processIdentifier }
    /// What the server has logged so far.
    package var log: String { child.errors }

    private init(installation: BerthInstallation, url: String, child: ChildProcess) {
        self.installation = installation
        self.url = url
        self.child = child
    }

    /// Starts the server and waits until it has announced its address.
    ///
    /// - Parameters:
    ///   - arguments: Added to those of `berth serve`.
    ///   - installation: Where its data is: a new directory by default, or that of a server that was stopped.
    ///   - listen: The address; port 0 picks a free one.
    ///   - launcher: A command that runs the command after it, such as one that enters a network of its own.
    /// - Throws: ``ToolFailure`` with the server's words when it ends, or says nothing for a minute, before it serves.
    package static func start(
        _ arguments: [String] = [], in installation: BerthInstallation? = nil, listen: String = "127.0.0.1:0",
        launcher: [String] = []
    ) async throws -> BerthProcess {
        let installation = try installation ?? BerthInstallation()
        let words = launcher + installation.words(["serve", "--listen", listen] + arguments)
        let child = try ChildProcess(words, environment: installation.environment)
        guard let url = await announcedURL(by: child) else {
            child.send(SIGKILL)
            let said = await child.output() + child.errors
            throw ToolFailure("`\(words.joined(separator: " "))` did not begin to serve:\n\(said)")
        }
        return BerthProcess(installation: installation, url: url, child: child)
    }

    /// Runs a command such as `share list acme/app` on the data of this server, as an operator would beside it.
    @discardableResult
    package func run(_ arguments: String..., input: String? = nil) async throws -> ToolResult {
        try await installation.run(arguments, input: input)
    }

    /// Asks the server to stop (SIGTERM) and waits until it has.
    ///
    /// - Returns: Its exit status, 0 after a graceful stop.
    @discardableResult
    package func stop() async -> Int32 {
        child.send(SIGTERM)
        return await child.status()
    }

    /// Ends the server as a power cut would (SIGKILL).
    package func kill() async {
        child.send(SIGKILL)
        _ = await child.status()
    }

    private static func announcedURL(by child: ChildProcess) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await line in child.lines {
                    let words = line.split(separator: " ")
                    if let url = words.first(where: { $0.hasPrefix("http://") || $0.hasPrefix("https://") }) {
                        return String(url)
                    }
                }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(60))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// Runs `body` with a `berth serve` of its own, then stops it and removes its directory, however `body` ends.
///
/// The parameters are those of ``BerthProcess/start(_:in:listen:launcher:)``.
package func withBerthProcess<T: Sendable>(
    _ arguments: [String] = [], in installation: BerthInstallation? = nil, listen: String = "127.0.0.1:0",
    launcher: [String] = [], _ body: (BerthProcess) async throws -> T
) async throws -> T {
    let server = try await BerthProcess.start(arguments, in: installation, listen: listen, launcher: launcher)
    let result: Result<T, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    await server.stop()
    server.installation.remove()
    return try result.get()
}
