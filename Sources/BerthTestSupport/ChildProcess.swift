import Foundation
import Glibc
import Synchronization

/// A program that a test runs beside itself.
///
/// Standard error goes to a file and standard output is read on a thread of its own, so that neither a full pipe nor
/// a grandchild that keeps one open can hang the test; nothing here blocks the cooperative threads.
package final class ChildProcess: Sendable {
    private let process: SpawnedProcess
    private let exit: Task<Int32, Never>
    private let captured: Captured
    private let errorsPath: String
    private let inputPath: String?

    /// Each line that the program writes to standard output, as it comes; ends with the output. One reader.
    package let lines: AsyncStream<String>

    /// Starts `words`: a program, found in PATH unless it is a path, and its arguments.
    ///
    /// - Parameters:
    ///   - environment: Added to the environment of the tests; `nil` takes a variable away.
    ///   - input: What the program reads from standard input; nothing by default.
    /// - Throws: ``ToolFailure`` when there is no such program or it cannot be started.
    package init(_ words: [String], environment: [String: String?] = [:], input: String? = nil) throws {
        guard let name = words.first, let path = Self.find(name) else {
            throw ToolFailure("\(words.first ?? "") is not installed: run `make install-test-tools`")
        }
        let scratch = FileManager.default.temporaryDirectory.path + "/berth-child-" + UUID().uuidString
        errorsPath = scratch + ".err"
        let inputPath = input.map { _ in scratch + ".in" }
        self.inputPath = inputPath

        if let input, let inputPath, !Self.create(inputPath, Data(input.utf8)) {
            throw ToolFailure("cannot write \(inputPath)")
        }
        guard Self.create(errorsPath, Data()) else { throw ToolFailure("cannot write \(errorsPath)") }
        var variables = ProcessInfo.processInfo.environment
        for (key, value) in environment { variables[key] = value }
        let pipe = Pipe()
        for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        let process = try SpawnedProcess(
            path, Array(words.dropFirst()), environment: variables, input: inputPath ?? "/dev/null",
            output: pipe.fileHandleForWriting.fileDescriptor, errors: errorsPath)
        try pipe.fileHandleForWriting.close()
        self.process = process

        let (lines, lineFeed) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let captured = Captured(lineFeed)
        self.captured = captured
        let (exits, exitFeed) = AsyncStream.makeStream(of: Int32.self)
        process.onExit { status in
            exitFeed.yield(status)
            exitFeed.finish()
        }
        exit = Task {
            for await status in exits { return status }
            return -1
        }
        Self.read(pipe.fileHandleForReading, into: captured)
    }

    /// Not a readability handler: closing a descriptor that Dispatch watches, while others open theirs, crashes it.
    private static func read(_ handle: FileHandle, into captured: Captured) {
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = Glibc.read(handle.fileDescriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                captured.append(Data(buffer.prefix(max(count, 0))))
                guard count > 0 else { break }
            }
            try? handle.close()
        }
    }

    deinit {
        for path in [errorsPath, inputPath].compactMap({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    package var processIdentifier: Int32 { process.id }

    /// What the program has written to standard error so far.
    package var errors: String {
        String(decoding: FileManager.default.contents(atPath: errorsPath) ?? Data(), as: UTF8.self)
    }

    /// The exit status, when the program has ended; the number of the signal that killed it counts as its status.
    ///
    /// A task that is cancelled kills the program.
    package func status() async -> Int32 {
        await withTaskCancellationHandler {
            await exit.value
        } onCancel: {
            send(SIGKILL)
        }
    }

    /// Everything the program wrote to standard output, when it has closed it or has been dead for a while (a program
    /// it left behind may hold the pipe open for ever).
    package func output() async -> String {
        _ = await exit.value
        let patience = Task { [captured] in
            try await Task.sleep(for: .seconds(2))
            captured.append(Data())
        }
        await captured.end.value
        patience.cancel()
        return captured.text
    }

    /// Sends a signal; through sudo when the program runs as another user.
    package func send(_ signal: Int32) {
        guard !process.send(signal), let sudo = Self.find("sudo") else { return }
        let helper = try? SpawnedProcess(
            sudo, ["-n", "kill", "-\(signal)", "\(process.id)"], environment: ProcessInfo.processInfo.environment,
            input: "/dev/null", output: 1, errors: "/dev/null")
        helper?.onExit { _ in }
    }

    private static func create(_ path: String, _ data: Data) -> Bool {
        FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
    }

    private static func find(_ name: String) -> String? {
        guard !name.contains("/") else { return name }
        // Daemons live in sbin, which is not in everybody's PATH.
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }
}

/// What a program has written so far, cut into lines for the one who follows it.
private final class Captured: Sendable {
    private struct State {
        var data = Data()
        var lineStart = 0
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let lines: AsyncStream<String>.Continuation
    private let ended: AsyncStream<Void>.Continuation
    /// Completes when the output has ended.
    let end: Task<Void, Never>

    init(_ lines: AsyncStream<String>.Continuation) {
        self.lines = lines
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        end = Task { for await _ in ends {} }
    }

    var text: String { state.withLock { String(decoding: $0.data, as: UTF8.self) } }

    /// Takes the next part; an empty one ends the output.
    func append(_ part: Data) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.data.append(part)
            while let newline = state.data[state.lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
                lines.yield(String(decoding: state.data[state.lineStart..<newline], as: UTF8.self))
                state.lineStart = newline + 1
            }
            guard part.isEmpty else { return }
            state.hasEnded = true
            if state.lineStart < state.data.count {
                lines.yield(String(decoding: state.data[state.lineStart...], as: UTF8.self))
            }
            lines.finish()
            ended.finish()
        }
    }
}
