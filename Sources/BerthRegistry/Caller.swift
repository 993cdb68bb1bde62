import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI
import Foundation

/// Who a request says it is from, once its credentials have been checked, and what its token is limited to.
///
/// It holds no rights: those are decided from live data when it asks for something. A user that has been disabled,
/// removed or given other credentials since is refused then.
package struct Caller: Sendable, Equatable {
    package let subject: TokenSubject
    /// What the token names; `nil` for basic credentials, which are not limited.
    package let access: [TokenAccess]?
    /// The most that its credentials are good for, whatever its user may do.
    package let rights: Rights
    /// When its credentials end by themselves; nothing that is issued to it holds longer.
    package let endsAt: Date?
    /// Where its request comes from.
    package private(set) var origin = RequestOrigin.commandLine

    package init(subject: TokenSubject, access: [TokenAccess]?, rights: Rights = .all, endsAt: Date? = nil) {
        self.subject = subject
        self.access = access
        self.rights = rights
        self.endsAt = endsAt
    }

    /// The same caller with a request from `origin`.
    package func coming(from origin: RequestOrigin) -> Caller {
        var caller = self
        caller.origin = origin
        return caller
    }

    /// The user's qualified name for logs and records, or `anonymous`.
    package var name: String {
        switch subject {
        case .anonymous: "anonymous"
        case .user(_, let name, _): name.description
        }
    }

    /// Whether the token names the list of all repositories; always so without a token.
    var namesCatalog: Bool {
        guard let access else { return true }
        return access.contains { $0.type == "registry" && $0.name == "catalog" && $0.actions.contains("*") }
    }

    /// Whether the token names `action` on the repository; always so without a token.
    func names(_ action: Rights, on repository: RepositoryName) -> Bool {
        guard let access else { return true }
        let needed = action.scopeActions
        let name = repository.description
        return needed.allSatisfy { action in
            access.contains { $0.type == "repository" && $0.name == name && $0.actions.contains(action) }
        }
    }
}

/// Who administers: the command line or a signed-in user.
package enum Administrator: Sendable, Equatable {
    /// The person at the command line, who holds the data directory and may do everything.
    case dataOperator
    /// A signed-in user, who may do what `Access` gives.
    case caller(Caller)

    /// The name that records keep: the user's qualified name, or `operator`.
    package var name: String {
        switch self {
        case .dataOperator: "operator"
        case .caller(let caller): caller.name
        }
    }
}

extension Caller {
    /// The caller as what it makes remembers it.
    var creator: Creator {
        switch subject {
        case .anonymous: Creator(id: nil, name: name)
        case .user(let id, _, _): Creator(id: id, name: name)
        }
    }
}

extension Administrator {
    /// The administrator as what it makes remembers it.
    var creator: Creator {
        switch self {
        case .dataOperator: Creator(id: nil, name: name)
        case .caller(let caller): caller.creator
        }
    }

    /// When the credentials of the administrator end by themselves.
    var endsAt: Date? {
        switch self {
        case .dataOperator: nil
        case .caller(let caller): caller.endsAt
        }
    }
}

extension Rights {
    /// The actions of Docker's token scopes that stand for these rights.
    var scopeActions: [String] {
        var actions: [String] = []
        if contains(.pull) { actions.append("pull") }
        if contains(.push) { actions.append("push") }
        if contains(.delete) { actions.append("delete") }
        return actions
    }
}
