import BerthDatabase

extension Migration {
    /// The whole history of the schema. What has been released is never changed; a new step goes to the end.
    static let all: [Migration] = [
        .accounts, .repositories, .content, .management, .counters, .tags, .temporaryLogins, .retention, .triggers,
        .synchronization, .audit, .maintenance, .catalogVersion, .edges, .subjects, .organizationCounts,
        .consoleSessions, .pulls,
    ]
}
