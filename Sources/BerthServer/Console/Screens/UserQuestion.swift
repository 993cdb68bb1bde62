import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Asking before something is done to a user or a key that cannot be taken back at once.
enum UserQuestion {
    private struct Content: Sendable {
        let name: String
        let title: String
        let consequence: String
        let warning: String?
        let action: String
        let key: String?
        let button: String
        let back: String
    }

    /// - Throws: ``ConsoleError/notFound`` for what is not asked, or is about a key that is not the user's.
    static func page(_ visit: Visit, _ subject: UserPage.Subject, _ action: FormAction) throws -> Response {
        let isOfKey: Bool
        switch action {
        case .disableKey, .deleteKey: isOfKey = true
        case .disableUser, .deleteUser: isOfKey = false
        default: throw ConsoleError.notFound
        }
        let key = isOfKey ? subject.keys.first { $0.accessKey == visit.query["key"] } : nil
        guard !isOfKey || key != nil else { throw ConsoleError.notFound }
        let texts = visit.texts
        let word = action.rawValue
        let values: KeyValuePairs = ["user": subject.user.name.description, "key": key?.accessKey ?? ""]
        let content = Content(
            name: subject.user.name.description, title: texts("user.ask.\(word).title", values),
            consequence: texts("user.ask.\(word).text", values),
            warning: subject.isSelf ? texts(isOfKey ? "user.ask.own-key" : "user.ask.own-\(word)", values) : nil,
            action: word, key: key?.accessKey, button: texts("user.ask.\(word).submit", values),
            back: ConsoleAddress.user(subject.name))
        return ConsolePage(title: content.title, template: "user-question", section: .users, content: content)
            .response(visit)
    }
}
