import BerthHTTP
import BerthRegistry

/// A new password, typed twice since nobody sees it. Pages never show it again.
struct PasswordFields: Sendable {
    /// `nil` where none was typed, or none that can be taken.
    let chosen: Password?
    let rules: String
    let error: String?
    let repeatError: String?

    var isRefused: Bool { error != nil || repeatError != nil }

    /// Empty fields.
    init(_ texts: Texts) {
        self.init(nil, nil, nil, texts)
    }

    /// Reads the fields `password` and `repeat` of a form.
    ///
    /// - Parameter isOptional: Whether both may be empty.
    init(_ form: QueryParameters, isOptional: Bool, _ texts: Texts) {
        let (typed, again) = (form["password"] ?? "", form["repeat"] ?? "")
        guard !isOptional || !typed.isEmpty || !again.isEmpty else {
            self.init(texts)
            return
        }
        guard let password = try? Password(parsing: typed) else {
            self.init(nil, texts("user.error.password", Self.limits), nil, texts)
            return
        }
        self.init(password, nil, typed == again ? nil : texts["user.error.repeat"], texts)
    }

    private init(_ chosen: Password?, _ error: String?, _ repeatError: String?, _ texts: Texts) {
        self.chosen = chosen
        self.error = error
        self.repeatError = repeatError
        rules = texts("user.password.rules", Self.limits)
    }

    private static let limits: KeyValuePairs = [
        "least": "\(Password.minimumLength)", "most": Figures.count(Password.maximumSize),
    ]
}
