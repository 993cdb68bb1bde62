import Foundation
import Glibc
import Synchronization

/// A process started by `posix_spawn(3)`.
///
/// Foundation's `Process` is not safe to start on several threads at once on Linux, and tests do just that.
final class SpawnedProcess: Sendable {
    let id: pid_t
    private let isReaped = Mutex(false)

    /// Starts a program with three streams; descriptors that close on exec do not reach it.
    ///
    /// - Parameters:
    ///   - input: The file that it reads.
    ///   - output: The descriptor that it writes to.
    ///   - errors: The file that its errors are appended to.
    /// - Throws: ``ToolFailure``.
    init(
        _ path: String, _ arguments: [String], environment: [String: String], input: String, output: CInt,
        errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        // What the test runner blocks or ignores, a child must not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, &attributes, words, variables)
        guard code == 0 else { throw ToolFailure("cannot start \(path): \(String(cString: strerror(code)))") }
        self.id = id
    }

    /// Waits for the end on a thread of its own and tells the exit status, or the signal that killed it.
    func onExit(_ tell: @escaping @Sendable (Int32) -> Void) {
        Thread.detachNewThread { [self] in
            var info = siginfo_t()
            while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            var status: CInt = 0
            isReaped.withLock { isReaped in
                while waitpid(id, &status, 0) < 0, errno == EINTR {}
                isReaped = true
            }
            let signal = status & 0x7f
            tell(signal == 0 ? (status >> 8) & 0xff : signal)
        }
    }

    /// Sends a signal, unless the process has ended and its number may be another's.
    ///
    /// - Returns: Whether there is nothing more to do: `false` when the process is not ours to signal.
    func send(_ signal: Int32) -> Bool {
        isReaped.withLock { isReaped in
            isReaped || kill(id, signal) == 0 || errno != EPERM
        }
    }
}
