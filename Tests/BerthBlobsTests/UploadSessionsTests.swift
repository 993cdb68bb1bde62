import BerthOCI
import Testing

@testable import BerthBlobs

@Suite struct UploadSessionsTests {
    private let progress = UploadProgress(length: 5, hash: nil, isDurable: true, hasDurableName: true)

    @Test("a second claim is refused until the first is released, and then gets what was kept")
    func exclusive() throws {
        var sessions = UploadSessions(idleLimit: 4)
        let id = UploadID()
        #expect(try sessions.claim(id) == nil)
        #expect(throws: BlobStoreError.uploadBusy) { try sessions.claim(id) }
        let isKept = sessions.release(id, keeping: progress)
        #expect(isKept)
        #expect(try sessions.claim(id)?.length == 5)
    }

    @Test("a refused claim does not hide that the upload was removed under its writer")
    func removedWhileBusy() throws {
        var sessions = UploadSessions(idleLimit: 4)
        let id = UploadID()
        _ = try sessions.claim(id)
        sessions.remove(id)
        #expect(throws: BlobStoreError.uploadBusy) { try sessions.claim(id) }
        #expect(sessions.isRemoved(id))
        let isKept = sessions.release(id, keeping: progress)
        #expect(!isKept)
        #expect(try sessions.claim(id) == nil)
    }

    @Test("what was unused for the longest time is forgotten first, and the bound holds through removals")
    func bounded() throws {
        var sessions = UploadSessions(idleLimit: 2)
        let ids = (0..<4).map { _ in UploadID() }
        for id in ids[..<2] {
            _ = try sessions.claim(id)
            _ = sessions.release(id, keeping: progress)
        }
        _ = try sessions.claim(ids[0])
        _ = sessions.release(ids[0], keeping: progress)
        _ = try sessions.claim(ids[2])
        _ = sessions.release(ids[2], keeping: progress)
        #expect(try sessions.claim(ids[1]) == nil)
        #expect(try sessions.claim(ids[0]) != nil)
        #expect(try sessions.claim(ids[2]) != nil)
        for id in ids[..<3] { _ = sessions.release(id, keeping: nil) }

        for id in ids[..<2] {
            _ = try sessions.claim(id)
            _ = sessions.release(id, keeping: progress)
        }
        sessions.remove(ids[0])
        _ = try sessions.claim(ids[3])
        _ = sessions.release(ids[3], keeping: progress)
        #expect(try sessions.claim(ids[1]) != nil)
    }
}
