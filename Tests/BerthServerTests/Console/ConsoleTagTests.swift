import BerthAccess
import BerthBlobs
import BerthCatalog
import BerthOCI
import BerthRegistry
import BerthTestSupport
import Foundation
import Testing

@Suite("Tags in the console")
struct ConsoleTagTests {
    private static let path = "/console/images/acme/app"
    private static let layerType = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")

    private static func layer(_ content: String) -> SampleBlob { SampleBlob(content, mediaType: layerType) }

    private static func image(_ architecture: String) throws -> SampleManifest {
        try SampleManifest.image(
            architecture, of: [layer("base"), layer("app of \(architecture)")],
            config: """
                {"os":"linux","architecture":"\(architecture)","config":{"Env":["MODE=<b>bold</b>"],"Cmd":["serve","it all"],
                "User":"app","ExposedPorts":{"8080/tcp":{}}},"history":[{"created":"2026-06-18T08:12:44.5Z","created_by":
                "ADD base"},{"created_by":"CMD serve","empty_layer":true},{"created_by":"COPY app of \(architecture)"}]}
                """)
    }

    @Test("a tag tells its layers with what made them, its config, its history and its annotations, as text")
    func image() async throws {
        try await withScenario { scenario in
            let image = try Self.image("arm64")
            try await scenario.push(image, to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let page = try await visitor.get(Self.path + "?tab=tags&tag=v1").requiring(200).text
            for blob in image.blobs.dropFirst() { #expect(page.contains("data-copy=\"\(blob.digest)\"")) }
            for text in [
                image.digest.description, "application/vnd.oci.image.manifest.v1+json", "ADD base", "CMD serve",
                "COPY app of arm64", "serve &quot;it all&quot;", "MODE=&lt;b&gt;bold&lt;/b&gt;", "8080/tcp",
                "linux/arm64",
                "2026-06-18T08:12:44Z", "acme/app:v1", "· acme/acme",
            ] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains("<b>bold"))
            let list = try await visitor.get(Self.path).requiring(200).text
            #expect(list.contains(#"<span class="badge">linux/arm64</span>"#), "also the platform of a single image")
        }
    }

    @Test("an index shows its images one after the other, and what builders and signers put beside them")
    func index() async throws {
        try await withScenario { scenario in
            let images = try ["amd64", "arm64"].map { try Self.image($0) }
            let attestation = try SampleManifest.image("provenance")
            for image in images + [attestation] { try await scenario.push(image, to: "acme/app").requiring(201) }
            let missing = Digest(hashing: [1], algorithm: .sha256)
            let platforms = [("linux", "amd64"), ("linux", "arm64"), ("unknown", "unknown")]
            let children = zip(images + [attestation], platforms).map { image, platform in
                Descriptor(
                    mediaType: .ociManifest, digest: image.digest, size: Int64(image.bytes.count),
                    platform: Platform(architecture: platform.1, os: platform.0))
            }
            let index = try SampleManifest.index(of: children, annotations: ["org.example.note": "<i>note</i>"])
            try await scenario.push(index, to: "acme/app", tag: "v1").requiring(201)
            let signature = try SampleManifest.image(
                "sig", artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json", subject: index.descriptor)
            try await scenario.push(signature, to: "acme/app").requiring(201)

            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            let first = try await visitor.get(Self.path + "?tab=tags&tag=v1").requiring(200).text
            #expect(first.contains("app of amd64") && !first.contains("app of arm64"))
            #expect(first.contains(signature.digest.description) && first.contains(">Signature</span>"))
            #expect(first.contains(attestation.digest.description) && first.contains(">Attestation</span>"))
            #expect(!first.contains("unknown/unknown") && first.contains("&lt;i&gt;note&lt;/i&gt;"))
            let second = try await visitor.get(
                Self.path + "?tab=tags&tag=v1&image=\(images[1].digest)"
            ).requiring(200).text
            #expect(second.contains("app of arm64") && !second.contains("app of amd64"))
            for image in [missing.description, "x", signature.digest.description] {
                let other = try await visitor.get(Self.path + "?tab=tags&tag=v1&image=\(image)").requiring(200).text
                #expect(other.contains("app of amd64"), "what is not in the index is not shown: \(image)")
            }
        }
    }

    @Test("who may pull sees a tag as its owner does, but not who pushed it; nobody else sees it")
    func readers() async throws {
        try await withScenario { scenario in
            try await scenario.push(try Self.image("amd64"), to: "acme/app", tag: "v1").requiring(201)
            try await scenario.share("acme/app")
            let place = Self.path + "?tab=tags&tag=v1"
            for persona in Scenario.Persona.allCases {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let answer = try await visitor.get(place)
                switch persona {
                case .owner, .manager, .writer, .reader:
                    #expect(answer.status == 200 && answer.text.contains("· acme/acme"), "\(persona)")
                case .receiver, .receiverUser:
                    #expect(answer.status == 200 && answer.text.contains("app of amd64"), "\(persona)")
                    #expect(!answer.text.contains("acme/acme"), "\(persona)")
                case .colleague: #expect(answer.status == 403)
                case .stranger: #expect(answer.status == 404)
                }
                let mayDelete = [.owner, .manager].contains(persona)
                #expect(answer.text.contains("do=delete-tag") == mayDelete, "\(persona)")
            }
            let owner = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            for tag in ["none", "-x", "a%20b", String(repeating: "x", count: 200)] {
                #expect(try await owner.get(Self.path + "?tab=tags&tag=\(tag)").status == 404, "\(tag)")
            }
        }
    }

    @Test("only who may delete deletes a tag or the image", arguments: ["delete-tag", "delete-image"])
    func deletion(action: String) async throws {
        try await withScenario { scenario in
            let image = try Self.image("amd64")
            for tag in ["v1", "v2"] { try await scenario.push(image, to: "acme/app", tag: tag).requiring(201) }
            try await scenario.share("acme/app")
            let name = try RepositoryName(parsing: "acme/app")
            func tags() async throws -> [String] {
                try await scenario.registry.listTaggedImages(
                    of: name, TagSelection(by: .name), offset: 0, limit: nil, by: .dataOperator
                ).elements.map(\.name.description)
            }
            let form = ["do": action, "tag": "v1"]
            for persona in [Scenario.Persona.writer, .reader, .colleague, .receiver, .stranger] {
                let visitor = try await ConsoleVisitor.signedIn(persona, in: scenario)
                let status = try await visitor.post(Self.path, form).status
                #expect(status == (persona == .stranger ? 404 : 403), "\(persona)")
            }
            #expect(try await tags() == ["v1", "v2"])
            let manager = try await ConsoleVisitor.signedIn(.manager, in: scenario)
            if action == "delete-image" {
                #expect(try await manager.get(Self.path).text.contains("while it is shared"))
                #expect(try await manager.post(Self.path, form).status == 409, "it is shared")
                try await scenario.registry.removeShare(
                    of: name, with: AccountReference(parsing: "bravo"), by: .dataOperator)
            }
            let answer = try await manager.post(Self.path, form).requiring(303)
            let page = try await manager.get(answer.requiredHeader("Location")).requiring(200).text
            #expect(page.contains("notice ok"))
            if action == "delete-image" {
                #expect(page.contains("acme/app was deleted"))
                #expect(try await manager.get(Self.path).status == 404)
            } else {
                #expect(page.contains("The tag v1 was deleted"))
                #expect(try await tags() == ["v2"])
                for tag in ["v1", "v2"] {
                    let again = try await manager.get(Self.path + "?tab=tags&done=deleted&tag=" + tag)
                    #expect(!again.text.contains("notice ok"), "an address alone says nothing")
                }
            }
            let entries = try await scenario.auditEntries().filter { $0.result == .refused && $0.repository == name }
            #expect(entries.count >= 3, "refusals are on record")
        }
    }

    @Test("a tag that was moved after somebody was asked is not deleted, and what it names now is shown")
    func movedTag() async throws {
        try await withScenario { scenario in
            let (first, second) = (try Self.image("amd64"), try Self.image("arm64"))
            try await scenario.push(first, to: "acme/app", tag: "v1").requiring(201)
            let visitor = try await ConsoleVisitor.signedIn(.owner, in: scenario)
            func asked(_ page: String) throws -> String {
                String(try #require(page.firstMatch(of: #/name="digest" value="([^"]+)"/#)).1)
            }
            let question = try await visitor.get(Self.path + "?tab=tags&do=delete-tag&tag=v1").requiring(200).text
            let seen = try asked(question)
            #expect(seen == first.digest.description)
            try await scenario.push(second, to: "acme/app", tag: "v1").requiring(201)
            let form = ["do": "delete-tag", "tag": "v1", "digest": seen]
            let again = try await visitor.post(Self.path, form).requiring(409).text
            #expect(
                again.contains("role=\"alert\"") && again.contains("The tag v1 was not deleted, since it was moved"))
            #expect(try asked(again) == second.digest.description)
            let now = form.merging(["digest": second.digest.description]) { $1 }
            #expect(try await visitor.post(Self.path, now).status == 303)
        }
    }
}
