import BerthOCI
import BerthTestSupport
import Foundation

/// Asks the registry over plain HTTP, with curl, past all that clients add.
struct RegistryProbe: Sendable {
    struct Answer: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let body: String
    }

    let server: BerthProcess
    let person: Person

    /// Sends a request for `path` (`/v2/…`) or for a `Location` that the server gave.
    func send(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil
    ) async throws -> Answer {
        let url = path.hasPrefix("/") ? server.url + path : path
        var words = ["curl", "-sS", "-i", "-u", "\(person.name):\(person.password)"]
        words += method == "HEAD" ? ["--head"] : ["-X", method]
        for header in headers { words += ["-H", header] }
        if body != nil { words += ["--data-binary", "@-", "-H", "Expect:"] }
        let result = try await Tool.run(words + [url], input: body).orThrow()
        let text = result.output.replacingOccurrences(of: "\r\n", with: "\n")
        let parts = text.components(separatedBy: "\n\n")
        let lines = parts[0].split(separator: "\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "") else {
            throw ToolFailure("no HTTP answer: \(result)")
        }
        var found: [String: String] = [:]
        for line in lines.dropFirst() {
            let name = line.prefix(while: { $0 != ":" })
            found[name.lowercased()] = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status, headers: found, body: parts.dropFirst().joined(separator: "\n\n"))
    }

    /// The digest that a tag of `repository` has, or `nil` when there is no such tag.
    func digest(of tag: String, in repository: String) async throws -> Digest? {
        let accepted = [
            "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json",
        ]
        let answer = try await send(
            "HEAD", "/v2/\(repository)/manifests/\(tag)", headers: ["Accept: " + accepted.joined(separator: ", ")])
        guard answer.status == 200, let digest = answer.headers["docker-content-digest"] else { return nil }
        return try Digest(parsing: digest)
    }

    /// Pushes a blob in two requests, as the specification's simplest client does.
    func pushBlob(_ text: String, digest: String, to repository: String) async throws -> Answer {
        let start = try await send("POST", "/v2/\(repository)/blobs/uploads/", headers: ["Content-Length: 0"])
        guard start.status == 202, let location = start.headers["location"] else { return start }
        let mark = location.contains("?") ? "&" : "?"
        return try await send(
            "PUT", location + mark + "digest=" + digest, headers: ["Content-Type: application/octet-stream"],
            body: text)
    }
}
