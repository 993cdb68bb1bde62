import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import Hummingbird

/// The form for what people read about an image, and its category.
enum DescriptionForm {
    private struct Content: Sendable {
        let failure: String?
        let description: FormField
        let descriptionCount: String
        let most: String
        let categories: [Choice]
        let categoryError: String?
        let back: String
    }

    private struct Choice: Sendable {
        let word: String
        let label: String
        let isChosen: Bool
    }

    static func view(
        _ visit: Visit, _ image: Repository, description: FormField? = nil, category: RepositoryCategory? = nil,
        categoryError: String? = nil
    ) -> ImageTab.View {
        let description = description ?? FormField(image.description)
        let isRefused = description.error != nil || categoryError != nil
        let most = Figures.count(RepositoryDescription.maximumLength)
        return ImageTab.View(
            "description-form",
            Content(
                failure: isRefused ? visit.texts["description.form.refused"] : nil, description: description,
                descriptionCount: "\(Figures.count(description.value.unicodeScalars.count)) / \(most)",
                most: "\(RepositoryDescription.maximumLength)",
                categories: RepositoryCategory.allCases.map {
                    Choice(
                        word: $0.rawValue, label: $0.label(visit.texts), isChosen: $0 == category ?? image.category)
                },
                categoryError: categoryError, back: ConsoleAddress.image(image.name, tab: "description")))
    }

    /// - Throws: ``ImageTab/Refused``, and errors that no field is about.
    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        let typed = (visit.form["description"] ?? "").replacing("\r\n", with: "\n")
        let category = visit.form["category"].flatMap(RepositoryCategory.init(rawValue:))
        var refusal: String?
        var description: RepositoryDescription?
        do {
            description = try RepositoryDescription(parsing: typed)
        } catch {
            let count = typed.unicodeScalars.count
            refusal =
                error.code == .descriptionTooLong
                ? visit.texts(
                    "description.error.tooLong",
                    [
                        "count": Figures.count(count), "most": Figures.count(RepositoryDescription.maximumLength),
                        "surplus": Figures.count(count - RepositoryDescription.maximumLength),
                    ]) : error.message
        }
        guard let description, let category else {
            throw ImageTab.Refused(
                view: view(
                    visit, image, description: FormField(typed, error: refusal), category: category,
                    categoryError: category == nil ? visit.texts["description.error.category"] : nil))
        }
        let changed = try await visit.registry.updateRepository(
            image.name, description: description, category: category == image.category ? nil : category,
            by: visit.actor)
        return try visit.redirect(
            afterwards: ConsoleAddress.image(
                image.name, tab: "description", ["done": "described", "at": changed.updatedAt.rfc3339]))
    }
}

extension RepositoryCategory {
    /// The category in words.
    func label(_ texts: Texts) -> String { texts["description.category.\(rawValue)"] }
}
