import BerthOCI
import BerthTestSupport
import Foundation
import Glibc
import Testing

/// What is still to be done when the last byte of a large blob has come. Clients wait 30 seconds for it, so it must not
/// depend on the size of the blob.
@Suite("Finishing an upload")
struct FinishingTests {
    private static let size = 8 * 1024 * 1024

    @Test(
        "R-33 finishing reads nothing again and copies nothing: the hash is known, and the file gets its name",
        arguments: Digest.Algorithm.allCases, [true, false])
    func large(algorithm: Digest.Algorithm, isLastChunkInPut: Bool) async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: Self.size, algorithm: algorithm)
            let session = try await scenario.send(
                "POST", "/v2/acme/app/blobs/uploads/?digest-algorithm=\(algorithm)"
            ).requiredHeader("Location")
            let sentBefore = isLastChunkInPut ? Self.size - 1000 : Self.size
            for start in stride(from: 0, to: sentBefore, by: Self.size / 4) {
                let end = min(start + Self.size / 4, sentBefore)
                #expect(try await scenario.patch(session, blob.bytes, start..<end).status == 202)
            }
            let file = scenario.server.path(ofUpload: session)
            let (watch, number) = (try ReadWatch(file), try fileNumber(of: file))
            let finished = try await scenario.send(
                "PUT", "\(session)?digest=\(blob.digest)", body: .bytes(Array(blob.bytes[sentBefore...])))
            #expect(finished.status == 201)
            #expect(!watch.wasRead)
            #expect(try fileNumber(of: scenario.server.path(of: blob.digest)) == number)

            #expect(try await scenario.holds(blob, in: "acme/app"))
            #expect(watch.wasRead)
        }
    }

    @Test("R-34 sha512 that was not announced costs one more reading at the end, and the answer is right")
    func unannounced() async throws {
        try await withScenario { scenario in
            let blob = SampleBlob(random: Self.size, algorithm: .sha512)
            let session = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.patch(session, blob.bytes, 0..<Self.size).status == 202)
            let file = scenario.server.path(ofUpload: session)
            let (watch, number) = (try ReadWatch(file), try fileNumber(of: file))
            #expect(try await scenario.finish(session, as: blob.digest).status == 201)
            #expect(watch.wasRead)
            #expect(try fileNumber(of: scenario.server.path(of: blob.digest)) == number)
            #expect(try await scenario.holds(blob, in: "acme/app"))

            let wrong = try await scenario.startUpload(in: "acme/app")
            #expect(try await scenario.patch(wrong, blob.bytes, 0..<1000).status == 202)
            let refused = try await scenario.finish(wrong, as: blob.digest)
            #expect(refused.status == 400 && refused.errorCodes == ["DIGEST_INVALID"])
        }
    }

    /// What stays the same when a file is renamed and changes when it is copied.
    private func fileNumber(of path: String) throws -> UInt64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw ToolFailure("there is no \(path)") }
        return UInt64(info.st_ino)
    }
}

/// Tells whether anybody read a file, whatever it is called by then (inotify).
private final class ReadWatch {
    private let descriptor: CInt

    init(_ path: String) throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0, inotify_add_watch(descriptor, path, UInt32(IN_ACCESS)) >= 0 else {
            throw ToolFailure("cannot watch \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Whether it was read since the last question.
    var wasRead: Bool {
        var events = [UInt8](repeating: 0, count: 64 * 1024)
        let count = read(descriptor, &events, events.count)
        guard count > 0 else { return false }
        return events.withUnsafeBytes { bytes in
            var offset = 0
            while offset < count {
                let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                if event.mask & UInt32(IN_ACCESS) != 0 { return true }
                offset += MemoryLayout<inotify_event>.size + Int(event.len)
            }
            return false
        }
    }
}
