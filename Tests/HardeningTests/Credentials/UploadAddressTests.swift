import BerthTestSupport
import Foundation
import Testing

/// The address of an upload: other registries put signed state into it, Berth a random id.
@Suite struct UploadAddressTests {
    private static func start(_ scenario: Scenario, in repository: String = "acme/app") async throws -> String {
        let answer = try await scenario.send("POST", "/v2/\(repository)/blobs/uploads/")
        try #require(answer.status == 202)
        return try #require(answer.header("Location"))
    }

    @Test("S-48 an address holds nothing but a random id, and what is added to it changes nothing")
    func noState() async throws {
        try await withScenario { scenario in
            var addresses: Set<String> = []
            for _ in 0..<20 { addresses.insert(try await Self.start(scenario)) }
            #expect(addresses.count == 20)
            for address in addresses {
                let prefix = "/v2/acme/app/blobs/uploads/"
                let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
                #expect(address.hasPrefix(prefix) && address.dropFirst(prefix.count).wholeMatch(of: uuid) != nil)
            }
            let address = try await Self.start(scenario)
            let body = Array("first, second".utf8)
            for (query, bytes, range) in [
                ("?_state=\(String(repeating: "A", count: 200))", body[..<5], "0-4"),
                ("?_state=&offset=0&repository=cargo/app&uuid=1", body[5...], "5-\(body.count - 1)"),
            ] {
                let answer = try await scenario.send(
                    "PATCH", address + query, headers: [("Content-Range", range)], body: .bytes(Array(bytes)))
                #expect(answer.status == 202 && answer.header("Location") == address, "\(answer.text)")
            }
            let status = try await scenario.send("GET", address + "?_state=x&offset=0")
            #expect(status.header("Range") == "0-\(body.count - 1)")
            let digest = SampleBlob(body).digest
            let finished = try await scenario.send("PUT", "\(address)?digest=\(digest)&_state=x&repository=cargo/app")
            #expect(finished.status == 201 && finished.header("Location") == "/v2/acme/app/blobs/\(digest)")
        }
    }

    @Test("S-48 an address is of one upload in one repository, from where it stands, and once")
    func splicing() async throws {
        try await withScenario { scenario in
            let (first, second) = (
                try await Self.start(scenario), try await Self.start(scenario, in: "acme/base")
            )
            let body = Array("content".utf8)
            let digest = SampleBlob(body).digest
            #expect(try await scenario.send("PATCH", first, body: .bytes(body)).status == 202)

            let id = try #require(first.split(separator: "/").last)
            let swapped = second.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/\(id)"
            for address in [
                swapped, "/v2/cargo/app/blobs/uploads/\(id)", String(first.dropLast()), first + "0",
                first.replacing(id, with: id.uppercased()), first.replacing(id, with: UUID().uuidString.lowercased()),
                "\(first)/\(id)", "\(first).\(id)",
            ] {
                for (method, query) in [("GET", ""), ("PATCH", ""), ("PUT", "?digest=\(digest)"), ("DELETE", "")] {
                    let answer = try await scenario.send(method, address + query)
                    let isSame = id.uppercased() == String(id)
                    #expect(isSame || [403, 404].contains(answer.status), "\(method) \(address): \(answer.status)")
                }
            }
            for range in ["0-6", "6-12", "8-14", "100-106"] {
                let answer = try await scenario.send(
                    "PATCH", first, headers: [("Content-Range", range)], body: .bytes(body))
                #expect(answer.status == 416, "\(range)")
            }
            #expect(try await scenario.send("GET", first).header("Range") == "0-6")
            #expect(try await scenario.send("PUT", "\(first)?digest=\(digest)").status == 201)
            for (method, query) in [("GET", ""), ("PATCH", ""), ("PUT", "?digest=\(digest)"), ("DELETE", "")] {
                #expect(try await scenario.send(method, first + query).status == 404, "\(method) after the end")
            }
        }
    }
}
