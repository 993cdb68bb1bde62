import BerthOCI
import BerthTestSupport
import Testing

/// A request of a ``Scenario/tour(headers:)`` with its answer.
struct Stop: CustomTestStringConvertible, Sendable {
    let request: String
    let response: TestResponse

    var testDescription: String { "\(request): \(response.status)" }
}

/// What a tour has asked so far.
private struct Tour {
    let scenario: Scenario
    let headers: [(String, String)]
    private(set) var stops: [Stop] = []

    /// Asks as the owner.
    @discardableResult
    mutating func send(
        _ method: String, _ path: String, _ more: [(String, String)] = [], body: TestBody = .none
    ) async throws -> TestResponse {
        add(method, path, try await scenario.send(method, path, headers: headers + more, body: body))
    }

    /// Asks without credentials.
    mutating func ask(_ method: String, _ path: String) async throws {
        add(method, path, try await scenario.client.send(method, path, headers: headers))
    }

    /// Asks the management API as the owner.
    mutating func manage(_ method: String, _ path: String, json: String? = nil) async throws {
        add(method, path, try await scenario.manage(method, path, headers: headers, json: json))
    }

    /// Pushes a blob by way of a session, with one chunk out of order, and gives the path of the session.
    mutating func upload(_ blob: SampleBlob, to repository: String) async throws -> String {
        let started = try await send("POST", "/v2/\(repository)/blobs/uploads/")
        let session = try #require(started.header("Location"))
        try await send("PATCH", session, body: .bytes(blob.bytes))
        try await send("PATCH", session, [("Content-Range", "900-901")], body: .bytes([1, 2]))
        try await send("GET", session)
        try await send("PUT", "\(session)?digest=\(blob.digest)")
        return session
    }

    @discardableResult
    private mutating func add(_ method: String, _ path: String, _ response: TestResponse) -> TestResponse {
        stops.append(Stop(request: "\(method) \(path)", response: response))
        return response
    }
}

extension Scenario {
    /// Makes requests of every kind, those that are answered with an address among them, and gives all answers.
    ///
    /// - Parameter headers: Sent with every request.
    func tour(headers: [(String, String)] = []) async throws -> [Stop] {
        var tour = Tour(scenario: self, headers: headers)
        for (method, path) in [
            ("GET", "/v2/"), ("GET", "/v2/acme/tour/manifests/1"), ("POST", "/v2/acme/tour/blobs/uploads/"),
            ("DELETE", "/v2/acme/tour/manifests/1"), ("GET", "/token?service=berth"), ("GET", "/"), ("GET", "/v2"),
            ("GET", "/v2/manage/repos"), ("POST", "/v2/manage/namespaces"), ("POST", "/v3/auth/tokens"),
            ("GET", "/v3/projects"), ("GET", "/.well-known/jwks.json"), ("GET", "/healthz"), ("GET", "/none"),
        ] {
            try await tour.ask(method, path)
        }
        let image = try SampleManifest.image("tour")
        for blob in image.blobs {
            let session = try await tour.upload(blob, to: "acme/tour")
            try await tour.send("DELETE", session)
            try await tour.send("POST", "/v2/acme/other/blobs/uploads/?mount=\(blob.digest)&from=acme/tour")
        }
        let type = [("Content-Type", image.mediaType.rawValue)]
        for path in ["tour/manifests/1", "tour/manifests/\(image.digest)?tag=2&tag=3", "other/manifests/1"] {
            try await tour.send("PUT", "/v2/acme/\(path)", type, body: .bytes(image.bytes))
        }
        for number in 1...2 {
            let referrer = try SampleManifest.index(
                of: [], subject: image.descriptor, annotations: ["number": "\(number)"])
            try await tour.send(
                "PUT", "/v2/acme/tour/manifests/\(referrer.digest)", [("Content-Type", referrer.mediaType.rawValue)],
                body: .bytes(referrer.bytes))
        }
        for path in [
            "/v2/", "/v2/acme/tour/tags/list?n=1", "/v2/_catalog?n=1", "/v2/acme/tour/referrers/\(image.digest)?n=1",
            "/v2/acme/tour/manifests/1", "/v2/acme/tour/blobs/\(image.blobs[0].digest)", "/v2/acme/tour/manifests/none",
            "/v2/ACME/tour/tags/list", "/v2/acme/tour", "/token?service=berth&scope=repository:acme/tour:pull,push",
        ] {
            try await tour.send("GET", path)
            try await tour.send("HEAD", path)
        }
        try await tour.send("PATCH", "/v2/acme/tour/manifests/1")
        for path in [
            "/v2/manage/repos", "/v2/manage/namespaces/acme/repos/tour", "/v2/manage/namespaces/acme/repos/tour/tags",
            "/v2/manage/overview", "/v3/projects", "/v3/auth/domains", "/v2/manage/none",
        ] {
            try await tour.manage("GET", path)
        }
        try await tour.manage("POST", "/v2/manage/utils/secret")
        try await tour.manage("POST", "/v2/manage/namespaces", json: #"{"namespace":"toured"}"#)
        try await tour.send("DELETE", "/v2/acme/tour/manifests/1")
        return tour.stops
    }
}
