import Foundation

/// A system call that failed.
struct SystemFailure: Error, Equatable {
    /// The name of the call, such as `fsync`.
    let call: String
    /// Its `errno`.
    let code: CInt

    /// What the store's callers are told; `subject` is the digest or upload it happened to.
    func blobStoreError(on subject: any CustomStringConvertible) -> BlobStoreError {
        switch code {
        case ENOSPC, EDQUOT: .outOfSpace
        case EROFS: .readOnly
        default: .ioFailure("\(call) failed for \(subject): \(String(cString: strerror(code)))")
        }
    }

    /// Runs a call that answers with a negative number when it fails, again when a signal interrupted it.
    @discardableResult
    static func check<Answer: SignedInteger>(_ call: String, _ body: () -> Answer) throws(SystemFailure) -> Answer {
        while true {
            let answer = body()
            if answer >= 0 { return answer }
            let code = errno
            if code != EINTR { throw SystemFailure(call: call, code: code) }
        }
    }

    /// As ``check(_:_:)``, but nil when there is no such file.
    static func checkExisting<Answer: SignedInteger>(
        _ call: String, _ body: () -> Answer
    ) throws(SystemFailure) -> Answer? {
        do {
            return try check(call, body)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }
}
