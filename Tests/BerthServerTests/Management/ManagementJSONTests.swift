import Foundation
import Testing

@testable import BerthServer

@Suite("JSON of the management API")
struct ManagementJSONTests {
    private struct Body: Encodable {
        struct Entry: Encodable {
            let updatedAt: ManagementTime
            let isPublic: Bool
            let status: Bool?
            let numImages: Int
            let ratio: Double
            let small: UInt8
            let tags: [String]
            let sizes: [Int64]
        }
        struct Empty: Encodable {}

        let totalRange = Int64.max
        let least = Int64.min
        let texts: [String]
        let labels: [String: String]
        let entries: [Entry]
        let nothing: ManagementJSON.Nullable<[Int]> = .init(value: nil)
        let empty = Empty()
        let none: [Entry] = []
    }

    private struct Other: Encodable {
        let accessDomain = "globex"
    }

    private struct Named: Encodable {
        enum CodingKeys: String, CodingKey {
            case marker = "next_marker"
            case other = "nextMarker"
            case tag = "Tag"
        }
        let marker = 1
        let other = 2
        let tag = 3
    }

    private static let texts = [
        "", "plain", "a\"b\\c/d", "\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}", "ü€😀\u{2028}", "\"", "ends with \\",
        String((0..<128).map { Character(Unicode.Scalar(UInt8($0))) }),
    ]

    private static var body: Body {
        Body(
            texts: texts, labels: ["camelCase": "stays", "a b\"": "x"],
            entries: [(0, true, nil), (1, false, false), (-5, true, true)].map { number, flag, status in
                Body.Entry(
                    updatedAt: ManagementTime(Date(timeIntervalSince1970: 1_700_000_000.25 + Double(number))),
                    isPublic: flag, status: status, numImages: number, ratio: Double(number) / 4, small: 7,
                    tags: texts, sizes: number == 0 ? [] : [Int64(number), 0])
            })
    }

    @Test("bodies are written as Foundation writes them with sorted keys", arguments: [true, false])
    func asFoundation(inSnakeCase: Bool) throws {
        func expectSame(_ body: some Encodable) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            if inSnakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
            let found = try ManagementJSON.encode(body, keys: inSnakeCase ? .snakeCase : .asWritten)
            #expect(String(decoding: found, as: UTF8.self) == String(decoding: try encoder.encode(body), as: UTF8.self))
        }
        try expectSame(Self.body)
        if !inSnakeCase { try expectSame(Named()) }
        try expectSame(Self.body.entries)
        try expectSame(ManagementJSON.Joined(Self.body.entries[0], Other()))
        try expectSame(Self.body.labels)
        try expectSame([[String: [Bool]]]())
        try expectSame(Self.texts)
        try expectSame(["outerKey": Self.body.entries])
        try expectSame(Body.Empty())
    }

    @Test("a number that JSON does not have is not written", arguments: [Double.infinity, .nan])
    func noNumber(_ number: Double) {
        #expect(throws: EncodingError.self) { try ManagementJSON.encode([number]) }
    }

    @Test("instants are written with six digits of fraction, in UTC")
    func instants() {
        #expect(ManagementTime(Date(timeIntervalSince1970: 0)).text == "1970-01-01T00:00:00.000000Z")
        #expect(ManagementTime(Date(timeIntervalSince1970: 951_782_399.001)).text == "2000-02-28T23:59:59.001000Z")
        #expect(ManagementTime(Date(timeIntervalSince1970: 4_102_444_799.999)).text == "2099-12-31T23:59:59.999000Z")
    }
}
