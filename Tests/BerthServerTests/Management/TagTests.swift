import BerthAccess
import BerthBlobs
import BerthDatabase
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@testable import BerthCatalog

private let tags = "/v2/manage/namespaces/acme/repos/web/tags"
private let tagsByMarker = "/v3/manage/namespaces/acme/repos/web/tags"

@Suite struct TagTests {
    @Test("who may pull sees tags, who may push copies them, who may manage deletes them, and nobody else")
    func permissions() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.share("acme/web")
            for (persona, list, copy, delete) in [
                (Scenario.Persona.owner, 200, 201, 204), (.manager, 200, 201, 204), (.writer, 200, 201, 403),
                (.reader, 200, 403, 403), (.colleague, 403, 403, 403), (.receiver, 200, 403, 403),
                (.receiverUser, 200, 403, 403), (.stranger, 404, 404, 404),
            ] {
                for target in [tags, tagsByMarker, "\(tags)/v1", "\(tags.dropLast(5))/v1/accessories"] {
                    #expect(
                        try await scenario.manage("GET", target, as: persona).status == list, "\(persona) \(target)")
                }
                let body = #"{"source_tag":"v1","destination_tag":"copy","override":true}"#
                #expect(try await scenario.manage("POST", tags, as: persona, json: body).status == copy, "\(persona)")
                _ = try await scenario.manage("POST", tags, json: body)
                #expect(try await scenario.manage("DELETE", "\(tags)/copy", as: persona).status == delete, "\(persona)")
            }
        }
    }

    @Test("a share that ends hides the tags from the very next request")
    func expiry() async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            try await scenario.share("acme/web", until: .until(scenario.server.clock.now.addingTimeInterval(60)))
            #expect(try await scenario.manage("GET", tags, as: .receiver).status == 200)
            scenario.server.clock.advance(by: 60)
            for target in [tags, tagsByMarker, "\(tags)/v1"] {
                #expect(try await scenario.manage("GET", target, as: .receiver).status == 404)
            }
        }
    }

    @Test("a marker leads through all tags in every order, each once, whatever is pushed, moved or deleted meanwhile")
    func pagesUnderChanges() async throws {
        try await withScenario { scenario in
            let name = try RepositoryName(parsing: "acme/web")
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "zero")
            let caller = Administrator.caller(try await scenario.caller(.owner))
            let all = (0..<12).map { "t\($0 + 10)" }
            func set(_ tag: String) async throws {
                try await scenario.registry.copyTag(
                    TagName(parsing: "zero"), to: TagName(parsing: tag), in: name, replacing: true, by: caller)
            }
            for (round, (column, isDescending)) in [
                (TagSelection.Column.name, false), (.name, true), (.updatedAt, false), (.updatedAt, true),
            ].enumerated() {
                for tag in all {
                    try await set(tag)
                    if tag.hasSuffix("5") { scenario.server.clock.advance(by: 1) }
                }
                let selection = TagSelection(containing: "t", by: column, isDescending: isDescending)
                var seen: [String] = []
                var after: TagPosition?
                repeat {
                    let page = try await scenario.registry.listTaggedImages(
                        of: name, selection, after: after, limit: 2, includingManifests: seen.isEmpty, by: caller)
                    seen += page.elements.map(\.name.description)
                    after = page.hasMore ? page.elements.last?.position : nil
                    scenario.server.clock.advance(by: 1)
                    try await set("extra-t\(round)-\(seen.count)")
                    if let last = page.elements.last?.name, all.contains(last.description) {
                        try await scenario.registry.removeTag(last, in: name, by: caller)
                    }
                } while after != nil && seen.count < 200
                #expect(Set(seen).count == seen.count)
                #expect(all.allSatisfy(seen.contains), "\(column) \(isDescending)")
            }
        }
    }

    @Test("a tag that names something else than what was seen is not removed")
    func moved() async throws {
        try await withScenario { scenario in
            let (one, two) = (try SampleManifest.image("one"), try SampleManifest.image("two"))
            for image in [one, two] { try await scenario.push(image, to: "acme/web", tag: "v1") }
            let (tag, name) = (try TagName(parsing: "v1"), try RepositoryName(parsing: "acme/web"))
            await refusal(.tagMoved) {
                try await scenario.registry.removeTag(tag, naming: one.digest, in: name, by: .dataOperator)
            }
            try await scenario.registry.removeTag(tag, naming: two.digest, in: name, by: .dataOperator)
            await refusal(.tagUnknown) {
                try await scenario.registry.removeTag(tag, naming: two.digest, in: name, by: .dataOperator)
            }
        }
    }

    @Test("an image from before configs were kept shows its config all the same")
    func olderImages() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("old")
            try await scenario.push(image, to: "acme/web", tag: "v1")
            let database = try Database(path: scenario.server.storage + "/berth.sqlite", migrations: Migration.all)
            try await database.write { _ = try $0.execute("UPDATE manifests SET config = NULL") }
            try database.close()
            for target in [tags, tagsByMarker, "\(tags)/v1"] {
                let answer = try await scenario.manage("GET", target)
                #expect(answer.text.contains(#""image_id":"\#(image.blobs[0].digest.hex)""#))
            }
        }
    }

    @Test(
        "a marker that is none, or of another order, is refused",
        arguments: [
            "x", "%20", "AAAA", "OjE6dg==", "dGFnOjE6dg", "dGFnOjAxOnY=", "dGFnOisxOnY=", "dGFnOjE6LXg=",
            "dXBkYXRlZDoxOnY=", "LXRhZzoxOnY=", "dGFnOjE6djp2", "gA==",
            Data("tag:9223372036854775807:v".utf8).base64EncodedString(),
            Data("tag:-9223372036854775808:v".utf8).base64EncodedString(),
            Data("tag:99999999999999999999:v".utf8).base64EncodedString(), String(repeating: "A", count: 4000),
        ])
    func hostileMarkers(marker: String) async throws {
        try await withScenario { scenario in
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            let answer = try await scenario.manage("GET", "\(tagsByMarker)?marker=\(marker)")
            #expect(answer.status == 400)
            #expect(try answer.json(ManagementRefusal.self).code == "SVCSTG.SWR.4001025")
            let reference = try await scenario.manage(
                "GET", "\(tags.dropLast(5))/v1/references?marker=\(marker)")
            #expect(reference.status == 400)
        }
    }

    @Test("large manifests end a page early, and a list by offset leaves out those that are too many")
    func largeManifests() async throws {
        try await withScenario { scenario in
            let name = try RepositoryName(parsing: "acme/web")
            let filling = String(repeating: "x", count: 3_000_000)
            for tag in ["a", "b", "c", "d"] {
                let image = try SampleManifest.image(tag, annotations: ["filling": filling])
                #expect(try await scenario.push(image, to: "acme/web", tag: tag).status == 201)
            }
            let caller = Administrator.caller(try await scenario.caller(.owner))
            let selection = TagSelection(by: .name)
            let first = try await scenario.registry.listTaggedImages(
                of: name, selection, after: nil, limit: 4, includingManifests: true, by: caller)
            #expect(first.elements.map(\.name.description) == ["a", "b"] && first.hasMore)
            let second = try await scenario.registry.listTaggedImages(
                of: name, selection, after: first.elements.last?.position, limit: 4, includingManifests: true,
                by: caller)
            #expect(second.elements.map(\.name.description) == ["c", "d"] && !second.hasMore)
            let bare = try await scenario.registry.listTaggedImages(
                of: name, selection, after: nil, limit: 4, includingManifests: false, by: caller)
            #expect(bare.elements.count == 4 && bare.elements.allSatisfy { $0.manifest == nil && $0.config != nil })
            let all = try await scenario.registry.listTaggedImages(
                of: name, selection, offset: 0, limit: nil, by: caller)
            #expect(all.elements.map { $0.manifest != nil } == [true, true, false, false] && all.total == 4)
        }
    }

    @Test("a copied tag is counted, and copying over a tag counts nothing more")
    func counters() async throws {
        try await withScenario { scenario in
            let name = try RepositoryName(parsing: "acme/web")
            try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: "v1")
            for override in [false, true] {
                let body = #"{"source_tag":"v1","destination_tag":"v2","override":\#(override)}"#
                #expect(try await scenario.manage("POST", tags, json: body).status == 201)
            }
            let refused = try await scenario.manage(
                "POST", tags, json: #"{"source_tag":"v1","destination_tag":"v2"}"#)
            #expect(refused.status == 409)
            let count = try await scenario.registry.catalog.read { try $0.repository(named: name)?.tagCount }
            #expect(count == 2)
        }
    }

    @Test("a trigger that is named like an operation on tags is still found, and so is a tag")
    func overlappingPaths() async throws {
        try await withScenario { scenario in
            for tag in ["references", "accessories"] {
                try await scenario.push(SampleManifest.image("one"), to: "acme/web", tag: tag)
                let shown = try await scenario.manage("GET", "\(tags)/\(tag)")
                #expect(shown.status == 200 && shown.text.contains(#""tag":"\#(tag)""#))
            }
        }
    }
}

@Suite struct AccessoryTests {
    @Test("signatures by tag and by subject belong to an image, each once, and only those of its repository")
    func accessories() async throws {
        try await withScenario { scenario in
            let image = try SampleManifest.image("signed")
            try await scenario.push(image, to: "acme/web", tag: "v1")
            let hex = image.digest.hex
            for (suffix, content) in [("sig", "a"), ("att", "b"), ("sbom", "c")] {
                try await scenario.push(
                    SampleManifest.image(content), to: "acme/web", tag: "sha256-\(hex).\(suffix)")
            }
            let both = try SampleManifest.image("both", subject: image.descriptor)
            try await scenario.push(both, to: "acme/web", tag: "sha256-\(hex).sig")
            try await scenario.push(
                SampleManifest.image(
                    "n", artifactType: "application/vnd.cncf.notary.signature", subject: image.descriptor),
                to: "acme/web")
            try await scenario.push(
                SampleManifest.image("elsewhere", subject: image.descriptor), to: "acme/other")
            struct Body: Decodable {
                struct Accessory: Decodable {
                    let id: Int64
                    let type: String
                    let sigTag: String
                    let sigDigest: String
                    let targetDigest: String
                }
                let total: Int
                let accessories: [Accessory]?
            }
            let path = "/v2/manage/namespaces/acme/repos/web/v1/accessories"
            let body: Body = try await scenario.manage("GET", path).record()
            #expect(body.total == 4)
            let found = try #require(body.accessories)
            #expect(
                found.map(\.type) == [
                    "signature.cosign", "attestation.cosign", "sbom.cosign", "signature.notation",
                ])
            #expect(found[0].sigDigest == both.digest.description && found[3].sigTag.isEmpty)
            #expect(found.allSatisfy { $0.targetDigest == image.digest.description })
            #expect(Set(found.map(\.id)).count == 4)
            var paged: [Int64] = []
            for offset in 0..<5 {
                let page: Body = try await scenario.manage("GET", "\(path)?limit=1&offset=\(offset)").record()
                #expect(page.total == 4)
                paged += page.accessories?.map(\.id) ?? []
            }
            #expect(paged == found.map(\.id))
            for query in ["offset=9223372036854775807", "offset=9223372036854775807&limit=100"] {
                let page: Body = try await scenario.manage("GET", "\(path)?\(query)").record()
                #expect(page.total == 4 && page.accessories == nil)
            }
        }
    }
}
