/// All addresses that begin with the same bits, written `10.0.0.0/8` or, for one address, `10.1.2.3`.
package struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    private let base: InternetAddress
    private let prefix: Int

    /// - Returns: `nil` unless the text is an address, alone or with the length of a prefix of it.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = InternetAddress(parts[0]) else { return nil }
        base = address
        let bits = address.bytes.count * 8
        guard parts.count == 2 else {
            prefix = bits
            return
        }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(parts[1]),
            length <= bits
        else { return nil }
        prefix = length
    }

    /// A block that stands in this program.
    init(literal text: StaticString) {
        guard let block = AddressBlock("\(text)") else { preconditionFailure("not a block: \(text)") }
        self = block
    }

    /// Whether an address of the same family is in the block.
    package func contains(_ address: InternetAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes.prefix(whole).elementsEqual(base.bytes.prefix(whole)) else { return false }
        guard prefix % 8 > 0 else { return true }
        let mask = UInt8.max << (8 - prefix % 8)
        return address.bytes[whole] & mask == base.bytes[whole] & mask
    }

    package var description: String { "\(base)/\(prefix)" }
}
