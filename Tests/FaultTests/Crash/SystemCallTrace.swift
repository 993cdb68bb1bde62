import BerthTestSupport
import Foundation

/// The system calls of a program as `strace -f -y` wrote them down, in the order in which they began.
struct SystemCallTrace: Sendable {
    struct Call: Sendable {
        let name: String
        /// Arguments and result, as far as they were written down.
        var text: String
        /// The lines at which the call began and ended; they are one when nothing came in between.
        let start: Int
        var end: Int
    }

    let calls: [Call]

    /// Whether this machine lets a test trace a program.
    static let isPossible: Bool = {
        let files = FileManager.default
        guard let path = ["/usr/bin/strace", "/bin/strace"].first(where: files.isExecutableFile(atPath:)) else {
            return false
        }
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: path)
        probe.arguments = ["-o", "/dev/null", "true"]
        probe.standardError = FileHandle.nullDevice
        try? probe.run()
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// The command that traces the one after it, which stays the child that a test can signal.
    static func launcher(writingTo path: String) -> [String] {
        let calls = "openat,mkdir,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat"
        return ["strace", "-D", "-f", "-y", "-s", "40", "-o", path, "-e", "trace=\(calls),sendto,writev,sendmsg"]
    }

    init(parsing text: String) {
        var calls: [Call] = []
        var unfinished: [Substring: Int] = [:]
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let match = line.firstMatch(of: /^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$/) else { continue }
            if let name = match.output.3 {
                let call = Call(name: String(name), text: String(match.output.4), start: number, end: number)
                if call.text.hasSuffix("<unfinished ...>") { unfinished[match.output.1] = calls.count }
                calls.append(call)
            } else if let index = unfinished.removeValue(forKey: match.output.1) {
                calls[index].end = number
                calls[index].text += match.output.4
            }
        }
        self.calls = calls
    }

    /// The calls of some names whose arguments contain a text.
    func calls(_ names: Set<String>, on part: String) -> [Call] {
        calls.filter { names.contains($0.name) && $0.text.contains(part) }
    }

    /// The calls that are neither of other files nor of other sockets, one a line, for people.
    func shortened(of storage: String) -> String {
        calls.filter { $0.text.contains(storage) || $0.text.contains("HTTP/1.1") }
            .map { "\($0.name)(\($0.text.replacing(storage, with: "storage"))" }.joined(separator: "\n")
    }
}
