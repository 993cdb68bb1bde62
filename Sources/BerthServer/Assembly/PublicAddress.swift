import Foundation
import NIOConcurrencyHelpers

/// The address that clients use: the setting `public-url`, or where the server listens once that is known.
///
/// It is never taken from a request, so that nobody can make the server send others' credentials elsewhere.
package final class PublicAddress: Sendable {
    private let value: NIOLockedValueBox<String>

    /// - Parameter url: `http://` or `https://` and host, without a slash at the end.
    package init(_ url: String) { value = NIOLockedValueBox(url) }

    package var url: String {
        get { value.withLockedValue(\.self) }
        set { value.withLockedValue { $0 = newValue } }
    }

    /// Host and port, as image names begin.
    package var host: String {
        let url = url
        return url.range(of: "://").map { String(url[$0.upperBound...]) } ?? url
    }
}
