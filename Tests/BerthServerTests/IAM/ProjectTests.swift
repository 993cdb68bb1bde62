import BerthAccess
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite struct ProjectTests {
    @Test("an account has one project, which has the region's name, for all its users and for good")
    func oneProject() async throws {
        try await withScenario { scenario in
            let owner = try await scenario.ids(of: .owner)
            #expect(try await scenario.ids(of: .colleague) == owner)
            #expect(try await scenario.ids(of: .owner) == owner)
            let stranger = try await scenario.ids(of: .stranger)
            #expect(stranger.project != owner.project && stranger.account != owner.account)
            let token = try await scenario.managementToken()
            for (target, isThere) in [
                ("/v3/projects?name=region-1", true), ("/v3/projects?name=region-2", false),
                ("/v3/projects?name=", false), ("/v3/projects?name=region-1&enabled=true&x=y", true),
            ] {
                let signed = try await scenario.manage("GET", target)
                #expect(signed.status == 200 && signed.text.contains(owner.project) == isThere, "\(target)")
                let answer = try await scenario.client.send("GET", target, headers: [("X-Auth-Token", token)])
                #expect(answer.text == signed.text)
            }
            let domains = try await scenario.manage("GET", "/v3/auth/domains", as: .colleague)
            #expect(domains.status == 200 && domains.text.contains(#""id":"\#(owner.account)""#))
            #expect(domains.text.contains(#""name":"acme""#) && !domains.text.contains(stranger.account))
        }
    }

    @Test("IAM's lists need credentials, and answer refusals in IAM's form")
    func refusals() async throws {
        try await withScenario { scenario in
            for path in ["/v3/projects", "/v3/auth/domains"] {
                let nobody = try await scenario.client.send("GET", path)
                let refusal = try nobody.json(IAMRefusal.self)
                #expect(nobody.status == 401 && refusal.error.code == 401)
                let basic = try await scenario.send("GET", path)
                #expect(basic.status == 401)
                let post = try await scenario.manage("POST", path)
                #expect(post.status == 405 && post.header("Allow") == "GET")
                let refusedMethod = try post.json(IAMRefusal.self)
                #expect(refusedMethod.error.code == 405)
                let broken = try await scenario.manage("GET", "\(path)?name=%zz")
                #expect(broken.status == 400 || broken.status == 401)
            }
        }
    }

    @Test("a request may name its own project, and no other; it is not told which others there are")
    func namedProject() async throws {
        try await withScenario { scenario in
            let own = try await scenario.ids(of: .owner).project
            let foreign = try await scenario.ids(of: .stranger).project
            let scoped = try await scenario.managementToken(scope: #"{"project":{"id":"\#(own)"}}"#)
            let wide = try await scenario.managementToken()
            let path = "/v2/manage/namespaces"
            var refusals: Set<String> = []
            for (project, status) in [(own, 200), ("", 200), (foreign, 403), (String(own.reversed()), 403), ("x", 403)]
            {
                let header = [("X-Project-Id", project)]
                let signed = try await scenario.manage("GET", path, headers: header)
                #expect(signed.status == status, "\(project): \(signed.text)")
                for token in [scoped, wide] {
                    #expect(try await scenario.status(token: token, headers: header) == status, "\(project)")
                }
                if status == 403 { refusals.insert(signed.text.replacing(project, with: "PROJECT")) }
            }
            #expect(refusals.count == 1)
            let temporary = try await scenario.manage("GET", path, headers: [("X-Security-Token", "x")])
            #expect(temporary.status == 401)
        }
    }
}
