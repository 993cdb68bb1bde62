import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Foundation
import HTTPTypes
import Hummingbird

/// The form that shares an image or changes a share. What is refused is told at its field, and what was typed stays.
enum ShareForm {
    private struct Content: Sendable {
        let isEdit: Bool
        let title: String
        let introduction: String
        let back: String
        let failure: String?
        let with: FormField
        let until: FormField
        /// The end as an instant, for the script.
        let untilValue: String
        /// The end that the share has, to the second or less, which the field cannot show.
        let untilGiven: String
        let isForever: Bool
        let description: FormField
        let descriptionCount: String
        let most: String
        let isPublic: Bool
    }

    /// What somebody has typed.
    private struct Typed {
        var with = ""
        var until = ""
        var instant = ""
        var given = ""
        var isForever = false
        var description = ""
    }

    /// The empty form, or that of a share as it is.
    static func content(_ visit: Visit, _ image: Repository) async throws -> any Sendable {
        guard visit.askedAction == .editShare else { return content(visit, image, Typed(), isEdit: false) }
        let receiver = try account(visit.query["with"] ?? "")
        let share = try await visit.registry.showShare(of: image.name, with: receiver, by: visit.actor)
        var typed = Typed(with: share.receiver.description, description: share.description)
        switch share.deadline {
        case .forever: typed.isForever = true
        case .until(let end):
            typed.instant = end.rfc3339
            typed.given = end.rfc3339
            typed.until = String(end.rfc3339.prefix(16))
        }
        return content(visit, image, typed, isEdit: true)
    }

    /// Shares the image, or changes the share.
    ///
    /// - Throws: ``ImageTab/Refused``, and errors that no field is about.
    static func submit(_ visit: Visit, _ image: Repository) async throws -> Response {
        let isEdit = visit.formAction == .editShare
        let typed = Typed(
            with: (visit.form["with"] ?? "").shownAgain, until: visit.form["until"] ?? "",
            instant: visit.form["until_instant"] ?? "", given: visit.form["until_given"] ?? "",
            isForever: visit.form["forever"] == "1",
            description: (visit.form["description"] ?? "").replacing("\r\n", with: "\n"))
        var errors = FieldErrors()
        let receiver = errors.catching(.with) { try account(typed.with) }
        let deadline = errors.catching(.until) {
            let end = try end(of: typed)
            try visit.registry.check(end)
            return end
        }
        let description = errors.catching(.description) { try ShareDescription(parsing: typed.description) }
        do {
            if let receiver, !isEdit {
                try await visit.registry.checkReceiver(receiver, of: image.name, by: visit.actor)
            }
            if let receiver, let deadline, let description {
                try await save(visit, image, isEdit: isEdit, receiver, deadline, description)
                return try visit.redirect(
                    afterwards: ConsoleAddress.image(
                        image.name, tab: "sharing",
                        ["done": isEdit ? "changed" : "shared", "with": receiver.description]))
            }
        } catch let error as AdministrationError {
            guard let field = FieldErrors.Name(of: error) else { throw error }
            errors.all[field] = error
        }
        throw ImageTab.Refused(
            view: ImageTab.View("share-form", content(visit, image, typed, isEdit: isEdit, errors)))
    }

    private static func save(
        _ visit: Visit, _ image: Repository, isEdit: Bool, _ receiver: AccountReference, _ deadline: Deadline,
        _ description: ShareDescription
    ) async throws {
        if isEdit {
            try await visit.registry.updateShare(
                of: image.name, with: receiver, until: deadline, description: description, by: visit.actor)
        } else {
            try await visit.registry.shareImage(
                image.name, with: receiver, until: deadline, description: description, by: visit.actor)
        }
    }

    private static func account(_ text: String) throws -> AccountReference {
        try AccountReference(parsing: text.filter { !$0.isWhitespace })
    }

    /// The end that the share has, where its minute is what the field holds; else the instant that the script has made of
    /// the field, else the field as UTC.
    private static func end(of typed: Typed) throws -> Deadline {
        if typed.isForever { return .forever }
        let minute = (typed.instant.isEmpty ? typed.until : typed.instant).prefix(16)
        if minute.utf8.count == 16, typed.given.hasPrefix(minute) { return try DeadlineText.parse(until: typed.given) }
        if !typed.instant.isEmpty { return try DeadlineText.parse(until: typed.instant) }
        let text = typed.until.utf8.count == 16 ? typed.until + ":00Z" : typed.until
        return try DeadlineText.parse(until: text)
    }

    private static func content(
        _ visit: Visit, _ image: Repository, _ typed: Typed, isEdit: Bool, _ errors: FieldErrors = FieldErrors()
    ) -> Content {
        let texts = visit.texts
        func field(_ name: FieldErrors.Name, _ value: String) -> FormField {
            FormField(value, error: errors.all[name].map { words(of: $0, in: name, typed, image, texts) })
        }
        let kind = isEdit ? "edit" : "new"
        return Content(
            isEdit: isEdit, title: texts["share.form.\(kind).title"],
            introduction: texts("share.form.introduction", ["image": image.name.description]),
            back: ConsoleAddress.image(image.name, tab: "sharing"),
            failure: errors.all.isEmpty
                ? nil
                : errors.all[.form].map { words(of: $0, in: .form, typed, image, texts) }
                    ?? texts["share.form.\(kind).refused"],
            with: field(.with, typed.with), until: field(.until, typed.until), untilValue: typed.instant,
            untilGiven: typed.given, isForever: typed.isForever, description: field(.description, typed.description),
            descriptionCount: "\(Figures.count(typed.description.unicodeScalars.count)) / "
                + Figures.count(ShareDescription.maximumLength),
            most: "\(ShareDescription.maximumLength)",
            isPublic: image.isPublic)
    }

    /// What went wrong, in a sentence that says what to do.
    private static func words(
        of error: any Error, in field: FieldErrors.Name, _ typed: Typed, _ image: Repository, _ texts: Texts
    ) -> String {
        guard let error = error as? AdministrationError else {
            switch field {
            case .with: return texts[typed.with.isEmpty ? "share.error.noAccount" : "share.error.accountForm"]
            case .until: return texts[typed.until.isEmpty ? "share.error.noEnd" : "share.error.endForm"]
            case .description, .form: return "\(error)"
            }
        }
        let key = "share.error.\(error.code.rawValue)"
        guard texts[key] != key, error.code != .regionMismatch || !error.names.isEmpty else { return error.message }
        return texts(
            key,
            [
                "account": typed.with, "image": image.name.description,
                "count": Figures.count(typed.description.unicodeScalars.count),
                "surplus": Figures.count(typed.description.unicodeScalars.count - ShareDescription.maximumLength),
                "most": "\(ShareRules.maximumShares)", "region": error.names["region"] ?? "",
                "home": error.names["home"] ?? "",
            ])
    }
}

/// What is wrong with which field of a form.
private struct FieldErrors {
    enum Name: Hashable {
        case with, until, description, form

        /// The field that a refusal is about; `nil` for one that is about none.
        init?(of error: AdministrationError) {
            switch error.code {
            case .accountUnknown, .receiverIsOwner, .regionMismatch, .shareTaken, .shareUnknown: self = .with
            case .deadlinePast: self = .until
            case .descriptionTooLong: self = .description
            case .repositoryPublic, .tooManyShares: self = .form
            default: return nil
            }
        }
    }

    var all: [Name: any Error] = [:]

    mutating func catching<Value>(_ field: Name, _ read: () throws -> Value) -> Value? {
        do {
            return try read()
        } catch {
            all[field] = error
            return nil
        }
    }
}
