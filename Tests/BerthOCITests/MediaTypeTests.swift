import BerthOCI
import Foundation
import Testing

@Suite struct MediaTypeTests {
    @Test(
        "O-33 parameters of a content type and white space around it are dropped",
        arguments: [
            "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
            "application/vnd.oci.image.manifest.v1+json;charset=utf-8", " application/vnd.oci.image.manifest.v1+json ",
            "\tapplication/vnd.oci.image.manifest.v1+json \t;", "application/vnd.oci.image.manifest.v1+json;;x=\"a;b\"",
        ])
    func dropsParameters(header: String) {
        #expect(MediaType(contentType: header) == .ociManifest)
    }

    @Test("a type is compared as written")
    func comparesAsWritten() {
        #expect(MediaType(rawValue: "Application/json") != MediaType(rawValue: "application/json"))
        #expect(MediaType(contentType: "").rawValue.isEmpty)
    }

    @Test(
        "O-39 non-distributable and foreign layers may be missing, others may not",
        arguments: [
            ("application/vnd.oci.image.layer.nondistributable.v1.tar", true),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", true),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", false),
            ("application/vnd.oci.image.layer.v1.tar", false), ("application/octet-stream", false),
        ])
    func nonDistributable(type: String, mayBeMissing: Bool) {
        #expect(MediaType(rawValue: type).isNonDistributable == mayBeMissing)
    }

    @Test("a type is a plain text in JSON")
    func coding() throws {
        let encoded = try JSONEncoder().encode([MediaType.emptyJSON])
        #expect(try JSONDecoder().decode([String].self, from: encoded) == ["application/vnd.oci.empty.v1+json"])
        #expect(try JSONDecoder().decode([MediaType].self, from: encoded) == [.emptyJSON])
    }
}
