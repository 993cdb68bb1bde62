import NIOCore

/// The bytes of a blob, in the form the store has them.
package enum BlobContent: Sendable {
    /// The largest blob that comes as ``bytes(_:)``, in bytes: configurations are smaller, layers are not.
    package static let maximumInMemory: Int64 = 16 * 1024

    /// A small blob, read and found to be what its digest says.
    case bytes(ByteBuffer)
    /// An open file, which can be sent without copying.
    case file(BlobFile)
    /// `size` bytes that come in order, from a store that has no files.
    case stream(size: Int64, any AsyncSequence<ByteBuffer, any Error> & Sendable)

    /// Bytes.
    package var size: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.readableBytes)
        case .file(let file): file.size
        case .stream(let size, _): size
        }
    }
}

/// An open, complete blob.
///
/// It owns the descriptor and closes it when it is released, so whoever sends from the descriptor must hold this value
/// until the last byte is sent. Its bytes stay readable although the blob is removed or replaced in the meantime.
package final class BlobFile: Sendable {
    private let file: OpenFile
    /// Bytes.
    package let size: Int64

    init(_ file: OpenFile, size: Int64) {
        self.file = file
        self.size = size
    }

    /// Open for reading. Not valid after ``close()``; read from it with offsets only, since it may be shared.
    package var descriptor: CInt { file.descriptor }

    /// Fills `buffer` from an offset; fewer bytes come only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        try file.read(into: buffer, at: offset)
    }

    /// Closes the descriptor before the last reference goes. Idempotent.
    package func close() { file.close() }
}
