/// Where a request comes from.
package struct RequestOrigin: Sendable, Hashable {
    /// The address of the client, without a port; empty for the command line.
    package let address: String
    /// The address, or the part of it that one customer is given, such as `2001:db8:0:1::/64`.
    package let network: String

    package init(address: String, network: String) {
        self.address = address
        self.network = network
    }

    /// The machine of the registry itself.
    package static let commandLine = RequestOrigin(address: "", network: "")
}
