import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

/// The organizations that a user may see, and creating one.
enum OrganizationsPage {
    static let screen = ConsoleScreen(
        route: "organizations", owns: { $0 == "organizations" }, show: { try await page($0) }, act: act)

    private struct Content: Sendable {
        let notice: String?
        let isEmpty: Bool
        let rows: [Row]
        /// `nil` where one page shows all.
        let paging: Paging?
        /// `nil` for who may create none.
        let form: Form?
        /// How to come to an organization.
        let advice: String
    }

    private struct Row: Sendable {
        let address: String
        let name: String
        let images: String
        /// `nil` where there are none.
        let imagesAddress: String?
        let users: String
        let created: Moment
    }

    private struct Form: Sendable {
        let name: FormField
        let hint: String
    }

    /// Creates an organization, and leads to its page.
    private static func act(_ visit: Visit) async throws -> Response {
        guard visit.formAction == .createOrganization else { throw ConsoleError.notFound }
        let typed = (visit.form["name"] ?? "").shownAgain
        do {
            let name = try OrganizationName(parsing: typed)
            try await visit.registry.addOrganization(name, account: .id(visit.signedIn.account), by: visit.actor)
            return try visit.redirect(afterwards: ConsoleAddress.organization(name, ["done": "created"]))
        } catch {
            guard try visit.signedIn.isAdmin, let words = words(of: error, typed, visit.texts) else { throw error }
            return try await page(visit, FormField(typed, error: words))
        }
    }

    /// What is wrong with a name, in a sentence that says what to do; `nil` where the name is not to blame.
    private static func words(of error: any Error, _ typed: String, _ texts: Texts) -> String? {
        switch error {
        case is ParseFailure where typed.isEmpty: texts["organizations.error.none"]
        case is ParseFailure where OrganizationName.reserved.contains(typed):
            texts("organizations.error.reserved", ["name": typed])
        case is ParseFailure: texts("organizations.error.form", ["example": example(like: typed)])
        case let error as AdministrationError where error.code == .organizationTaken:
            texts("organizations.error.taken", ["name": typed])
        case let error as AdministrationError where error.code == .organizationQuota:
            texts["organizations.error.quota"]
        default: nil
        }
    }

    /// A name that is allowed, as near to what was typed as that is simple.
    private static func example(like typed: String) -> String {
        let words = typed.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return (try? OrganizationName(parsing: words.joined(separator: "-")))?.description ?? "acme-team"
    }

    /// - Parameter refused: The field of the form as it was sent; `nil` for the page as it is asked for.
    private static func page(_ visit: Visit, _ refused: FormField? = nil) async throws -> Response {
        let texts = visit.texts
        let session = try visit.signedIn
        let found = try await visit.registry.listOrganizations(includesVisible: true, by: visit.actor)
        let page = Paging.page(visit.query["page"], of: found.count)
        let key = session.isAdmin ? "organizations.empty.text" : "organizations.whomToAsk"
        let content = Content(
            notice: refused == nil ? try await notice(visit) : nil, isEmpty: found.isEmpty,
            rows: found.dropFirst((page - 1) * Paging.size).prefix(Paging.size).map(row),
            paging: found.count <= Paging.size
                ? nil
                : Paging(page: page, total: found.count, texts: texts) { number in
                    "/console/organizations" + ConsoleAddress.query([("page", "\(number)")])
                },
            form: session.isAdmin
                ? Form(
                    name: refused ?? FormField(),
                    hint: texts("organizations.form.hint", ["region": visit.registry.region.description])) : nil,
            advice: texts(key, ["names": try await visit.administrators()]))
        return ConsolePage(
            title: texts["organizations.title"], template: "organizations", section: .organizations, content: content
        ).response(visit, status: refused == nil ? .ok : .unprocessableContent)
    }

    /// That an organization was deleted, if there is none of that name for who asks.
    private static func notice(_ visit: Visit) async throws -> String? {
        guard visit.done == "deleted",
            let name = try? OrganizationName(parsing: visit.query["organization"] ?? "")
        else { return nil }
        let found = try await visit.registry.listOrganizations(named: name, includesVisible: true, by: visit.actor)
        return found.isEmpty ? visit.texts("organizations.deleted", ["organization": name.description]) : nil
    }

    private static func row(_ summary: OrganizationSummary) -> Row {
        let organization = summary.organization
        return Row(
            address: ConsoleAddress.organization(organization.name), name: organization.name.description,
            images: Figures.count(summary.repositoryCount),
            imagesAddress: summary.repositoryCount == 0 ? nil : ConsoleAddress.images(of: organization.name),
            users: Figures.count(summary.userCount), created: Moment(organization.createdAt))
    }
}
