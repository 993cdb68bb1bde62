import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@testable import BerthServer

@Suite("How large pages of the console become")
struct ConsolePageSizeTests {
    private static let path = "/console/images/acme/app"
    private static let most = 100 * 1024
    /// Texts that are long in one way or another.
    enum Long: CaseIterable {
        case markup, accents, ships

        var text: String {
            switch self {
            case .markup: String(repeating: "&<x>\"", count: 500)
            case .accents: "e" + String(repeating: "\u{301}", count: 20_000)
            case .ships: String(repeating: "\u{1F6A2}", count: 5_000)
            }
        }
    }

    @Test("a tag's page stays short, whatever its image has in it", arguments: Long.allCases)
    func image(long: Long) async throws {
        let text = long.text.replacing("\"", with: "\\\"")
        try await withScenario { scenario in
            let steps = (0..<400).map { _ in #"{"created_by":"\#(text)","created":"2026-06-18T08:12:44Z"}"# }
            let values = (0..<100).map { "\"\(text)\($0)\"" }.joined(separator: ",")
            let layers = (0..<400).map {
                SampleBlob("layer \($0)", mediaType: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
            }
            let config = """
                {"os":"linux","architecture":"\(text)","author":"\(text)","history":[\(steps.prefix(30).joined(separator: ","))],
                "config":{"Env":[\(values)],"Cmd":["\(text)"],"Entrypoint":["\(text)"],"Labels":{"\(text)":"\(text)"},
                "Volumes":{"\(text)":{}},"ExposedPorts":{"\(text)":{}}}}
                """
            let small = config.utf8.count <= ImageConfig.maximumSize ? config : "{}"
            let image = try SampleManifest.image("large", of: layers, config: small)
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for page in ["?tab=tags&tag=v1", "?tab=tags"] {
                let answer = try await visitor.get(Self.path + page).requiring(200)
                #expect(answer.body.count < Self.most, "\(page): \(answer.body.count) bytes")
            }
        }
    }

    @Test(
        "the pages of an index stay short, however many images it has and whatever these run on",
        arguments: Long.allCases)
    func index(long: Long) async throws {
        let name = long.text
        try await withScenario { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app").requiring(201)
            let count = min(200, 2_400_000 / (2 * name.utf8.count))
            let children = (0..<count).map { number in
                Descriptor(
                    mediaType: .ociManifest, digest: image.digest, size: Int64(image.bytes.count),
                    platform: Platform(architecture: "\(name)\(number)", os: name))
            }
            let annotations = ["org.example.a": name, name: "b"]
            for (number, tag) in ["v1", "v2", "v3"].enumerated() {
                let index = try SampleManifest.index(
                    of: Array(children.dropLast(number)), annotations: annotations)
                try await scenario.push(index, to: "acme/app", tag: tag).requiring(201)
            }
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for page in ["?tab=tags&tag=v1", "?tab=tags"] {
                for _ in 0..<2 {
                    let answer = try await visitor.get(Self.path + page).requiring(200)
                    #expect(answer.body.count < Self.most, "\(page): \(answer.body.count) bytes")
                    let rest = page == "?tab=tags" ? "+\(count - 5)<" : "and \(count - 25) more<"
                    let tellsRest = answer.text.contains(rest)
                    #expect(tellsRest, "\(page): \(rest)")
                }
            }
        }
    }

    @Test("what is said of shares stays short, to who gives them and to who receives them")
    func shares() async throws {
        try await withScenario { scenario in
            let text = String(repeating: "&", count: 1000)
            for number in 0..<30 {
                let account = try AccountName(parsing: "receiver-\(number)")
                _ = try await scenario.registry.addAccount(account, by: .dataOperator)
                let image = "acme/image-\(number)"
                try await scenario.push(try SampleManifest.image(), to: image, tag: "v1").requiring(201)
                for (name, receiver) in [("acme/image-0", account.description), (image, "bravo")] {
                    try await scenario.registry.shareImage(
                        RepositoryName(parsing: name), with: AccountReference(parsing: receiver), until: .forever,
                        description: ShareDescription(parsing: text), by: .dataOperator)
                }
            }
            let owner = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let receiver = try await ConsoleVisitor.signedIn(.receiver, in: scenario)
            for (visitor, path) in [
                (owner, "/console/images/acme/image-0?tab=sharing"), (receiver, "/console/shared"),
            ] {
                let first = try await visitor.get(path).requiring(200)
                #expect(first.body.count < Self.most && first.text.contains("&amp;&amp;"), "\(first.body.count) bytes")
                #expect(first.text.contains(path == "/console/shared" ? "1–25 of 30" : "1–25 of 31"))
                let next = try await visitor.get(path + (path.contains("?") ? "&" : "?") + "page=2").requiring(200)
                #expect(next.text.contains(path == "/console/shared" ? "26–30 of 30" : "26–31 of 31"))
            }
        }
    }

    @Test("texts of others are cut where there is no more room for them, and nowhere else")
    func room() {
        var room = TextRoom(bytes: 20)
        #expect(room.fit("short") == "short")
        #expect(room.fit("four", atMost: 3) == "fou…")
        #expect(room.fit("&&&") == "&&…", "each takes six")
        #expect(room.fit("more") == "…")
        var large = TextRoom(bytes: 1000)
        #expect(large.fit("e" + String(repeating: "\u{301}", count: 300)).unicodeScalars.count == 201)
        #expect(large.fit(String(repeating: "\u{1F6A2}", count: 10)).count == 10)
    }
}
