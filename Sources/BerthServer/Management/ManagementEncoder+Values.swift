/// One value on its way into a ``ManagementEncoder``: a single one, a list or an object.
final class ValueEncoder: Encoder {
    private enum Shape {
        case unknown, single, list, object
    }

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let text: ManagementEncoder
    let keys: ManagementJSON.Keys
    private let start: Int
    private var shape = Shape.unknown
    private var members: [ManagementEncoder.Member] = []
    private(set) var count = 0

    init(into text: ManagementEncoder, keys: ManagementJSON.Keys) {
        self.text = text
        self.keys = keys
        start = text.bytes.count
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        shape = .object
        return KeyedEncodingContainer(ObjectEncoder(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        shape = .list
        return ListEncoder(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        shape = .single
        return SingleEncoder(encoder: self)
    }

    /// Writes a member; several containers of one object add to the same members.
    func addMember(_ key: some CodingKey, _ value: () throws -> Void) rethrows {
        let start = text.bytes.count
        let name = text.write(key: key, keys: keys)
        try value()
        members.append(.init(name: name, all: start..<text.bytes.count))
    }

    func addElement(_ value: () throws -> Void) rethrows {
        text.append(count == 0 ? "[" : ",")
        try value()
        count += 1
    }

    /// Ends the value, which may have had nothing to write.
    func finish() {
        switch shape {
        case .single: break
        case .list: text.append(count == 0 ? "[]" : "]")
        case .object, .unknown: text.close(members, from: start)
        }
    }

    /// Bodies are made of values, each of which has a container of its own.
    static func nestedContainersAreUnused() -> Never {
        preconditionFailure("no body of the management API nests containers by hand")
    }
}

private struct ObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { encoder.addMember(key) { encoder.text.append("null") } }

    func encode(_ value: Bool, forKey key: Key) {
        encoder.addMember(key) { encoder.text.write(value) }
    }

    func encode(_ value: String, forKey key: Key) { encoder.addMember(key) { encoder.text.write(value) } }

    func encode(_ value: Double, forKey key: Key) throws {
        try encoder.addMember(key) { try encoder.text.write(value) }
    }

    func encode(_ value: Float, forKey key: Key) throws { try encode(Double(value), forKey: key) }

    func encode(_ value: some FixedWidthInteger & Encodable, forKey key: Key) {
        encoder.addMember(key) { encoder.text.write(value) }
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try encoder.addMember(key) { try encoder.text.encode(value) }
    }

    func nestedContainer<NestedKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> { ValueEncoder.nestedContainersAreUnused() }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        ValueEncoder.nestedContainersAreUnused()
    }

    func superEncoder() -> any Encoder { ValueEncoder.nestedContainersAreUnused() }

    func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder.nestedContainersAreUnused() }
}

private struct ListEncoder: UnkeyedEncodingContainer {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }
    var count: Int { encoder.count }

    func encodeNil() { encoder.addElement { encoder.text.append("null") } }

    func encode(_ value: Bool) { encoder.addElement { encoder.text.write(value) } }

    func encode(_ value: String) { encoder.addElement { encoder.text.write(value) } }

    func encode(_ value: Double) throws { try encoder.addElement { try encoder.text.write(value) } }

    func encode(_ value: Float) throws { try encode(Double(value)) }

    func encode(_ value: some FixedWidthInteger & Encodable) { encoder.addElement { encoder.text.write(value) } }

    func encode(_ value: some Encodable) throws { try encoder.addElement { try encoder.text.encode(value) } }

    func nestedContainer<NestedKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        ValueEncoder.nestedContainersAreUnused()
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { ValueEncoder.nestedContainersAreUnused() }

    func superEncoder() -> any Encoder { ValueEncoder.nestedContainersAreUnused() }
}

private struct SingleEncoder: SingleValueEncodingContainer {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { encoder.text.append("null") }

    func encode(_ value: Bool) { encoder.text.write(value) }

    func encode(_ value: String) { encoder.text.write(value) }

    func encode(_ value: Double) throws { try encoder.text.write(value) }

    func encode(_ value: Float) throws { try encode(Double(value)) }

    func encode(_ value: some FixedWidthInteger & Encodable) { encoder.text.write(value) }

    func encode(_ value: some Encodable) throws { try encoder.text.encode(value) }
}
