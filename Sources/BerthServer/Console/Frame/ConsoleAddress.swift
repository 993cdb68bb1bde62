import BerthAccess
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

    /// The page of an organization.
    static func organization(_ name: OrganizationName, _ more: KeyValuePairs<String, String> = [:]) -> String {
        "/console/organizations/\(name)" + query(more.map { ($0.key, $0.value) })
    }

    /// The page of the organization that an image is in.
    static func organization(of image: RepositoryName) -> String { "/console/organizations/\(image.organization)" }

    /// The list of the images of an organization.
    static func images(of name: OrganizationName) -> String { "/console/images" + query([("q", "\(name)/")]) }

    /// The page of a user of the account.
    static func user(_ name: UserName, _ more: KeyValuePairs<String, String> = [:]) -> String {
        "/console/users/\(name)" + query(more.map { ($0.key, $0.value) })
    }

    /// `?name=value&…` without parameters that are empty; nothing for none.
    static func query(_ parameters: [(String, String)]) -> String {
        let pairs = parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}
