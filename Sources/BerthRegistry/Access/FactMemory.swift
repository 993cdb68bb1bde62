import BerthAccess
import BerthCatalog
import BerthIdentity
import BerthOCI

/// What the catalog said of users and of what they ask for, so that the next token for the same takes no query.
///
/// Everything in it is good for one version of the catalog; decisions are made on it anew each time. Memory is bounded.
final class FactMemory: Sendable {
    /// What was read, and a version of the catalog that it is of or that came before it.
    private struct Fact<Value: Sendable>: Sendable {
        let value: Value
        let version: Int64
    }

    private struct Question: Hashable, Sendable {
        let subject: TokenSubject
        let repository: RepositoryName
    }

    private static let capacity = 2048

    private let users = BoundedCache<QualifiedUserName, Fact<UserRecord>>(capacity: capacity)
    private let bases = BoundedCache<Question, Fact<DecisionBasis>>(capacity: capacity)

    func user(named name: QualifiedUserName, version: Int64) -> UserRecord? {
        users.value(for: name).flatMap { $0.version == version ? $0.value : nil }
    }

    func remember(_ user: UserRecord, named name: QualifiedUserName, version: Int64) {
        users.insert(Fact(value: user, version: version), for: name)
    }

    func basis(of subject: TokenSubject, on repository: RepositoryName, version: Int64) -> DecisionBasis? {
        bases.value(for: Question(subject: subject, repository: repository))
            .flatMap { $0.version == version ? $0.value : nil }
    }

    func remember(_ basis: DecisionBasis, of subject: TokenSubject, on repository: RepositoryName, version: Int64) {
        bases.insert(
            Fact(value: basis, version: version), for: Question(subject: subject, repository: repository))
    }
}
