import BerthAccess
import BerthRegistry
import HTTPTypes
import Hummingbird
import Mustache

/// A page: what its template shows, in the frame that all pages have.
struct ConsolePage {
    /// Which part of the console the page belongs to, as the navigation marks it.
    enum Section: String {
        case overview, images, organizations, users, none
    }

    let title: String
    let template: String
    var section = Section.none
    /// Whether the page can be shown again, which choosing a language does.
    var isSafeToLeave = true
    /// What the template shows: properties are found by their names.
    let content: any Sendable

    func response(_ visit: Visit, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        let frame = Frame(
            lang: visit.language.tag, t: visit.texts.all, title: title, region: visit.registry.region.description,
            session: visit.session.map { Frame.Session($0) }, isEnglish: visit.language == .english,
            hasLanguages: isSafeToLeave,
            path: visit.request.uri.string, at: [section.rawValue: true], style: ConsoleAssets.address("style.css"),
            script: ConsoleAssets.address("console.js"), logo: ConsoleAssets.address("logo.svg"), page: content)
        guard let html = ConsoleTemplates.library.render(frame, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        return ConsoleResponse.page(html, status: status, headers: headers)
    }

    /// What the frame shows.
    private struct Frame {
        let lang: String
        let t: [String: String]
        let title: String
        let region: String
        let session: Session?
        let isEnglish: Bool
        let hasLanguages: Bool
        let path: String
        /// The section of the page, for the template to ask about.
        let at: [String: Bool]
        let style: String
        let script: String
        let logo: String
        let page: any Sendable

        struct Session {
            let user: String
            let account: String
            let accountID: String
            let isAdmin: Bool
            /// Where the user finds its own access keys.
            let userPage: String
            let csrf: String

            init(_ session: ConsoleSession) {
                user = session.user.description
                account = session.user.account.description
                accountID = session.account.description
                isAdmin = session.isAdmin
                userPage = ConsoleAddress.user(session.user.user)
                csrf = session.formToken
            }
        }
    }
}

/// The templates, read once; they are part of the program.
enum ConsoleTemplates {
    static let library: MustacheLibrary = {
        let sources: [String: [UInt8]] = [
            "layout": PackageResources.layout_mustache,
            "error": PackageResources.error_mustache,
            "sign-in": PackageResources.sign_in_mustache,
            "overview": PackageResources.overview_mustache,
            "private-images": PackageResources.private_images_mustache,
            "shared-images": PackageResources.shared_images_mustache,
            "image": PackageResources.image_mustache,
            "image-tags": PackageResources.image_tags_mustache,
            "image-denied": PackageResources.image_denied_mustache,
            "image-sharing": PackageResources.image_sharing_mustache,
            "tag-detail": PackageResources.tag_detail_mustache,
            "tag-delete": PackageResources.tag_delete_mustache,
            "digest": PackageResources.digest_mustache,
            "share-form": PackageResources.share_form_mustache,
            "share-cancel": PackageResources.share_cancel_mustache,
            "image-description": PackageResources.image_description_mustache,
            "description-form": PackageResources.description_form_mustache,
            "visibility-form": PackageResources.visibility_form_mustache,
            "image-activity": PackageResources.image_activity_mustache,
            "users": PackageResources.users_mustache,
            "user-form": PackageResources.user_form_mustache,
            "user": PackageResources.user_mustache,
            "user-question": PackageResources.user_question_mustache,
            "new-key": PackageResources.new_key_mustache,
            "password-fields": PackageResources.password_fields_mustache,
            "image-permissions": PackageResources.image_permissions_mustache,
            "permissions": PackageResources.permissions_mustache,
            "permission-list": PackageResources.permission_list_mustache,
            "permission-form": PackageResources.permission_form_mustache,
            "permission-question": PackageResources.permission_question_mustache,
            "organizations": PackageResources.organizations_mustache,
            "organization": PackageResources.organization_mustache,
            "paging": PackageResources.paging_mustache,
            "empty-mark": PackageResources.empty_mark_mustache,
        ]
        do {
            let templates = try sources.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) }
            return MustacheLibrary(templates: templates)
        } catch {
            preconditionFailure("a template of the console is broken: \(error)")
        }
    }()
}
