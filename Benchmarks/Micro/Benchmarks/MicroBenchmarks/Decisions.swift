import Benchmark
import BerthAccess
import Foundation

/// Deciding what each kind of caller may do with a private repository that is shared with one account.
func measureDecisions() {
    measureDecision("owner") { try .asked(byUserOf: .owner, permissions: [.read, .write]) }
    measureDecision("receiver of a share") { try .asked(byUserOf: .receiver, isShared: true) }
    measureDecision("stranger") { try .asked(byUserOf: .stranger) }
    measureDecision("anonymous") { try .asked(byUserOf: nil) }
}

private func measureDecision(_ caller: String, of question: @escaping () throws -> Access.Question) {
    Benchmark("Decision, \(caller)") { benchmark, question in
        for _ in benchmark.scaledIterations { blackHole(Access.decide(question)) }
    } setup: {
        try question()
    }
}

extension AccountID {
    // Made anew at each use, as those that come from the database are: texts that share memory are compared faster.
    fileprivate static var owner: Self { AccountID(rawValue: String(repeating: "a", count: 32)) }
    fileprivate static var receiver: Self { AccountID(rawValue: String(repeating: "b", count: 32)) }
    fileprivate static var stranger: Self { AccountID(rawValue: String(repeating: "c", count: 32)) }
}

extension Access.Question {
    /// The question that a user of an account asks, or nobody.
    fileprivate static func asked(
        byUserOf account: AccountID?, permissions: [Permission] = [], isShared: Bool = false
    ) throws -> Self {
        let region = try Region(parsing: "region-1")
        let now = Date()
        let user = account.map {
            Principal.User(
                id: UserID(rawValue: String(repeating: "0f", count: 16)), account: $0, homeRegion: region,
                isAdmin: false)
        }
        let share = Access.Share(receiver: .receiver, deadline: .until(now.addingTimeInterval(60 * 60)))
        return Access.Question(
            principal: user.map(Principal.user) ?? .anonymous,
            repository: Access.Repository(owner: .owner, ownerHomeRegion: region, isPublic: false),
            permissions: permissions, share: isShared ? share : nil, region: region, now: now,
            allowsAnonymousPull: true)
    }
}
