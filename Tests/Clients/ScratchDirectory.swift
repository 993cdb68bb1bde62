import BerthTestSupport
import Foundation

/// A directory for the files of one test or client, removed with ``remove()``; clients that run as root may write
/// into it.
struct ScratchDirectory: Sendable {
    let path: String

    // Short, since podman takes no --runroot of more than 50 characters.
    init() throws {
        path = "\(scratchRoot)/\(UUID().uuidString.lowercased().prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The path of a file in the directory that is not there yet.
    func fresh(_ name: String) -> String { "\(path)/\(name)-\(UUID().uuidString.prefix(8))" }

    func remove() async {
        _ = try? await Tool.run(Tool.asRoot(["rm", "-rf", path]))
    }
}

/// What this process puts on disk for clients; what a failed test left there goes when the process ends.
let scratchRoot: String = {
    atexit { try? FileManager.default.removeItem(atPath: scratchPath) }
    return scratchPath
}()
private let scratchPath = FileManager.default.temporaryDirectory.path + "/berth-\(getpid())"
