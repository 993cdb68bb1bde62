import Foundation

/// How a tool ended and what it said.
package struct ToolResult: Sendable, CustomStringConvertible {
    package let words: [String]
    package let status: Int32
    package let output: String
    package let errors: String

    package init(words: [String], status: Int32, output: String, errors: String) {
        self.words = words
        self.status = status
        self.output = output
        self.errors = errors
    }

    package var succeeded: Bool { status == 0 }
    /// Everything a person at the terminal would have seen.
    package var said: String { output + errors }
    /// Standard output without white space around it.
    package var value: String { output.trimmingCharacters(in: .whitespacesAndNewlines) }

    package var description: String {
        "`\(words.joined(separator: " "))` ended with status \(status)\n\(said)"
    }

    /// This result, if the tool succeeded.
    ///
    /// - Throws: ``ToolFailure`` with all that the tool said.
    @discardableResult
    package func orThrow() throws -> ToolResult {
        guard succeeded else { throw ToolFailure(description) }
        return self
    }

    /// The refusal of a `berth` command: this status, nothing on standard output, one sentence on standard error.
    ///
    /// - Throws: ``ToolFailure`` when this is none.
    package func refusal(status expected: Int32 = 1) throws -> String {
        let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        guard status == expected, output.isEmpty, lines.count == 2, lines[1].isEmpty, lines[0].hasPrefix("berth: ")
        else { throw ToolFailure("is no refusal with status \(expected): \(self)") }
        return String(lines[0].dropFirst(7))
    }
}

/// Why a tool that a test cannot do without did not do its work.
package struct ToolFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Programs of the machine that tests use.
package enum Tool {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - words: The program, found in PATH unless it is a path, and its arguments.
    ///   - input: What it reads from standard input; nothing by default.
    ///   - environment: Added to the environment of the tests; `nil` takes a variable away.
    ///   - timeout: After this long the program is killed.
    /// - Throws: ``ToolFailure`` when it cannot be started or was killed for its time; a status other than 0 is no
    ///   error here.
    package static func run(
        _ words: [String], input: String? = nil, environment: [String: String?] = [:],
        timeout: Duration = .seconds(180)
    ) async throws -> ToolResult {
        let child = try ChildProcess(words, environment: environment, input: input)
        let isLate = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: timeout)) != nil else { return false }
                child.send(SIGKILL)
                return true
            }
            _ = await child.status()
            group.cancelAll()
            return await group.next() ?? false
        }
        let result = ToolResult(
            words: words, status: await child.status(), output: await child.output(), errors: child.errors)
        guard !isLate else { throw ToolFailure("killed after \(timeout): \(result)") }
        try Task.checkCancellation()
        return result
    }

    /// The words that run `words` as root: as they are for root, through sudo for everybody else.
    package static func asRoot(_ words: [String]) -> [String] {
        geteuid() == 0 ? words : ["sudo", "-n"] + words
    }
}
