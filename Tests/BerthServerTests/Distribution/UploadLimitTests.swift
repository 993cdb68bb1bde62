import BerthRegistry
import BerthTestSupport
import Testing

@Suite struct UploadLimitTests {
    @Test("a user has as many unfinished uploads as the setting says; another user, and one that ended, do not count")
    func maximum() async throws {
        var settings = RegistrySettings()
        settings.maximumUploads = 2
        try await withScenario(settings: settings) { scenario in
            let first = try await scenario.startUpload(in: "acme/app")
            _ = try await scenario.startUpload(in: "acme/other")
            let refused = try await scenario.send("POST", "/v2/acme/app/blobs/uploads/")
            #expect(refused.status == 429)
            #expect(refused.errorCodes == ["TOOMANYREQUESTS"])
            #expect(refused.header("Retry-After") != nil)
            #expect(try await scenario.send("POST", "/v2/acme/app/blobs/uploads/", as: .writer).status == 202)
            #expect(try await scenario.push(SampleBlob("whole"), to: "acme/app").status == 201)

            #expect(try await scenario.send("DELETE", first).status == 204)
            #expect(try await scenario.send("POST", "/v2/acme/app/blobs/uploads/").status == 202)
        }
    }
}
