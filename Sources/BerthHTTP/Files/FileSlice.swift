/// Bytes of an open file that are to be sent.
///
/// The descriptor is only borrowed: `keepAlive` owns it and must close it no earlier than when it is released itself.
/// The file must not become shorter meanwhile; if it does, the response is broken off.
package struct FileSlice: Sendable {
    let descriptor: CInt
    /// Where the bytes begin in the file.
    let offset: Int64
    let length: Int64
    private let keepAlive: any Sendable

    /// - Precondition: `offset` and `length` are not negative.
    package init(descriptor: CInt, offset: Int64, length: Int64, keepAlive: any Sendable) {
        precondition(offset >= 0 && length >= 0, "a slice of a file lies within it")
        self.descriptor = descriptor
        self.offset = offset
        self.length = length
        self.keepAlive = keepAlive
    }

    /// The slice in pieces that end where the file's offset is a multiple of `size`.
    func pieces(of size: Int64) -> some Sequence<FileSlice> {
        sequence(state: offset) { [self] position in
            let end = offset + length
            guard position < end else { return nil }
            let start = position
            position = Swift.min((start / size + 1) * size, end)
            return FileSlice(
                descriptor: descriptor, offset: start, length: position - start, keepAlive: keepAlive)
        }
    }
}
