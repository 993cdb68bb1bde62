import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Synchronization
import Testing

@Suite("Requests on one connection, with pulls that are answered from memory among them")
struct ExpressPullOrderTests {
    private static func request(
        _ path: String, _ credentials: (String, String), method: String = "GET", pushing body: SampleManifest? = nil
    ) -> PipelinedRequest {
        let type = body.map { [("Content-Type", $0.mediaType.rawValue)] } ?? []
        return PipelinedRequest(method, path, headers: [credentials] + type, body: body?.bytes ?? [])
    }

    @Test("answers come in the order of the requests, whatever takes longer")
    func mixedOrder() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let layer = SampleBlob(random: 4 * 1024 * 1024)
            try await scenario.push(layer, to: HotImage.repository).requiring(201)
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            let bearer = TestClient.bearer(token)
            let large = "/v2/\(HotImage.repository)/blobs/\(layer.digest)"
            var requests: [PipelinedRequest] = []
            var expected: [(status: Int, body: [UInt8]?)] = []
            func add(_ request: PipelinedRequest, _ status: Int, _ body: [UInt8]?) {
                requests.append(request)
                expected.append((status, body))
            }
            func addHot() {
                for item in HotImage.Item.allCases {
                    add(Self.request(hot.path(of: item), bearer), 200, hot.bytes(of: item))
                    add(Self.request(hot.path(of: item), bearer, method: "HEAD"), 200, [])
                }
            }
            add(Self.request(large, bearer), 200, layer.bytes)
            for _ in 0..<5 { addHot() }
            add(Self.request("/v2/\(HotImage.repository)/tags/list", bearer), 200, nil)
            addHot()
            add(Self.request("/v2/", Scenario.Persona.stranger.credentials), 200, nil)
            addHot()
            add(Self.request(large, bearer), 200, layer.bytes)
            add(Self.request(hot.path(of: .tag), TestClient.bearer("not.a.token")), 401, nil)
            addHot()
            let answers = try await scenario.client.pipeline(requests)
            #expect(answers.map(\.status) == expected.map(\.status))
            for (number, (answer, expected)) in zip(answers, expected).enumerated() {
                guard let body = expected.body else { continue }
                let isRight = answer.body == body
                #expect(isRight, "answer \(number)")
            }
        }
    }

    @Test("a pull sees the push that was sent before it on the same connection, and not the one after it")
    func pushBetween() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await scenario.token(for: .owner, scope: "repository:acme/app:pull,push,delete")
            try await hot.warm(token)
            let bearer = TestClient.bearer(token)
            let other = try PullChange.newImage()
            try await scenario.push(other, to: HotImage.repository).requiring(201)
            let path = hot.path(of: .tag)
            try await hot.warm(token)
            let answers = try await scenario.client.pipeline([
                Self.request(path, bearer), Self.request(path, bearer, method: "PUT", pushing: other),
                Self.request(path, bearer),
                Self.request(path, bearer), Self.request(path, bearer, method: "PUT", pushing: hot.image),
                Self.request(path, bearer),
                Self.request(path, bearer, method: "DELETE"), Self.request(path, bearer),
            ])
            #expect(answers.map(\.status) == [200, 201, 200, 200, 201, 200, 202, 404])
            #expect(answers.indices.contains(5))
            for (index, image) in [(0, hot.image), (2, other), (3, other), (5, hot.image)] where index < answers.count {
                #expect(answers[index].body == image.bytes, "answer \(index)")
            }
        }
    }

    @Test("two thousand pulls that are sent before any answer is read wait in the socket, and come in their order")
    func unreadAnswers() async throws {
        try await withScenario { scenario in
            let images = try (0..<7).map {
                try SampleManifest.image("\($0)", annotations: ["long": String(repeating: "\($0)", count: 12_000)])
            }
            for (number, image) in images.enumerated() {
                try await scenario.push(image, to: HotImage.repository, tag: "v\(number)").requiring(201)
            }
            let bearer = TestClient.bearer(try await scenario.token(for: .reader, scope: HotImage.scope))
            func request(_ number: Int) -> PipelinedRequest {
                Self.request("/v2/\(HotImage.repository)/manifests/v\(number % images.count)", bearer)
            }
            for number in images.indices {
                let answer = try await scenario.client.send(
                    "GET", request(number).path, headers: request(number).headers)
                #expect(answer.body == images[number].bytes)
            }
            let log = scenario.server.log
            let before = log.lines.count
            let answered = Mutex(0)
            let answers = try await scenario.client.pipeline((0..<2000).map(request)) {
                // The server has come to a rest when it has not answered anything for a while.
                var (last, looks) = (0, 0)
                try await eventually("the server waits for its client") {
                    let now = log.lines.count - before
                    looks = now == last && now > 0 ? looks + 1 : 0
                    last = now
                    return looks == 20
                }
                answered.withLock { $0 = last }
            }
            #expect(answered.withLock(\.self) < 1900, "what is not read is not held in memory")
            #expect(answers.count == 2000)
            let isOrdered = answers.enumerated().allSatisfy { number, answer in
                answer.status == 200 && answer.body == images[number % images.count].bytes
            }
            #expect(isOrdered)
            try await eventually("every answer is a line of the log") { log.lines.count - before == 2000 }
            let name = try HotImage.name
            try await scenario.registry.recordTraffic()
            let pulls = try await scenario.registry.catalog.read { try $0.repository(named: name)?.pullCount }
            #expect(pulls == 2007)
        }
    }

    @Test("two thousand pulls that are sent at once and read as they come are in their order")
    func manyAtOnce() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            try await hot.warm(token)
            try await hot.hideFromCatalog()
            let items = (0..<2000).map { HotImage.Item.allCases[$0 % 4] }
            let bearer = TestClient.bearer(token)
            let answers = try await scenario.client.pipeline(items.map { Self.request(hot.path(of: $0), bearer) })
            #expect(answers.count == 2000)
            // The repository is hidden: only what goes the ordinary way, because the client was slow to read, finds nothing.
            let isOrdered = zip(items, answers).allSatisfy { item, answer in
                answer.status == 404 || answer.body == hot.bytes(of: item)
            }
            #expect(isOrdered)
            #expect(answers.first?.status == 200)
        }
    }

    @Test("nothing is answered after an answer that closes the connection")
    func closing() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            let token = try await hot.token(for: .reader)
            func lines() -> [String] { scenario.server.log.lines.filter { $0.contains(" request ") } }
            let before = lines().count
            try await hot.warm(token)
            let bearer = TestClient.bearer(token)
            let closing = PipelinedRequest(
                "GET", hot.path(of: .tag), headers: [bearer, ("Connection", "close")])
            let answers = try await scenario.client.pipeline(
                [Self.request(hot.path(of: .config), bearer), closing]
                    + (0..<10).map { _ in Self.request(hot.path(of: .tag), bearer) })
            #expect(answers.map(\.status) == [200, 200])
            #expect(answers.last?.header("Connection") == "close")
            try await eventually("both are in the log") { lines().count >= before + 10 }
            #expect(lines().count == before + 10)
        }
    }
}
