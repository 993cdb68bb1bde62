import BerthServer
import Foundation
import Glibc
import Testing

/// Both ends of a pipe.
private final class Pipe: Sendable {
    let input: CInt
    let output: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        (output, input) = (ends[0], ends[1])
    }

    deinit {
        close(input)
        close(output)
    }

    /// What is there without waiting.
    func available() -> String {
        var waiting: CInt = 0
        guard ioctl(output, UInt(FIONREAD), &waiting) == 0, waiting > 0 else { return "" }
        return read(upTo: Int(waiting))
    }

    /// Waits for something to come, at most 30 seconds.
    func next() -> String {
        var look = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 30_000) == 1 ? read(upTo: 64 * 1024) : ""
    }

    private func read(upTo limit: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(output, &bytes, limit)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

@Suite("Lines to a file descriptor")
struct LineWriterTests {
    @Test("the lines of many threads all arrive, whole, and those of each thread in their order")
    func manyThreads() async throws {
        let pipe = try Pipe()
        let writer = LineWriter(descriptor: pipe.input)
        let (threads, count) = (8, 3000)
        let all = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                var text = ""
                while text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) < threads * count {
                    let more = pipe.next()
                    guard !more.isEmpty else { break }
                    text += more
                }
                return text
            }
            for thread in 0..<threads {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            let filler = String(repeating: "x", count: thread * 10)
                            for number in 0..<count {
                                writer.write("\(thread) \(number) \(filler)\n", isUrgent: number % 500 == 0)
                            }
                            continuation.resume()
                        }
                    }
                    return ""
                }
            }
            var all = ""
            for try await text in group { all += text }
            return all
        }
        var next = [Int](repeating: 0, count: threads)
        let lines = all.split(separator: "\n")
        #expect(lines.count == threads * count)
        for line in lines {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, let thread = Int(words[0]), next.indices.contains(thread),
                words[2].utf8.count == thread * 10, Int(words[1]) == next[thread]
            else {
                Issue.record("not the line that was to come: \(line)")
                return
            }
            next[thread] += 1
        }
        #expect(next == [Int](repeating: count, count: threads))
    }

    @Test("an urgent line is written before its writer goes on, after those that came before it")
    func urgent() throws {
        let pipe = try Pipe()
        let writer = LineWriter(descriptor: pipe.input)
        writer.write("first\n", isUrgent: false)
        writer.write("second\n", isUrgent: false)
        writer.write("urgent\n", isUrgent: true)
        #expect(pipe.available() == "first\nsecond\nurgent\n")
        writer.write("alone\n", isUrgent: true)
        #expect(pipe.available() == "alone\n")
    }

    @Test("a flush writes what waits, once")
    func flush() throws {
        let pipe = try Pipe()
        let writer = LineWriter(descriptor: pipe.input)
        writer.flush()
        writer.write("waits\n", isUrgent: false)
        writer.flush()
        writer.flush()
        #expect(pipe.available() == "waits\n")
    }

    @Test("a line that is not urgent comes by itself, again and again")
    func byItself() throws {
        let pipe = try Pipe()
        let writer = LineWriter(descriptor: pipe.input)
        for number in 0..<5 {
            writer.write("\(number)\n", isUrgent: false)
            #expect(pipe.next() == "\(number)\n")
        }
    }

    @Test(
        "what a slow reader leaves in the pipe is waited for, not lost, also where writing itself does not wait",
        arguments: [false, true])
    func slowReader(isNonblocking: Bool) async throws {
        let pipe = try Pipe()
        if isNonblocking { try #require(fcntl(pipe.input, F_SETFL, O_NONBLOCK) == 0) }
        let writer = LineWriter(descriptor: pipe.input)
        let line = String(repeating: "a", count: 999) + "\n"
        let expected = 2000 * line.utf8.count
        async let received: Int = {
            var received = 0
            while received < expected {
                let more = pipe.next()
                guard !more.isEmpty else { break }
                received += more.utf8.count
            }
            return received
        }()
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                for _ in 0..<2000 { writer.write(line, isUrgent: false) }
                writer.flush()
                continuation.resume()
            }
        }
        #expect(await received == expected)
    }

    @Test("a reader that has gone away stops nobody")
    func lostReader() throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        signal(SIGPIPE, SIG_IGN)
        close(ends[0])
        defer { close(ends[1]) }
        let writer = LineWriter(descriptor: ends[1])
        for _ in 0..<10 { writer.write("nobody reads this\n", isUrgent: true) }
    }
}
