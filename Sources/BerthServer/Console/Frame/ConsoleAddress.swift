import BerthHTTP
import BerthOCI

/// Addresses of pages.
enum ConsoleAddress {
    /// The page of an image.
    static func image(_ name: RepositoryName, tab: String? = nil, _ more: KeyValuePairs<String, String> = [:]) -> String
    {
        let parameters = (tab.map { [("tab", $0)] } ?? []) + more.map { ($0.key, $0.value) }
        return "/console/images/\(name)" + query(parameters)
    }

    /// `?name=value&…` without parameters that are empty; nothing for none.
    static func query(_ parameters: [(String, String)]) -> String {
        let pairs = parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}
