import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

private let shares = "/v2/manage/namespaces/acme/repositories/web/access-domains"

private func body(
    _ receiver: String? = "bravo", permit: String = "read", deadline: String = "forever", description: String? = nil
) -> String {
    let account = receiver.map { #""access_domain":"\#($0)","# } ?? ""
    let text = description.map { #","description":"\#($0)""# } ?? ""
    return #"{\#(account)"permit":"\#(permit)","deadline":"\#(deadline)"\#(text)}"#
}

private struct Share: Decodable {
    let exist: Bool?
    let namespace: String
    let repository: String
    let accessDomain: String
    let permit: String
    let deadline: String
    let description: String
    let creatorId: String
    let creatorName: String
    let status: Bool
}

@Suite struct ManagementShareTests {
    @Test("who may manage the image shares it; who may see it is denied; to others there is no such image")
    func permissions() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            #expect(try await scenario.manage("POST", shares, json: body()).status == 201)
            for (persona, status) in [
                (Scenario.Persona.owner, 200), (.manager, 200), (.writer, 403), (.reader, 403), (.colleague, 403),
                (.receiver, 403), (.receiverUser, 403), (.stranger, 404),
            ] {
                func answer(_ method: String, _ path: String, json: String? = nil) async throws -> Int {
                    try await scenario.manage(method, path, as: persona, json: json).status
                }
                let isAllowed = status == 200
                #expect(try await answer("GET", shares) == status, "\(persona)")
                #expect(try await answer("GET", "\(shares)/bravo") == status, "\(persona)")
                #expect(try await answer("GET", "\(shares)/nobody") == status, "\(persona)")
                #expect(
                    try await answer("PATCH", "\(shares)/bravo", json: body(nil)) == (isAllowed ? 201 : status),
                    "\(persona)")
                #expect(
                    try await answer("POST", shares, json: body("cargo")) == (isAllowed ? 201 : status), "\(persona)")
                #expect(try await answer("DELETE", "\(shares)/cargo") == (isAllowed ? 204 : status), "\(persona)")
            }
        }
    }

    @Test("a share ends at midnight after the day of its deadline, and answers that day before and after")
    func wholeDays() async throws {
        let start = Date(timeIntervalSince1970: 1_795_262_400)  // 2026-11-21T12:00:00Z
        try await withScenario(clock: ManualClock(now: start)) { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            func pull() async throws -> Int {
                try await scenario.send("GET", "/v2/acme/web/manifests/v1", as: .receiver).status
            }
            func share() async throws -> Share { try await scenario.manage("GET", "\(shares)/bravo").record() }
            let given = try await scenario.manage("POST", shares, json: body(deadline: "2026-11-21T00:00:00Z"))
            #expect(given.status == 201)
            scenario.server.clock.set(start.addingTimeInterval(43_200 - 0.001))
            #expect(try await pull() == 200)
            #expect(try await share().status)
            #expect(try await share().deadline == "2026-11-21T23:59:59Z")
            scenario.server.clock.set(start.addingTimeInterval(43_200))
            #expect(try await pull() == 404)
            #expect(try await !share().status)
            #expect(try await share().deadline == "2026-11-21T23:59:59Z")
            let past = try await scenario.manage(
                "PATCH", "\(shares)/bravo", json: body(nil, deadline: "2026-11-21T23:59:59Z"))
            #expect(past.status == 400)
            let revived = try await scenario.manage(
                "PATCH", "\(shares)/bravo", json: body(nil, deadline: "2026-11-22T00:00:00Z"))
            #expect(revived.status == 201)
            #expect(try await pull() == 200)
        }
    }

    @Test("an expired share is replaced by a new one, and one that is effective is not")
    func replacing() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.share("acme/web", until: .until(scenario.server.clock.now.addingTimeInterval(10)))
            let taken = try await scenario.manage("POST", shares, json: body(description: "new"))
            #expect(taken.status == 409)
            #expect(try taken.json(ManagementRefusal.self).code == "SVCSTG.SWR.4090089")
            scenario.server.clock.advance(by: 10)
            #expect(try await scenario.manage("POST", shares, json: body(description: "new")).status == 201)
            let listed: [Share] = try await scenario.manage("GET", shares).record()
            #expect(listed.map(\.description) == ["new"] && listed.allSatisfy(\.status))
        }
    }

    @Test("what the command line shares is seen here with an end that is true, and the other way round")
    func oneSetOfShares() async throws {
        let start = Date(timeIntervalSince1970: 1_795_262_400)
        try await withScenario(clock: ManualClock(now: start)) { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            let name = try RepositoryName(parsing: "acme/web")
            let bravo = try AccountReference(parsing: "bravo")
            try await scenario.share("acme/web", until: .until(start.addingTimeInterval(3600)))
            let shown: Share = try await scenario.manage("GET", "\(shares)/bravo").record()
            #expect(shown.exist == true && shown.deadline == "2026-11-21T12:59:59Z")
            #expect(shown.creatorName == "acme" && shown.creatorId.isEmpty)
            _ = try await scenario.manage(
                "PATCH", "\(shares)/bravo", as: .manager, json: body(nil, deadline: "2026-11-30", description: "é"))
            let share = try await scenario.registry.showShare(of: name, with: bravo, by: .dataOperator)
            let end = try DeadlineText.parse(until: "2026-12-01T00:00:00Z")
            #expect(share.deadline == end && share.description == "é")
            try await scenario.registry.removeShare(of: name, with: bravo, by: .dataOperator)
            #expect(try await scenario.manage("GET", "\(shares)/bravo").text == #"{"exist":false}"#)
        }
    }

    @Test("an absent or null description stays, an empty one clears it, one of 1,001 characters is too long")
    func descriptions() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            func description() async throws -> String {
                try await scenario.manage("GET", "\(shares)/bravo").record(Share.self).description
            }
            func change(_ json: String) async throws -> Int {
                try await scenario.manage("PATCH", "\(shares)/bravo", json: json).status
            }
            let longest = String(repeating: "e\u{301}", count: 500)
            #expect(try await scenario.manage("POST", shares, json: body(description: longest)).status == 201)
            #expect(try await change(body(nil)) == 201)
            #expect(try await change(#"{"permit":"read","deadline":"forever","description":null}"#) == 201)
            #expect(try await description() == longest)
            #expect(try await change(body(nil, description: longest + "x")) == 413)
            #expect(try await description() == longest)
            #expect(try await change(body(nil, description: "")) == 201)
            #expect(try await description().isEmpty)
        }
    }

    @Test("the name of an account in a path is percent-decoded, and no account has a name that cannot be one")
    func receiverInPath() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.share("acme/web")
            #expect(try await scenario.manage("GET", "\(shares)/%62ravo").record(Share.self).exist == true)
            for name in ["a%20b", "%C3%A9", "%2Fbravo", "-", String(repeating: "b", count: 65)] {
                let answer = try await scenario.manage("GET", "\(shares)/\(name)")
                #expect(answer.status == 400, "\(name)")
                #expect(try answer.json(ManagementRefusal.self).code == "SVCSTG.SWR.4001041")
            }
        }
    }
}
