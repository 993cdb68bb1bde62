import BerthAccess
import BerthOutbound

/// Another region: its name, where its registry is, and the credentials for it. Shown without them.
package struct RemoteRegion: Sendable, Hashable, CustomStringConvertible {
    package let region: Region
    package let endpoint: RegistryEndpoint

    /// Reads `NAME=URL`.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let region = try? Region(parsing: parts[0]),
            let endpoint = RegistryEndpoint(String(parts[1]))
        else { return nil }
        self.region = region
        self.endpoint = endpoint
    }

    /// Reads regions that are separated by commas, spaces or both; `none` is no region.
    ///
    /// - Returns: `nil` for anything else, and when a region is named twice.
    static func list(_ text: String) -> [RemoteRegion]? {
        guard text != "none" else { return [] }
        let parts = text.split { $0 == "," || $0 == " " }
        let regions = parts.compactMap { RemoteRegion($0) }
        guard !parts.isEmpty, regions.count == parts.count, Set(regions.map(\.region)).count == parts.count else {
            return nil
        }
        return regions
    }

    package var description: String { "\(region)=\(endpoint)" }
}
