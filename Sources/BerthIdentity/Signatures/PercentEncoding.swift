/// Percent-encoding (RFC 3986, 2.1) that leaves only unreserved characters as they are.
enum PercentEncoding {
    /// - Throws: ``SignatureError/encoding`` when a `%` is not followed by two hexadecimal digits.
    static func decode(_ text: some Sequence<UInt8>) throws(SignatureError) -> [UInt8] {
        var decoded: [UInt8] = []
        var bytes = text.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(digit), let low = bytes.next().flatMap(digit) else {
                throw .encoding
            }
            decoded.append(high << 4 | low)
        }
        return decoded
    }

    static func encode(_ bytes: ArraySlice<UInt8>) -> String {
        var encoded: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), capitals[Int(byte >> 4)], capitals[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static let capitals = Array("0123456789ABCDEF".utf8)

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x7E
        }
    }
}
