import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import Hummingbird

/// What an image is, in the words of its owner; and who may pull it.
enum DescriptionTab {
    private struct Content: Sendable {
        let text: String?
        let nothing: String
        let category: String
        let isPublic: Bool
        /// For who may change it.
        let editing: String?
        let visibility: String?
    }

    static let tab = ImageTab(
        word: "description", isOfOwner: false, show: show, actions: [.describe, .setVisibility], act: act,
        notice: notice)

    private static func show(_ visit: Visit, _ image: Repository) async throws -> ImageTab.View {
        let isWriter = try await visit.registry.rights(on: image.name, by: visit.actor).contains(.push)
        switch visit.askedAction {
        case .describe where isWriter: return DescriptionForm.view(visit, image)
        case .setVisibility where image.shares != nil: return VisibilityForm.view(visit, image)
        default: break
        }
        return ImageTab.View(
            "image-description",
            Content(
                text: image.description.isEmpty ? nil : image.description,
                nothing: visit.texts[isWriter ? "description.empty.writer" : "description.empty.reader"],
                category: image.category.label(visit.texts), isPublic: image.isPublic,
                editing: isWriter ? address(of: image, asking: .describe) : nil,
                visibility: image.shares == nil ? nil : address(of: image, asking: .setVisibility)))
    }

    private static func act(_ action: FormAction, _ visit: Visit, _ image: Repository) async throws -> Response {
        action == .describe
            ? try await DescriptionForm.submit(visit, image) : try await VisibilityForm.submit(visit, image)
    }

    private static func notice(_ visit: Visit, _ image: Repository) async throws -> String? {
        switch visit.done {
        case "described" where visit.query["at"] == image.updatedAt.rfc3339: visit.texts["description.done.described"]
        case "public" where image.isPublic: visit.texts["description.done.public"]
        case "private" where !image.isPublic: visit.texts["description.done.private"]
        default: nil
        }
    }

    private static func address(of image: Repository, asking action: FormAction) -> String {
        ConsoleAddress.image(image.name, tab: "description", ["do": action.rawValue])
    }
}
