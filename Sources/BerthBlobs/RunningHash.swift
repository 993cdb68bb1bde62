import BerthOCI
import Crypto

/// The hash of the bytes that came so far. A copy is independent of the original.
struct RunningHash: Sendable {
    private enum Function: Sendable {
        case sha256(SHA256)
        case sha512(SHA512)
    }

    let algorithm: BerthOCI.Digest.Algorithm
    private var function: Function

    init(_ algorithm: BerthOCI.Digest.Algorithm) {
        self.algorithm = algorithm
        function =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha512: .sha512(SHA512())
            }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch function {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            function = .sha256(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            function = .sha512(hash)
        }
    }

    /// The digest of the bytes so far; more may follow.
    var digest: BerthOCI.Digest {
        switch function {
        case .sha256(let hash): BerthOCI.Digest(algorithm: algorithm, hash: hash.finalize())
        case .sha512(let hash): BerthOCI.Digest(algorithm: algorithm, hash: hash.finalize())
        }
    }
}
