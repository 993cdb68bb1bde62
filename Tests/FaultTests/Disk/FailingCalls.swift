import BerthTestBasics
import BerthTestSupport
import Foundation

/// Calls of the file system that fail in a program when a test says so.
///
/// A library that is preloaded (`failing_calls.c`) stands between the program and the C library, and looks into a file
/// that both share.
final class FailingCalls: Sendable {
    private let directory: TemporaryDirectory
    private let library: String

    /// Where the fields of `struct control` are in the file.
    private enum Control {
        static let countdown = 0, code = 4, matched = 8, failed = 12, call = 16, path = 48, size = 560
    }

    /// Compiles the library.
    init() async throws {
        directory = try TemporaryDirectory()
        library = directory.file("failing_calls.so")
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "failing_calls.c")
        try await Tool.run([
            "gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
            source.path(percentEncoded: false), "-ldl",
        ]).orThrow()
        try Data(count: Control.size).write(to: URL(filePath: directory.file("control")))
    }

    /// Runs the command after it with the library.
    var launcher: [String] { ["env", "LD_PRELOAD=\(library)", "FAULTS_CONTROL=\(directory.file("control"))"] }

    /// Makes a call fail from here on.
    ///
    /// - Parameters:
    ///   - call: `write`, `read`, `fsync`, `rename`, `close`, `open`, `open-write`, …, as the library names them.
    ///   - path: A part of the path of the files that it fails for.
    ///   - nth: Which of the calls fails; -1 for every one, and a number that is never reached to count them.
    func arm(_ call: String, on path: String, code: CInt, nth: Int32) throws {
        try disarm()
        try set([UInt8](repeating: 0, count: Control.size - Control.code), at: Control.code)
        try set(code, at: Control.code)
        try set(Array(call.utf8), at: Control.call)
        try set(Array(path.utf8), at: Control.path)
        try set(nth, at: Control.countdown)
    }

    /// Lets every call succeed again.
    ///
    /// - Returns: How many calls matched since the last call was armed, and how many of them failed.
    @discardableResult
    func disarm() throws -> (matched: Int, failed: Int) {
        try set(Int32(0), at: Control.countdown)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: directory.file("control"))))
        return bytes.withUnsafeBytes { bytes in
            (
                Int(bytes.loadUnaligned(fromByteOffset: Control.matched, as: Int32.self)),
                Int(bytes.loadUnaligned(fromByteOffset: Control.failed, as: Int32.self))
            )
        }
    }

    private func set(_ value: Int32, at offset: Int) throws {
        try set(withUnsafeBytes(of: value) { Array($0) }, at: offset)
    }

    private func set(_ bytes: [UInt8], at offset: Int) throws {
        guard let handle = FileHandle(forWritingAtPath: directory.file("control")) else {
            throw ToolFailure("the control file is gone")
        }
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: bytes)
        try handle.close()
    }
}
