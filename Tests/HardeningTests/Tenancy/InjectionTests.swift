import BerthCatalog
import BerthIdentity
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

/// What stands in a parameter is a value: never a part of a statement, never a column that the list has not.
@Suite struct InjectionTests {
    private static let hostile = [
        "'", "\"", "'--", "' OR '1'='1", "') OR 1=1 --", "1;DROP TABLE users;--", "x' UNION SELECT secret FROM keys--",
        "%", "_", "a%", "*", "[a-z]*", "\\", "`", "password~^a", "null", "true", "0x41", "a\nb", "ＡＤＭＩＮ", "\u{202E}",
    ]

    private static let lists =
        [
            (
                "/v2/manage/repos",
                [
                    "name", "namespace", "category", "is_public", "order_column", "order_type", "limit", "offset",
                    "filter",
                ]
            ),
            ("/v3/manage/repos", ["name", "namespace", "category", "is_public", "limit", "marker"]),
            ("/v2/manage/namespaces", ["namespace", "mode", "filter"]),
            (
                "/v2/manage/shared-repositories?center=self",
                ["name", "namespace", "domain_name", "status", "order_column", "order_type", "limit", "offset"]
            ),
            ("/v3/manage/shared-repositories?shared_by=self", ["name", "namespace", "status", "limit", "marker"]),
            (
                "/v2/manage/namespaces/acme/repos/app/tags",
                ["tag", "order_column", "order_type", "limit", "offset", "filter"]
            ),
            ("/v3/manage/namespaces/acme/repos/app/tags", ["tag", "order_column", "order_type", "limit", "marker"]),
            ("/v2/manage/namespaces/acme/repos/app/retentions/histories", ["limit", "offset"]),
            ("/v2/manage/namespaces/acme/repos/app/sync_job?limit=1&offset=0", ["order"]),
            ("/v2/manage/namespaces/acme/repos/app/v1/references", ["marker", "limit"]),
            ("/v2/manage/namespaces/acme/repos/app/v1/accessories", ["limit", "offset"]),
        ] as [(String, [String])]

    private static func prepare(_ scenario: Scenario) async throws {
        for (name, persona) in [
            ("acme/app", Scenario.Persona.owner), ("acme/other", .owner), ("cargo/jade", .stranger),
        ] {
            try await scenario.push(SampleManifest.index(of: []), to: name, tag: "v1", as: persona).requiring(201)
        }
    }

    /// Checks that an answer is a refusal, or holds nothing where `value` was searched for.
    private static func check(_ answer: TestResponse, to key: String, _ value: String, _ target: String) {
        let isValue = ["is_public", "status"].contains(key) && value == "true"
        let isSearch = ["name", "namespace", "domain_name", "tag"].contains(key)
        let mayBeRefused = !isSearch && !isValue || value.contains("\n")
        let mayBeRead = isSearch || isValue
        #expect(mayBeRefused && answer.status == 400 || mayBeRead && answer.status == 200, "\(target)")
        for name in ["app", "other", "jade", "v1"] where answer.status == 200 {
            #expect(!answer.text.contains(name), "\(target)")
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { String(format: "%%%02X", $0) }.joined()
    }

    @Test("S-20 whatever stands in a parameter of a list, the answer is a refusal or has nothing more in it")
    func parameters() async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let token = try await scenario.managementToken()
            let before = try await scenario.registry.catalog.read { try $0.counts() }
            try await scenario.client.withConnection { connection in
                func get(_ target: String) async throws -> TestResponse {
                    try await connection.send("GET", target, headers: [("X-Auth-Token", token)])
                }
                for (list, keys) in Self.lists {
                    try await get(list).requiring(200)
                    // The type of an order means nothing without its column.
                    for key in keys where key != "order_type" {
                        for value in Self.hostile {
                            let target = list + (list.contains("?") ? "&" : "?") + key + "=" + Self.encoded(value)
                            Self.check(try await get(target), to: key, value, target)
                        }
                    }
                }
            }
            let after = try await scenario.registry.catalog.read { try $0.counts() }
            #expect(after == before)
        }
    }

    @Test(
        "S-20 a list is ordered by the columns that it names and no others",
        arguments: [
            "secret", "password_hash", "id", "r.id", "owner", "name,id", "name desc", "name;", "name--", "1",
            "(SELECT 1)",
            "CASE WHEN 1 THEN name END", "rowid", "NAME", " name", "name\u{0}",
        ])
    func columns(column: String) async throws {
        try await withScenario { scenario in
            try await Self.prepare(scenario)
            let token = try await scenario.managementToken()
            for (list, keys) in Self.lists where keys.contains("order_column") {
                for type in ["asc", "desc", "", "1;--"] {
                    let target =
                        "\(list)\(list.contains("?") ? "&" : "?")order_column=\(Self.encoded(column))"
                        + "&order_type=\(Self.encoded(type))"
                    let answer = try await scenario.client.send("GET", target, headers: [("X-Auth-Token", token)])
                    #expect(answer.status == 400, "\(target)")
                }
            }
        }
    }

    @Test("S-20 cursors, filters and names of the registry API are values as well")
    func distribution() async throws {
        var settings = RegistrySettings()
        settings.signIns.attempts = 0
        try await withScenario(settings: settings) { scenario in
            try await Self.prepare(scenario)
            let subject = try SampleManifest.index(of: []).digest
            for value in Self.hostile.map(Self.encoded) {
                for (path, texts) in [
                    (
                        "/v2/acme/app/tags/list?last=\(value)",
                        [#"{"name":"acme/app","tags":[]}"#, #"{"name":"acme/app","tags":["v1"]}"#]
                    ),
                    (
                        "/v2/_catalog?last=\(value)",
                        [#"{"repositories":[]}"#, #"{"repositories":["acme/app","acme/other"]}"#]
                    ),
                ] {
                    let answer = try await scenario.send("GET", path)
                    #expect(answer.status == 400 || texts.contains(answer.text), "\(path): \(answer.text)")
                    #expect(answer.status < 500, "\(path)")
                }
                let referrers = try await scenario.send(
                    "GET", "/v2/acme/app/referrers/\(subject)?artifactType=\(value)")
                #expect(referrers.status == 400 || referrers.text.contains(#""manifests":[]"#), "\(value)")
                for path in ["manifests/\(value)", "blobs/\(value)", "blobs/uploads/\(value)", "referrers/\(value)"] {
                    let answer = try await scenario.send("GET", "/v2/acme/app/\(path)")
                    #expect((400..<500).contains(answer.status), "\(path)")
                }
                let login = try await scenario.client.send(
                    "GET", "/v2/", headers: [TestClient.basic(value.removingPercentEncoding ?? "", "x")])
                #expect(login.status == 401, "\(value)")
            }
        }
    }
}
