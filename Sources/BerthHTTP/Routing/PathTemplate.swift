/// A path with named segments, such as `/v2/manage/namespaces/{namespace}/repos/{repository}`.
///
/// A path is split at its slashes before its segments are percent-decoded, so an encoded slash is part of a segment.
package struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    private let segments: [Segment]
    package let description: String

    package init(_ template: StaticString) {
        description = template.description
        segments = description.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The values of the named segments in a path that fits; `nil` for one that does not.
    package func match(_ path: DecodedPath) -> [String: String]? {
        guard path.segments.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, text) in zip(segments, path.segments) {
            switch segment {
            case .literal(let expected): guard text == expected else { return nil }
            case .parameter(let name): parameters[name] = text
            }
        }
        return parameters
    }
}

/// The segments of a path, each percent-decoded.
package struct DecodedPath: Sendable {
    /// The most segments that any path of Berth has, with some to spare.
    private static let maximumSegments = 16

    let segments: [String]

    /// Reads the raw path of a request, without its query; one slash at the end is passed over.
    ///
    /// `nil` for a path that no resource has: an empty segment, `.` or `..`, a broken `%` sequence, bytes that are not
    /// UTF-8, or a control character.
    package init?(_ path: some StringProtocol) {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var raw = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if raw.last?.isEmpty == true { raw.removeLast() }
        guard raw.count <= Self.maximumSegments else { return nil }
        var segments: [String] = []
        for segment in raw {
            guard let text = PercentEncoding.decode(segment), !text.isEmpty, text != ".", text != ".." else {
                return nil
            }
            segments.append(text)
        }
        self.segments = segments
    }
}
