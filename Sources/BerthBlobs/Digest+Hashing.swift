import BerthOCI
import struct Crypto.SHA256
import struct Crypto.SHA512

extension BerthOCI.Digest {
    /// Makes the digest of bytes that are in memory, such as a manifest.
    package init(hashing bytes: some Sequence<UInt8>, algorithm: Algorithm) {
        let bytes = Array(bytes)
        switch algorithm {
        case .sha256: self.init(algorithm: .sha256, hash: SHA256.hash(data: bytes))
        case .sha512: self.init(algorithm: .sha512, hash: SHA512.hash(data: bytes))
        }
    }
}
