import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// One call of the file system after the other fails in the real program.
@Suite struct FailingCallTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let call: String
        /// Below the storage directory.
        let place: String
        let code: CInt
        var testDescription: String { "\(call) in \(place): \(String(cString: strerror(code)))" }
    }

    static let faults: [Fault] =
        [("write", ENOSPC), ("write", EIO), ("fsync", EIO), ("open-write", EIO), ("close", EIO)].map {
            Fault(call: $0.0, place: "/uploads", code: $0.1)
        }
        + [("rename", EIO), ("rename", ENOSPC), ("fsync", EIO), ("mkdir", EIO), ("fchmod", EIO), ("open", EIO)].map {
            Fault(call: $0.0, place: "/blobs", code: $0.1)
        }
        + [("write", EIO), ("write", ENOSPC), ("fsync", EIO), ("read", EIO)].map {
            Fault(call: $0.0, place: "/berth.sqlite", code: $0.1)
        }

    @Test(
        "R-18 whichever call of a push fails, 201 is true, everything else leaves nothing, and the next push succeeds",
        arguments: faults)
    func push(fault: Fault) async throws {
        var generator = SeededGenerator(seed: FaultSettings.seed)
        let calls = try await FailingCalls()
        try await withFaultSite(launcher: calls.launcher) { site async throws in
            var images: [SampleManifest] = []
            let path = site.installation.storage + fault.place
            try await withServer(on: site) { server, client async throws in
                try calls.arm(fault.call, on: path, code: fault.code, nth: .max)
                #expect(try await client.pushImage(try SampleManifest.image("counted \(fault)"), as: "0").status == 201)
                let count = try calls.disarm().matched
                try #require(count > 0 || fault.call == "read", "a push makes no such call")
                let chosen = (0..<count).shuffled(using: &generator).prefix(FaultSettings.failingCalls)
                for nth in chosen.map({ Int32($0 + 1) }) {
                    let image = try SampleManifest.image("\(fault) \(nth)")
                    try calls.arm(fault.call, on: path, code: fault.code, nth: nth)
                    let answer = try await client.pushImage(image, as: "\(nth)")
                    _ = try calls.disarm()
                    if answer.status == 201 {
                        #expect(try await client.holds(image, as: "\(nth)"), "call \(nth)")
                    } else {
                        #expect((500..<600).contains(answer.status) && answer.errorCode != nil, "\(answer)")
                        #expect(try await client.manifest(nth).status == 404)
                        #expect(try await client.pushImage(image, as: "\(nth)").status == 201, "call \(nth)")
                        #expect(try await client.holds(image, as: "\(nth)"), "call \(nth)")
                    }
                    images.append(image)
                }
                await server.kill()
            }
            try await withServer(on: site) { _, client async throws in
                for image in images {
                    let answer = try await client.manifest(image.digest)
                    #expect(answer.body == image.bytes)
                    for blob in image.blobs { #expect(try await client.blob(blob.digest).body == blob.bytes) }
                }
                #expect(try await site.faults().isEmpty)
                #expect(try await site.verify().damaged.isEmpty)
            }
        }
    }

    @Test("R-18 after a failed fsync the upload is gone, file and all, and is not tried again as if it were good")
    func droppedUpload() async throws {
        let calls = try await FailingCalls()
        try await withFaultServer(launcher: calls.launcher) { site, server, client async throws in
            let blob = SampleBlob([UInt8](repeating: 9, count: 100_000))
            let start = try await client.startUpload()
            var upload = OpenUpload(location: try #require(start.header("Location")))
            #expect(try await client.append(Array(blob.bytes.prefix(50_000)), to: &upload).status == 202)
            try calls.arm("fsync", on: site.installation.storage + "/uploads/", code: EIO, nth: 1)
            let failed = try await client.append(Array(blob.bytes.suffix(50_000)), to: &upload)
            #expect(failed.status == 500 && failed.errorCode == "UNKNOWN")
            #expect(try calls.disarm().failed == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: site.storage + "/uploads").isEmpty)
            let again = try await client.append(Array(blob.bytes.suffix(50_000)), to: &upload)
            #expect(again.status == 404 && again.errorCode == "BLOB_UPLOAD_UNKNOWN")
            #expect(try await client.push(blob, by: .chunks).status == 201)
        }
    }
}
