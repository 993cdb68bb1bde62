import BerthBlobs
import BerthHTTP
import BerthOCI
import BerthTestBasics
import Foundation
import Testing

private let hex = String(repeating: "0123456789abcdef", count: 4)

extension FuzzTests {
    @Test("a path that is a route prints back to itself, and its name has no empty, dotted or escaped part")
    func paths() async {
        let corpus = [
            "/v2/", "/v2/_catalog", "/v2/acme/app/tags/list", "/v2/acme/app/manifests/latest",
            "/v2/acme/app/manifests/sha256:\(hex)", "/v2/acme/app/referrers/sha256:\(hex)",
            "/v2/acme/app/blobs/sha512:\(hex)\(hex)", "/v2/acme/app/blobs/uploads/", "/v2/acme/app/blobs/uploads",
            "/v2/acme/app/blobs/uploads/6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4b", "/v2/a/blobs/uploads/blobs/uploads/7",
            "/v2/x/manifests/y/manifests/z", "/v2/tags/list/tags/list", "/v2", "/v2//", "/v2/manage/a/tags/list",
            "/v2/a/../b/tags/list", "/v2/a%2fb/tags/list", "/v2/a//b/tags/list", "/v2/A B/tags/list", "/v1/", "",
        ]
        let words = ["/v2/", "blobs", "uploads", "/blobs/uploads/", "manifests", "tags/list", "referrers", "manage"]
        let (accepted, refused) = await FuzzTarget.paths.fuzz(corpus.map { Array($0.utf8) }, tokens: words) { input in
            let path = String(decoding: input, as: UTF8.self)
            guard let route = DistributionRoute(path: path) else { return false }
            try hold(Self.paths(of: route).contains { Array($0.utf8) == Array(path.utf8) }, "prints as another path")
            if let name = route.name {
                let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                    .map { String(Substring($0)) }
                try hold(
                    parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.utf8.contains(UInt8(ascii: "%")) },
                    "the name \(name) is not clean")
                try hold(parts.first != "manage", "the name is of the management API")
                try checkRepositoryName(String(name))
            }
            return true
        }
        #expect(accepted > 20 && refused > 20)
    }

    /// The paths that a route is asked for by.
    private static func paths(of route: DistributionRoute) -> [String] {
        switch route {
        case .base: ["/v2/"]
        case .catalog: ["/v2/_catalog"]
        case .tags(let name): ["/v2/\(name)/tags/list"]
        case .referrers(let name, let digest): ["/v2/\(name)/referrers/\(digest)"]
        case .manifests(let name, let reference): ["/v2/\(name)/manifests/\(reference)"]
        case .blobs(let name, let digest): ["/v2/\(name)/blobs/\(digest)"]
        case .uploads(let name): ["/v2/\(name)/blobs/uploads/", "/v2/\(name)/blobs/uploads"]
        case .upload(let name, let id): ["/v2/\(name)/blobs/uploads/\(id)"]
        }
    }

    @Test("a digest, tag, upload id or name that parses prints back and has its own characters alone")
    func names() async {
        let corpus = [
            "sha256:\(hex)", "sha512:\(hex)\(hex)", "latest", "v1.0_a-b", "_", String(repeating: "a", count: 128),
            "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4b", "acme/app", "acme/a.b_c__d---e/f", "acme", "sha256:",
            "sha256:\(hex.uppercased())", "sha1:\(hex.prefix(40))", "md5:\(hex)", "SHA256:\(hex)", "sha256-\(hex)",
            "sha256:\(hex)0", "sha256:../../etc/passwd", ".hidden", "-x", "acme/", "/acme", "a//b", "a/../b", "",
            String(repeating: "a", count: 129), String(repeating: "a/", count: 128) + "a",
        ]
        let words = ["sha256:", "sha512:", "sha384:", "sha256", hex, "SHA256:", "__", "--", "a"]
        let (accepted, refused) = await FuzzTarget.names.fuzz(
            corpus.map { Array($0.utf8) }, tokens: words, maximumLength: 600
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            let isName = try checkRepositoryName(text)
            let isReference = try Self.checkReference(text)
            let isUpload = try Self.checkUpload(text)
            return isName || isReference || isUpload
        }
        #expect(accepted > 20 && refused > 20)
    }

    private static func checkReference(_ text: String) throws -> Bool {
        if let digest = try? Digest(parsing: text) {
            try hold(same(digest.description, text), "the digest prints as \(digest)")
            try hold(
                digest.hex.utf8.count == digest.algorithm.hexLength
                    && digest.hex.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) },
                "the digest has other digits")
            let again = try JSONDecoder().decode(Digest.self, from: JSONEncoder().encode(digest))
            try hold(again == digest, "the digest is another one after JSON")
        }
        if let tag = try? TagName(parsing: text) {
            try hold(same(tag.description, text) && !text.contains("/") && !text.hasPrefix("."), "a tag like a path")
        }
        guard let reference = try? ManifestReference(parsing: text) else { return false }
        try hold(same(reference.description, text), "the reference prints as \(reference)")
        return true
    }

    private static func checkUpload(_ text: String) throws -> Bool {
        guard let upload = try? UploadID(parsing: text) else { return false }
        try hold(same(upload.description, text), "the id prints as \(upload)")
        try hold(text.utf8.allSatisfy { "0123456789abcdef-".utf8.contains($0) }, "an id with other characters")
        return true
    }
}

/// Whether two texts have the same bytes; `==` takes more for the same.
private func same(_ one: String, _ other: String) -> Bool { Array(one.utf8) == Array(other.utf8) }

/// Checks what must hold of a text if it is the name of a repository, and says whether it is one.
@discardableResult
private func checkRepositoryName(_ text: String) throws -> Bool {
    guard let name = try? RepositoryName(parsing: text) else { return false }
    try hold(same(name.description, text), "the name prints as \(name)")
    try hold(same("\(name.organization)/\(name.name)", text), "the name falls into other parts")
    try hold(
        text.utf8.count <= RepositoryName.maximumLength
            && text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789._-/".utf8.contains($0) },
        "the name has other characters")
    try hold(!text.contains("..") && !text.contains("//") && !text.hasPrefix("/"), "the name is not clean")
    return true
}
