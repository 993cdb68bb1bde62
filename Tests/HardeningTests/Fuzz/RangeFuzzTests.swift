import BerthHTTP
import Testing

extension FuzzTests {
    @Test("a range that is served lies within the size, and a place in an upload prints back to itself")
    func ranges() async {
        let corpus = [
            "bytes=0-", "bytes=0-0", "bytes=0-499", "bytes=500-", "bytes=-1", "bytes=-0", "BYTES=1-2", "bytes= 1-2 ",
            "bytes=0-1,3-4", "bytes=2-1", "bytes=-", "bytes=", "bytes", "items=0-1", "bytes=0-9223372036854775807",
            "bytes=9223372036854775807-", "bytes=-9223372036854775807", "bytes=18446744073709551616-", "bytes=a-b",
            "bytes=0x1-2", "bytes=+1-2", "bytes=1--2", "bytes=１-２", "0-0", "0-499", "5-9", "9-5", "-", "0-",
            "bytes 0-4/5", "9223372036854775806-9223372036854775806", "0-9223372036854775807", "007-9",
        ]
        let sizes: [Int64] = [0, 1, 2, 500, 1 << 40, .max - 1, .max]
        let (accepted, refused) = await FuzzTarget.ranges.fuzz(
            corpus.map { Array($0.utf8) }, tokens: ["bytes=", "-", "0-", "-1", "9223372036854775806"],
            maximumLength: 200
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            var isRange = false
            for size in sizes {
                guard case .part(let part) = RangeRequest.parse(text, size: size) else { continue }
                isRange = true
                try hold(
                    part.lowerBound >= 0 && part.upperBound < size, "\(part) is not within \(size) bytes")
                try hold(
                    RangeRequest.contentRange(part, size: size)
                        == "bytes \(part.lowerBound)-\(part.upperBound)/\(size)",
                    "Content-Range of \(part)")
                let other = RangeRequest.parse(text, size: size, ifRange: "\"a\"", entityTag: "\"b\"")
                try hold(other == .whole, "a range of another version")
            }
            guard let place = try? ContentRange(parsing: text) else { return isRange }
            try hold(place.first >= 0 && place.first <= place.last && place.length >= 1, "runs backwards")
            try hold(place.length - 1 + place.first == place.last, "has another length")
            try hold(try ContentRange(parsing: "\(place.first)-\(place.last)") == place, "prints as another place")
            return true
        }
        #expect(accepted > 20 && refused > 20)
    }
}
