import Foundation
import Synchronization

@testable import BerthBlobs

/// System calls that are recorded and can be told to fail.
final class FaultyCalls: Sendable {
    enum Call: Equatable, Sendable {
        case write(String)
        case truncate(String)
        case synchronize(String)
        case rename(String, String)
    }

    struct Faults: Sendable {
        /// Bytes that still fit on the disk; what does not is written up to there, as on a real one.
        var space = Int.max
        /// What the volume says of itself, instead of the truth.
        var volume: (free: Int64, total: Int64)?
        /// The most that one call writes.
        var writeLimit = Int.max
        var write: CInt?
        var truncate: CInt?
        var rename: CInt?
        /// Fails `fsync` of the file or directory whose relative path begins so.
        var synchronize: (prefix: String, code: CInt)?
    }

    private struct State {
        var faults = Faults()
        var recorded: [Call] = []
    }

    private let state = Mutex(State())
    private let root: String

    /// - Parameter root: What recorded paths are relative to.
    init(root: String) { self.root = root }

    var recorded: [Call] { state.withLock(\.recorded) }

    /// From here on, the calls that went before are forgotten.
    func startRecording() { state.withLock { $0.recorded = [] } }

    func set(_ change: (inout Faults) -> Void) { state.withLock { change(&$0.faults) } }

    var calls: FileSystemCalls {
        FileSystemCalls(
            write: { [self] descriptor, bytes, offset in
                let count = try record(.write(name(of: descriptor))) { faults in
                    if let code = faults.write { throw SystemFailure(call: "write", code: code) }
                    let count = min(bytes.count, faults.writeLimit, faults.space)
                    if count == 0 { throw SystemFailure(call: "write", code: ENOSPC) }
                    if faults.space != .max { faults.space -= count }
                    return count
                }
                return try FileSystemCalls.system.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]), offset)
            },
            truncate: { [self] descriptor, length in
                try record(.truncate(name(of: descriptor))) { faults in
                    if let code = faults.truncate { throw SystemFailure(call: "ftruncate", code: code) }
                }
                try FileSystemCalls.system.truncate(descriptor, length)
            },
            synchronize: { [self] descriptor in
                let name = name(of: descriptor)
                try record(.synchronize(name)) { faults in
                    if let fault = faults.synchronize, name.hasPrefix(fault.prefix) {
                        throw SystemFailure(call: "fsync", code: fault.code)
                    }
                }
                try FileSystemCalls.system.synchronize(descriptor)
            },
            rename: { [self] source, target in
                try record(.rename(relative(source), relative(target))) { faults in
                    if let code = faults.rename { throw SystemFailure(call: "rename", code: code) }
                }
                try FileSystemCalls.system.rename(source, target)
            },
            space: { [self] descriptor in
                try state.withLock(\.faults.volume) ?? FileSystemCalls.system.space(descriptor)
            })
    }

    private func record<Answer>(_ call: Call, _ answer: (inout Faults) throws -> Answer) rethrows -> Answer {
        try state.withLock { state in
            state.recorded.append(call)
            return try answer(&state.faults)
        }
    }

    private func name(of descriptor: CInt) -> String {
        relative((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) ?? "?")
    }

    private func relative(_ path: String) -> String {
        path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }
}
