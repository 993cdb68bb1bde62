import BerthOCI
import BerthTestSupport
import Foundation

/// An image on disk, in the two forms that clients read.
struct SampleImage: Sendable {
    /// An OCI layout with the one tag `1`; its layers are uncompressed.
    let layout: String
    /// What `docker load` reads.
    let archive: String
    /// The name that the image has after `docker load`.
    let loadedName: String
    /// Of the manifest, or index, in the layout.
    let digest: Digest
    /// The bytes of its layers.
    let layerBytes: Int64
}

/// The images that the tests push, made once from files of this machine.
enum SampleImages {
    /// busybox and nothing else.
    static func small() async throws -> SampleImage { try await smallTask.value }
    /// At least four layers and 100 MB.
    static func large() async throws -> SampleImage { try await largeTask.value }
    /// An index of an amd64 and an arm64 image; it has no archive.
    static func twoPlatforms() async throws -> SampleImage { try await twoPlatformsTask.value }

    private static let smallTask = Task {
        var layout = try LayoutWriter("small")
        let image = try await layout.addImage(architecture: "amd64", layers: [["bin/busybox"]])
        return try await layout.finish(with: image, isIndex: false)
    }

    private static let largeTask = Task {
        var layout = try LayoutWriter("large")
        let image = try await layout.addImage(architecture: "amd64", layers: try await filesForLargeImage())
        return try await layout.finish(with: image, isIndex: false)
    }

    private static let twoPlatformsTask = Task {
        var layout = try LayoutWriter("two-platforms")
        let images = [
            try await layout.addImage(architecture: "amd64", layers: [["bin/busybox"]]),
            try await layout.addImage(architecture: "arm64", layers: [["bin/busybox"], ["etc/debian_version"]]),
        ]
        let index = try await layout.addIndex(of: images)
        return try await layout.finish(with: index, isIndex: true)
    }

    /// The largest files of this machine up to 40 MiB each, in layers of 20 MiB or more, 104 MiB in all.
    private static func filesForLargeImage() async throws -> [[String]] {
        let found = try await Tool.run([
            "find", "/usr/bin", "/usr/sbin", "/usr/lib", "-xdev", "-type", "f", "-readable",
            "-size", "-40960k", "-size", "+1024k", "-printf", "%s %P %H\\n",
        ]).orThrow()
        var files: [(size: Int, path: String)] = []
        for line in found.output.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 3, let size = Int(parts[0]) else { continue }
            files.append((size: size, path: "\(parts[2].dropFirst())/\(parts[1])"))
        }
        files.sort { ($0.size, $0.path) > ($1.size, $1.path) }
        var layers: [[String]] = []
        var total = 0
        var inLayer = 20 << 20
        for file in files where total < 104 << 20 {
            if inLayer >= 20 << 20 {
                layers.append([])
                inLayer = 0
            }
            layers[layers.count - 1].append(file.path)
            inLayer += file.size
            total += file.size
        }
        guard total >= 104 << 20 else { throw ToolFailure("this machine has too few files for an image of 100 MB") }
        return layers
    }
}

/// Writes an OCI image layout.
private struct LayoutWriter {
    struct Content {
        let digest: Digest
        let size: Int64
        var architecture: String?
    }

    private let name: String
    private let root: String
    private var layerBytes: Int64 = 0

    init(_ name: String) throws {
        self.name = name
        root = imagesDirectory + "/" + name
        try FileManager.default.createDirectory(atPath: root + "/blobs/sha256", withIntermediateDirectories: true)
    }

    mutating func addImage(architecture: String, layers: [[String]]) async throws -> Content {
        var contents: [Content] = []
        for files in layers {
            let tar = root + "/layer.tar"
            try await Tool.run(
                [
                    "tar", "--create", "--file", tar, "--sort=name", "--mtime=@0", "--owner=0", "--group=0",
                    "--numeric-owner", "--directory", "/",
                ] + files
            ).orThrow()
            let layer = try await addFile(tar)
            layerBytes += layer.size
            contents.append(layer)
        }
        let diffIDs = contents.map { "\"\($0.digest)\"" }.joined(separator: ",")
        let config = try await add(
            """
            {"architecture":"\(architecture)","os":"linux","config":{"Cmd":["/bin/busybox"]},\
            "rootfs":{"type":"layers","diff_ids":[\(diffIDs)]}}
            """)
        let layers = contents.map { descriptor($0, "application/vnd.oci.image.layer.v1.tar") }
        var manifest = try await add(
            """
            {"schemaVersion":2,"mediaType":"\(manifestType)",\
            "config":\(descriptor(config, "application/vnd.oci.image.config.v1+json")),\
            "layers":[\(layers.joined(separator: ","))]}
            """)
        manifest.architecture = architecture
        return manifest
    }

    func addIndex(of images: [Content]) async throws -> Content {
        let children = images.map { descriptor($0, manifestType) }.joined(separator: ",")
        return try await add("{\"schemaVersion\":2,\"mediaType\":\"\(indexType)\",\"manifests\":[\(children)]}")
    }

    func finish(with content: Content, isIndex: Bool) async throws -> SampleImage {
        let tagged = descriptor(
            content, isIndex ? indexType : manifestType,
            adding: "\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}")
        try write("{\"schemaVersion\":2,\"manifests\":[\(tagged)]}", to: root + "/index.json")
        try write("{\"imageLayoutVersion\":\"1.0.0\"}", to: root + "/oci-layout")
        let archive = imagesDirectory + "/\(name).tar"
        let loadedName = "berth-sample/\(name):1"
        if !isIndex {
            try await Tool.run(["skopeo", "copy", "-q", "oci:\(root):1", "docker-archive:\(archive):\(loadedName)"])
                .orThrow()
        }
        return SampleImage(
            layout: root, archive: archive, loadedName: loadedName, digest: content.digest, layerBytes: layerBytes)
    }

    private func add(_ text: String) async throws -> Content {
        let path = root + "/content"
        try write(text, to: path)
        return try await addFile(path)
    }

    private func addFile(_ path: String) async throws -> Content {
        let hash = try await Tool.run(["sha256sum", path]).orThrow().output.prefix(64)
        let digest = try Digest(parsing: "sha256:\(hash)")
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0
        let blob = "\(root)/blobs/sha256/\(hash)"
        if FileManager.default.fileExists(atPath: blob) { try FileManager.default.removeItem(atPath: blob) }
        try FileManager.default.moveItem(atPath: path, toPath: blob)
        return Content(digest: digest, size: size, architecture: nil)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func descriptor(_ content: Content, _ mediaType: String, adding more: String? = nil) -> String {
        var fields = ["\"mediaType\":\"\(mediaType)\"", "\"digest\":\"\(content.digest)\"", "\"size\":\(content.size)"]
        if let architecture = content.architecture {
            fields.append("\"platform\":{\"os\":\"linux\",\"architecture\":\"\(architecture)\"}")
        }
        if let more { fields.append(more) }
        return "{\(fields.joined(separator: ","))}"
    }
}

private let manifestType = "application/vnd.oci.image.manifest.v1+json"
private let indexType = "application/vnd.oci.image.index.v1+json"
private let imagesDirectory = scratchRoot + "/images"
