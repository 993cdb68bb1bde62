import BerthOCI
import Testing

@testable import BerthBlobs

@Suite struct UploadIDTests {
    @Test("an id survives the way through its text, and no two are alike")
    func roundTrip() throws {
        let id = UploadID()
        #expect(try UploadID(parsing: id.description) == id)
        #expect(Set((0..<100).map { _ in UploadID() }).count == 100)
    }

    @Test(
        "S-56 nothing but a lower-case UUID is an upload id",
        arguments: [
            "", "..", "../../../../etc/passwd", "%2e%2e%2f", "..\\..", "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4",
            "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4bb", "6B1C7F0E-0F5D-4B7E-9D5E-0C8A3C1F2D4B",
            "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4/", "6b1c7f0e/0f5d-4b7e-9d5e-0c8a3c1f2d4b",
            "6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4\0", "\u{660}b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4b",
            "../../../../../../../../../etc/passw", "6b1c7f0e00f5d04b7e09d5e00c8a3c1f2d4b",
        ])
    func hostile(text: String) {
        #expect(throws: ParseFailure.self) { try UploadID(parsing: text) }
    }

    @Test("S-56 every path of the layout stays below its directory and has only its own segments")
    func paths() throws {
        let layout = StorageLayout(root: "/r")
        let id = UploadID()
        #expect(layout.path(of: id) == "/r/uploads/\(id)")
        let digest = sha256([1, 2, 3])
        #expect(layout.path(of: digest) == "/r/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)")
        let long = sha512([1, 2, 3])
        #expect(layout.path(of: long) == "/r/blobs/sha512/\(long.hex.prefix(2))/\(long.hex)")
    }
}
