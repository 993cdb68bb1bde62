import Foundation

/// The files below `Sources` of the package that these tests belong to.
enum SourceTree {
    static func root(of file: String = #filePath) -> URL {
        URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The names of the folders of `Sources`, which are its targets.
    static func targets() throws -> [String] {
        let sources = root().appending(path: "Sources")
        return try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: [.isDirectoryKey])
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    static func files() throws -> [SwiftSource] {
        try targets().flatMap { target in
            let folder = root().appending(path: "Sources/\(target)")
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
                .filter { $0.hasSuffix(".swift") }.sorted()
                .map { path in
                    let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                    return SwiftSource(target: target, path: "\(target)/\(path)", text: text)
                }
        }
    }
}
