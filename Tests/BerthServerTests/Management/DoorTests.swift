import BerthTestSupport
import Testing

@Suite struct DoorTests {
    @Test("a path that nothing has is 404, a method that a path has not is 405, both in both forms of the error")
    func unknown() async throws {
        try await withScenario { scenario in
            for (method, path, status) in [
                ("GET", "/v2/manage/nothing", 404), ("GET", "/v3/manage/namespaces", 404), ("GET", "/v9", 404),
                ("POST", "/", 405), ("DELETE", "/v2", 405),
            ] {
                let answer = try await scenario.manage(method, path)
                #expect(answer.status == status, "\(method) \(path)")
                let body = try answer.json(ManagementRefusal.self)
                #expect(body.code == "SVCSTG.SWR.4040083" && body.errors.map(\.errorCode) == [body.code])
                #expect(!body.message.isEmpty && answer.header("X-Request-Id") != nil)
            }
        }
    }

    @Test("anyone may ask for the versions, and /v2/ with its slash is the registry")
    func versions() async throws {
        try await withScenario { scenario in
            let all = try await scenario.client.send("GET", "/")
            #expect(all.status == 200 && all.text.contains(#""id":"v2""#))
            #expect(all.text.contains(#""href":"http://127.0.0.1:\#(scenario.server.port)/v2/""#))
            #expect(try await scenario.client.send("GET", "/v2").status == 200)
            #expect(try await scenario.client.send("GET", "/v2/").status == 401)
        }
    }
}

/// The body of a refusal, in both of its forms.
struct ManagementRefusal: Decodable {
    struct Entry: Decodable {
        let errorCode: String
    }

    let errors: [Entry]
    let code: String
    let message: String

    enum CodingKeys: String, CodingKey {
        case errors
        case code = "error_code"
        case message = "error_msg"
    }
}
