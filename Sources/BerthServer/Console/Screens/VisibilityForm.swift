import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import Hummingbird

/// The form for whether everyone may pull an image.
enum VisibilityForm {
    private struct Content: Sendable {
        let failure: String?
        let isPublic: Bool
        let error: String?
        /// What is in the way of making it public.
        let obstacle: String?
        let back: String
    }

    static func view(
        _ visit: Visit, _ image: Repository, isPublic: Bool? = nil, error: String? = nil
    ) -> ImageTab.View {
        let isShared = !image.isPublic && (image.shares ?? 0) > 0
        return ImageTab.View(
            "visibility-form",
            Content(
                failure: error == nil ? nil : visit.texts["description.visibility.refused"],
                isPublic: isPublic ?? image.isPublic, error: error,
                obstacle: isShared && error == nil ? obstacle(image, visit.texts) : nil,
                back: ConsoleAddress.image(image.name, tab: "description")))
    }

    /// - Throws: ``ImageTab/Refused``, and errors that no field is about.
    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        guard let word = visit.form["visibility"], ["public", "private"].contains(word) else {
            throw ImageTab.Refused(view: view(visit, image, error: visit.texts["description.error.visibility"]))
        }
        do {
            try await visit.registry.updateRepository(image.name, isPublic: word == "public", by: visit.actor)
        } catch let error as AdministrationError where error.code == .repositoryShared {
            throw ImageTab.Refused(view: view(visit, image, isPublic: true, error: obstacle(image, visit.texts)))
        }
        return try visit.redirect(
            afterwards: ConsoleAddress.image(image.name, tab: "description", ["done": word]))
    }

    private static func obstacle(_ image: Repository, _ texts: Texts) -> String {
        let count = image.shares ?? 0
        let accounts = count == 1 ? texts["images.shared.one"] : texts("images.shared.many", ["count": "\(count)"])
        return texts("description.error.shared", ["accounts": accounts])
    }
}
