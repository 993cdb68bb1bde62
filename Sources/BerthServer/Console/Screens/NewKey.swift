import BerthAccess
import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// Making an access key: the answer to the form is the one page that shows its secret.
enum NewKey {
    private struct Content: Sendable {
        let name: String
        let title: String
        let accessKey: String
        let secretKey: String
        let command: String
        let back: String
    }

    /// The form tells how many keys the user had when it was shown, so that reloading the answer makes no other key.
    static func submit(_ visit: Visit, _ subject: UserPage.Subject) async throws -> Response {
        let known = visit.form["keys"] ?? ""
        let back = ConsoleAddress.user(subject.name)
        guard known == "\(subject.keys.count)" else {
            guard let count = Int(known), count < subject.keys.count,
                let newest = subject.keys.max(by: { $0.createdAt < $1.createdAt })
            else {
                return try visit.redirect(
                    afterwards: ConsoleAddress.user(subject.name, ["done": "keys-changed", "keys": known]))
            }
            return try visit.redirect(
                afterwards: ConsoleAddress.user(subject.name, ["done": "keys-added", "key": newest.accessKey]))
        }
        let key = try await visit.registry.addAccessKey(to: subject.user.name, by: visit.actor)
        let content = Content(
            name: key.user.description, title: visit.texts("key.title", ["user": key.user.description]),
            accessKey: key.accessKey, secretKey: key.secretKey,
            command: "docker login -u \(key.loginName) -p \(key.loginPassword) \(visit.publicAddress.host)", back: back)
        return ConsolePage(
            title: visit.texts["key.heading"], template: "new-key", section: .users, isSafeToLeave: false,
            content: content
        ).response(visit)
    }
}
