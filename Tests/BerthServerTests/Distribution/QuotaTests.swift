import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Quotas: row R-45")
struct QuotaTests {
    private func settings(_ quotas: Quotas) -> RegistrySettings {
        var settings = RegistrySettings()
        settings.quotas = quotas
        return settings
    }

    @Test("an account has no more organizations than its quota, made by whomever; one that goes makes room")
    func organizations() async throws {
        try await withScenario(settings: settings(Quotas(organizations: 2))) { scenario in
            let owner = AccountReference.name(try AccountName(parsing: "acme"))
            let (second, third) = (try OrganizationName(parsing: "second"), try OrganizationName(parsing: "third"))
            try await scenario.registry.addOrganization(second, account: owner, by: .dataOperator)
            let sentence = await refusal(.organizationQuota) {
                try await scenario.registry.addOrganization(third, account: owner, by: .dataOperator)
            }
            #expect(sentence.contains("organizations") && sentence.contains("acme") && sentence.contains(" 2"))
            try await scenario.registry.removeOrganization(second, by: .dataOperator)
            try await scenario.registry.addOrganization(third, account: owner, by: .dataOperator)
        }
    }

    @Test("a push to a new repository beyond the quota is refused at its first request, to the others it goes on")
    func repositories() async throws {
        try await withScenario(settings: settings(Quotas(repositories: 1))) { scenario in
            let image = try SampleManifest.image()
            #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
            let upload = try await scenario.send("POST", "/v2/acme/other/blobs/uploads/", as: .writer)
            #expect(upload.status == 403 && upload.errorCodes == ["DENIED"])
            #expect(upload.text.contains("acme uses 1 of its 1 repositories"))
            #expect(try await scenario.push(image, to: "acme/other", tag: "v1").status != 201)
            #expect(try await scenario.push(try .image("more"), to: "acme/app", tag: "v2").status == 201)
            // What another account owns is another's quota.
            #expect(try await scenario.push(image, to: "bravo/app", tag: "v1", as: .receiver).status == 201)
            try await scenario.registry.removeRepository(RepositoryName(parsing: "acme/app"), by: .dataOperator)
            #expect(try await scenario.push(image, to: "acme/other", tag: "v1").status == 201)
        }
    }

    @Test(
        "a blob that a manifest has been waiting for counts when it comes, sent or mounted", arguments: [true, false])
    func lateBlobs(isMounted: Bool) async throws {
        let layer = SampleBlob(String(repeating: "late", count: 1000))
        let config = SampleBlob("{}", mediaType: .ociConfig)
        let text = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":\
            "\(config.mediaType)","digest":"\(config.digest)","size":2},"layers":[{"mediaType":\
            "application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"\(layer.digest)",\
            "size":\(layer.bytes.count)}]}
            """
        let image = SampleManifest(bytes: Array(text.utf8), mediaType: .ociManifest, blobs: [config])
        try await withScenario(settings: settings(Quotas(storage: 6000))) { scenario in
            try await scenario.push(layer, to: "acme/library")
            #expect(try await scenario.push(image, to: "acme/app", tag: "v1").status == 201)
            #expect(try await scenario.push(image, to: "acme/web", tag: "v1").status == 201)
            func bring(to repository: String) async throws -> TestResponse {
                isMounted
                    ? try await scenario.send(
                        "POST", "/v2/\(repository)/blobs/uploads/?mount=\(layer.digest)&from=acme/library")
                    : try await scenario.push(layer, to: repository)
            }
            #expect(try await bring(to: "acme/app").status == 201)
            let second = try await bring(to: "acme/web")
            #expect(second.status == 403 && second.errorCodes == ["DENIED"])
            #expect(try await scenario.send("HEAD", "/v2/acme/web/blobs/\(layer.digest)").status == 404)
        }
    }

    @Test("new tags beyond the quota are refused and leave nothing; moving and pushing again are not new")
    func tags() async throws {
        try await withScenario(settings: settings(Quotas(tags: 2))) { scenario in
            let (old, new) = (try SampleManifest.image("old"), try SampleManifest.image("new"))
            try await scenario.push(old, to: "acme/app", tag: "v1")
            try await scenario.push(old, to: "acme/web", tag: "v1")
            let refused = try await scenario.push(new, to: "acme/app", tag: "v2")
            #expect(refused.status == 403 && refused.errorCodes == ["DENIED"] && refused.text.contains("quota.tags"))
            #expect(try await scenario.tags(of: "acme/app") == ["v1"])
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(new.digest)").status == 404)
            #expect(try await scenario.push(new, to: "acme/app").status == 201)
            #expect(try await scenario.push(new, to: "acme/app", tag: "v1").status == 201)
            #expect(try await scenario.push(old, to: "acme/web", tag: "v1").status == 201)
            #expect(try await scenario.send("DELETE", "/v2/acme/web/manifests/v1").status == 202)
            #expect(try await scenario.push(new, to: "acme/app", tag: "v2").status == 201)
        }
    }

    @Test("storage: what is too much is refused, what is there is pushed again, what goes makes room")
    func storage() async throws {
        let (first, second) = (try SampleManifest.image("first image"), try SampleManifest.image("other image"))
        let limit = Int64((first.bytes + first.blobs.flatMap(\.bytes)).count + 50)
        try await withScenario(settings: settings(Quotas(storage: limit))) { scenario in
            #expect(try await scenario.push(first, to: "acme/app", tag: "v1").status == 201)
            let blob = try #require(second.blobs.first)
            let early = try await scenario.push(blob, to: "acme/app")
            #expect(early.status == 403 && early.errorCodes == ["DENIED"])
            #expect(early.text.contains("\(limit) bytes") && early.text.contains("acme"))

            // In two requests its digest is known with the second.
            let session = try await scenario.startUpload(in: "acme/app")
            let chunk = try await scenario.patch(session, blob.bytes, 0..<blob.bytes.count)
            #expect(chunk.status == 202)
            let last = try await scenario.send("PUT", "\(session)?digest=\(blob.digest)")
            #expect(last.status == 403 && last.errorCodes == ["DENIED"])
            #expect(try await scenario.send("GET", session).status == 404)
            #expect(try await scenario.send("HEAD", "/v2/acme/app/blobs/\(blob.digest)").status == 404)

            for blob in first.blobs { #expect(try await scenario.push(blob, to: "acme/app").status == 201) }
            let again = try await scenario.startUpload(in: "acme/app")
            let layer = try #require(first.blobs.last)
            let whole = try await scenario.send(
                "PUT", "\(again)?digest=\(layer.digest)", body: .bytes(layer.bytes))
            #expect(whole.status == 201)
            #expect(try await scenario.push(first, to: "acme/app", tag: "v2").status == 201)

            #expect(try await scenario.send("DELETE", "/v2/acme/app/manifests/\(first.digest)").status == 202)
            #expect(try await scenario.usage(of: "acme").bytes == 0)
            #expect(try await scenario.push(second, to: "acme/app", tag: "v3").status == 201)
        }
    }

    @Test("a blob that is larger than the whole quota is refused before its bytes are sent")
    func larger() async throws {
        try await withScenario(settings: settings(Quotas(storage: 1000))) { scenario in
            let session = try await scenario.startUpload(in: "acme/app")
            let bytes = [UInt8](repeating: 7, count: 1001)
            let refused = try await scenario.patch(session, bytes, 0..<1001)
            #expect(refused.status == 403 && refused.errorCodes == ["DENIED"])
            #expect(try await scenario.patch(session, bytes, 0..<600).status == 202)
            #expect(try await scenario.patch(session, bytes, 600..<1001).status == 403)
        }
    }

    @Test("blobs that were pushed beforehand do not slip past the quota of storage with their manifest")
    func manifest() async throws {
        let images = try (0..<3).map { try SampleManifest.image("image number \($0)") }
        let limit = Int64((images[0].bytes + images[0].blobs.flatMap(\.bytes)).count * 2)
        try await withScenario(settings: settings(Quotas(storage: limit))) { scenario in
            for image in images {
                for blob in image.blobs { #expect(try await scenario.push(blob, to: "acme/app").status == 201) }
            }
            func put(_ image: SampleManifest) async throws -> TestResponse {
                try await scenario.send(
                    "PUT", "/v2/acme/app/manifests/\(image.digest)",
                    headers: [("Content-Type", image.mediaType.rawValue)], body: .bytes(image.bytes))
            }
            #expect(try await put(images[0]).status == 201)
            #expect(try await put(images[1]).status == 201)
            let refused = try await put(images[2])
            #expect(refused.status == 403 && refused.text.contains("quota.storage"))
            #expect(try await put(images[0]).status == 201)
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/\(images[2].digest)").status == 404)
        }
    }

    @Test("what is shared with an account takes nothing of its quotas")
    func shared() async throws {
        try await withScenario(settings: settings(Quotas(repositories: 1, tags: 1, storage: 10_000))) { scenario in
            let image = try SampleManifest.image()
            try await scenario.push(image, to: "acme/app", tag: "v1")
            try await scenario.share("acme/app")
            #expect(try await scenario.send("GET", "/v2/acme/app/manifests/v1", as: .receiver).status == 200)
            #expect(try await scenario.usage(of: "bravo").repositories == 0)
            #expect(try await scenario.push(image, to: "bravo/app", tag: "v1", as: .receiver).status == 201)
        }
    }
}
