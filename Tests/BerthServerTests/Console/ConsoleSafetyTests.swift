import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("What the console lets through")
struct ConsoleSafetyTests {
    private static let image = "/console/images/acme/app"

    @Test("S-74 a form without the session's token, or from elsewhere, changes nothing")
    func foreignForms() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let other = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let fields = ["do": "share", "with": "bravo", "forever": "1"]
            for token in ["", "x", try await other.formToken()] {
                #expect(try await visitor.post(Self.image, fields, token: token).status == 403)
            }
            let https = visitor.origin.replacing("http:", with: "https:")
            for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", https, "http://"] {
                #expect(try await visitor.post(Self.image, fields, origin: origin).status == 403)
                #expect(try await visitor.post("/console/sign-out", [:], origin: origin).status == 403)
                #expect(
                    try await visitor.post(
                        "/console/sign-in", ["user": "acme", "password": "x"], token: "", origin: origin
                    )
                    .status == 403)
            }
            let shares = try await scenario.registry.listShares(of: try HotImage.name, by: .dataOperator)
            #expect(shares.isEmpty)
            #expect(try await visitor.get("/console/images").status == 200, "the session goes on")
            #expect(try await visitor.post(Self.image, fields).status == 303)
        }
    }

    @Test("every page forbids inline script, framing, guessing and keeping")
    func headers() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for path in [
                "/console/images", "/console/shared", Self.image, "/console/images/acme/none", "/console/none",
            ] {
                let answer = try await visitor.get(path)
                let policy = try answer.requiredHeader("Content-Security-Policy")
                #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"), "\(path)")
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"))
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("Cache-Control") == "no-store")
                #expect(!answer.text.contains("style=\"") && !answer.text.contains("onclick"))
                #expect(answer.body.count < 100 * 1024)
            }
        }
    }

    @Test("S-72 what people have written is shown as text")
    func escaping() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let text = "<img src=x onerror=\"alert(1)\"> & '{{t.frame_skip}}'"
            let fields = ["do": "share", "with": "bravo", "forever": "1", "description": text]
            #expect(try await visitor.post(Self.image, fields).status == 303)
            let page = try await visitor.get(Self.image + "?tab=sharing").text
            #expect(
                !page.contains("<img src=x") && page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp;"))
            #expect(page.contains("{{t.frame_skip}}"))
            for path in [
                "/console/images?q=\"><script>", Self.image + "?tab=tags&q=<script>",
                Self.image + "?done=shared&with=<b>",
            ] {
                let encoded = path.replacing("<", with: "%3C").replacing(">", with: "%3E").replacing("\"", with: "%22")
                let page = try await visitor.get(encoded).requiring(200).text
                #expect(!page.contains("<script>") && !page.contains("<b>"), "\(path)")
            }
        }
    }

    @Test(
        "an image that is not there and one that may not be seen are one answer",
        arguments: [Scenario.Persona.receiver, .stranger, .colleague])
    func guessing(persona: Scenario.Persona) async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
            func page(_ path: String) async throws -> (Int, String) {
                let answer = try await visitor.get(path)
                let id = try answer.requiredHeader("X-Request-Id")
                return (answer.status, answer.text.replacing(id, with: "ID").replacing("none", with: "app"))
            }
            for query in ["", "?tab=sharing", "?tab=sharing&do=share", "?tab=sharing&do=cancel&with=bravo"] {
                let (there, none) = (
                    try await page(Self.image + query), try await page("/console/images/acme/none" + query)
                )
                #expect(there.0 == 404 || persona == .colleague && there.0 == 403)
                #expect(there.0 == none.0)
                if persona != .colleague { #expect(there.1 == none.1) }
            }
            let token = try await visitor.formToken()
            let answer = try await visitor.post(
                Self.image, ["do": "share", "with": "charlie", "forever": "1"], token: token)
            #expect(answer.status == 404 || answer.status == 403)
        }
    }

    @Test("who may pull but not manage sees no shares and changes none")
    func readers() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.share("acme/app")
            for persona in [Scenario.Persona.reader, .writer, .receiver] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let page = try await visitor.get(Self.image + "?tab=sharing").requiring(200).text
                #expect(!page.contains(">bravo</th>") && !page.contains("do=share"), "\(persona)")
                for fields in [
                    ["do": "share", "with": "charlie", "forever": "1"],
                    ["do": "edit", "with": "bravo", "forever": "1"],
                    ["do": "cancel", "with": "bravo"], ["do": "share", "with": ""], ["do": "edit", "with": ""],
                    ["do": "cancel", "with": "!"], ["do": "set-visibility", "visibility": "zzz"],
                    ["do": "delete-tag", "tag": ""], ["do": "delete-image"], ["do": "grant", "user": "!"],
                ] {
                    #expect(try await visitor.post(Self.image, fields).status == 403, "\(persona) \(fields)")
                }
                let describing = try await visitor.post(Self.image, ["do": "describe", "category": "bad"])
                #expect(describing.status == (persona == .writer ? 422 : 403), "\(persona)")
                for tag in ["v1", "none", "!"] {
                    let asking = try await visitor.get(Self.image + "?tab=tags&do=delete-tag&tag=" + tag)
                    #expect(asking.status == 403 && !asking.text.contains("button danger"), "\(persona) \(tag)")
                }
            }
            let shares = try await scenario.registry.listShares(of: try HotImage.name, by: .dataOperator)
            #expect(shares.count == 1)
        }
    }

    @Test("a description may have lines, and the notice of what was done tells only what is so")
    func linesAndNotice() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let fields = ["do": "share", "with": "bravo", "forever": "1", "description": "one\r\ntwo\tthree"]
            let place = try await visitor.post(Self.image, fields).requiring(303).requiredHeader("Location")
            #expect(try await visitor.get(place).text.contains("Shared with bravo."))
            let shares = try await scenario.registry.listShares(of: try HotImage.name, by: .dataOperator)
            #expect(shares.map(\.description) == ["one\ntwo\tthree"])
            for query in [
                "done=shared&with=cargo", "done=cancelled&with=bravo", "done=shared&with=nobody", "done=x&with=bravo",
                "done=shared&with=bravo", "done=changed&with=bravo", "done=cancelled&with=cargo",
            ] {
                let page = try await visitor.get(Self.image + "?tab=sharing&" + query).requiring(200).text
                #expect(!page.contains("notice ok"), "\(query)")
            }
        }
    }

    @Test("only images with an effective share are among those that are shared")
    func onlyShared() async throws {
        try await withScenario { scenario in
            for name in ["app", "other", "third"] {
                try await scenario.push(try SampleManifest.image(), to: "acme/\(name)", tag: "v1").requiring(201)
            }
            try await scenario.share("acme/app")
            try await scenario.share("acme/other", until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            scenario.server.clock.advance(by: 61)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get("/console/images?shared=1").requiring(200).text
            #expect(page.contains("/console/images/acme/app\"") && page.contains("1 account"))
            #expect(!page.contains("/console/images/acme/other\"") && !page.contains("/console/images/acme/third\""))
        }
    }

    @Test("who is refused is on record for the owner, as at every other door")
    func refusalsAreNoted() async throws {
        try await withScenario { scenario in
            try await scenario.push(try SampleManifest.image(), to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.reader, in: scenario)
            _ = try await visitor.post(Self.image, ["do": "share", "with": "bravo", "forever": "1"]).requiring(403)
            let entries = try await scenario.auditEntries()
            let refused = entries.filter { $0.action == .shareAdd && $0.result == .refused }
            #expect(refused.map(\.repository?.description) == ["acme/app"])
        }
    }
}
