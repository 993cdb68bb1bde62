import BerthOCI
import BerthRegistry
import BerthTestSupport
import Testing

@Suite struct NestedIndexTests {
    /// Two indexes a level, each of which lists both of the level below: 2^29 ways lead from the top to the image.
    private static func pushTower(_ scenario: Scenario) async throws -> [[SampleManifest]] {
        let image = try SampleManifest.image("at the bottom")
        try await scenario.push(image, to: "acme/app")
        var levels = [[image]]
        for level in 1...30 {
            let below = levels[level - 1].map(\.descriptor)
            var indexes: [SampleManifest] = []
            for number in 0..<2 {
                let index = try SampleManifest.index(
                    of: below + below, annotations: ["level": "\(level)", "number": "\(number)"])
                #expect(try await scenario.push(index, to: "acme/app").status == 201)
                indexes.append(index)
            }
            levels.append(indexes)
        }
        return levels
    }

    @Test(
        "S-63 indexes that list each other's children over and over are pushed, listed, checked and deleted one by one",
        .timeLimit(.minutes(5)))
    func diamonds() async throws {
        try await withScenario { scenario in
            let levels = try await Self.pushTower(scenario)
            let top = try #require(levels.last?.first)
            #expect(try await scenario.push(top, to: "acme/app", tag: "top").status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/top").body == top.bytes)
            for path in ["tags", "tags/top", "top/accessories", "top/references"] {
                let listed = try await scenario.manage("GET", "/v2/manage/namespaces/acme/repos/app/\(path)")
                #expect(listed.status == 200, "\(path)")
            }
            let checked = try await scenario.registry.verify()
            #expect(checked.damaged.isEmpty)

            let middle = levels[15][0]
            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(middle.digest)").status != 202)
            for level in levels.reversed() {
                for manifest in level {
                    let deleted = try await scenario.send("DELETE", "/v2/acme/app/manifests/\(manifest.digest)")
                    #expect(deleted.status == 202)
                }
            }
            scenario.server.clock.advance(by: 48 * 60 * 60)
            let report = try await scenario.registry.collectGarbage(grace: .seconds(1))
            #expect(report.deletedBlobs == levels[0][0].blobs.count)
            #expect(try await scenario.registry.verify().checkedBlobs == 0)
        }
    }

    @Test("S-63 a repository with such indexes is deleted as a whole", .timeLimit(.minutes(5)))
    func repository() async throws {
        try await withScenario { scenario in
            _ = try await Self.pushTower(scenario)
            #expect(try await scenario.manage("DELETE", "/v2/manage/namespaces/acme/repos/app").status == 204)
            #expect(try await scenario.send("GET", "/v2/_catalog").text == #"{"repositories":[]}"#)
        }
    }
}
