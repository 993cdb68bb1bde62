import BerthRegistry
import HTTPTypes
import Hummingbird

/// One of the tabs of an image.
struct ImageTab: Sendable {
    /// What a tab shows.
    struct View: Sendable {
        let template: String
        let content: any Sendable

        init(_ template: String, _ content: any Sendable) {
            self.template = template
            self.content = content
        }
    }

    /// A form that is shown again, since something in it was refused.
    struct Refused: Error {
        let view: View
        var status = HTTPResponse.Status.unprocessableContent
    }

    /// The tab in addresses.
    let word: String
    /// Whether only users of the account that owns the image have it.
    var isOfOwner = true
    /// Whether it shows nothing to who may not manage the image.
    var needsManage = false
    let show: @Sendable (Visit, Repository) async throws -> View
    /// What its forms do.
    var actions: [FormAction] = []
    /// Does what a form says, and leads on.
    ///
    /// Throws ``Refused``, and errors that no field is about.
    var act: @Sendable (FormAction, Visit, Repository) async throws -> Response = { _, _, _ in
        throw ConsoleError.notFound
    }
    /// What was done by the form that led here (``Visit/done``), if that is how things are now: an address alone makes no
    /// page say so.
    var notice: @Sendable (Visit, Repository) async throws -> String? = { _, _ in nil }

    static let all: [ImageTab] = [
        TagsTab.tab, DescriptionTab.tab, SharingTab.tab, PermissionsTab.tab, ActivityTab.tab,
    ]
}
