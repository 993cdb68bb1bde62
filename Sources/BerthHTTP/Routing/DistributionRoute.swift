import BerthOCI
import HTTPTypes

/// An endpoint of the distribution API, found in the path of a request.
///
/// A path is read from the right, since a repository may be named `blobs`, `x/manifests/y` or `tags/list`: the last
/// segments say what is meant, and all before them is the name. Names, digests and references are the raw texts of
/// the path; whoever uses them parses them. Nothing is decoded or cleaned up, so one resource has one path.
///
/// OCI distribution-spec 1.1, "Endpoints".
package enum DistributionRoute: Equatable, Sendable {
    /// `/v2/`
    case base
    /// `/v2/_catalog`
    case catalog
    /// `/v2/<name>/tags/list`
    case tags(name: Substring)
    /// `/v2/<name>/referrers/<digest>`
    case referrers(name: Substring, digest: Substring)
    /// `/v2/<name>/manifests/<reference>`
    case manifests(name: Substring, reference: Substring)
    /// `/v2/<name>/blobs/<digest>`
    case blobs(name: Substring, digest: Substring)
    /// `/v2/<name>/blobs/uploads/`, with or without the last slash
    case uploads(name: Substring)
    /// `/v2/<name>/blobs/uploads/<id>`
    case upload(name: Substring, id: Substring)

    /// Reads the path of a request, without its query.
    ///
    /// The result is `nil` for a path of another API, among them `/v2` and everything below `/v2/manage/` (`manage`
    /// is reserved for the management API), and for any path with a `%`, an empty segment, `.` or `..`.
    package init?(path: some StringProtocol) {
        let path = Substring(path)
        guard path.utf8.starts(with: "/v2/".utf8) else { return nil }
        let rest = path[path.utf8.index(path.startIndex, offsetBy: 4)...]
        if rest.isEmpty {
            self = .base
            return
        }
        if rest == "_catalog" {
            self = .catalog
            return
        }
        self.init(afterVersion: rest)
    }

    private init?(afterVersion rest: Substring) {
        guard !rest.utf8.contains(UInt8(ascii: "%")) else { return nil }
        var segments = rest.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        let endsInSlash = segments.last?.isEmpty == true
        if endsInSlash { segments.removeLast() }
        guard segments.count >= 3, segments.first != "manage",
            segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { return nil }

        let last = segments[segments.count - 1]
        let kind = segments[segments.count - 2]
        func name(droppingLast count: Int) -> Substring? {
            guard segments.count > count else { return nil }
            return rest[..<segments[segments.count - count - 1].endIndex]
        }
        if last == "uploads", kind == "blobs", let name = name(droppingLast: 2) {
            self = .uploads(name: name)
            return
        }
        guard !endsInSlash else { return nil }
        if kind == "uploads", segments.count >= 4, segments[segments.count - 3] == "blobs",
            let name = name(droppingLast: 3)
        {
            self = .upload(name: name, id: last)
            return
        }
        guard let name = name(droppingLast: 2) else { return nil }
        switch kind {
        case "tags" where last == "list": self = .tags(name: name)
        case "referrers": self = .referrers(name: name, digest: last)
        case "manifests": self = .manifests(name: name, reference: last)
        case "blobs": self = .blobs(name: name, digest: last)
        default: return nil
        }
    }

    /// The repository name in the path, not yet parsed.
    package var name: Substring? {
        switch self {
        case .base, .catalog: nil
        case .tags(let name), .referrers(let name, _), .manifests(let name, _), .blobs(let name, _),
            .uploads(let name), .upload(let name, _):
            name
        }
    }

    /// What may be asked of this endpoint, for the `Allow` header.
    package var allowedMethods: [HTTPRequest.Method] {
        switch self {
        case .base, .catalog, .tags, .referrers: [.get, .head]
        case .manifests: [.get, .head, .put, .delete]
        case .blobs: [.get, .head, .delete]
        case .uploads: [.post]
        case .upload: [.get, .patch, .put, .delete]
        }
    }

    /// The path with its variable parts named, for logs and metrics.
    package var template: String {
        switch self {
        case .base: "/v2/"
        case .catalog: "/v2/_catalog"
        case .tags: "/v2/{name}/tags/list"
        case .referrers: "/v2/{name}/referrers/{digest}"
        case .manifests: "/v2/{name}/manifests/{reference}"
        case .blobs: "/v2/{name}/blobs/{digest}"
        case .uploads: "/v2/{name}/blobs/uploads/"
        case .upload: "/v2/{name}/blobs/uploads/{id}"
        }
    }

    /// Makes sure that the endpoint has a method.
    ///
    /// - Throws: 405 UNSUPPORTED with `Allow`.
    package func require(_ method: HTTPRequest.Method) throws(RegistryError) {
        guard allowedMethods.contains(method) else {
            throw .methodNotAllowed(method, allowed: allowedMethods)
        }
    }
}
