/// Why the catalog did not do what it was asked for; faults of the database itself are `DatabaseError`.
package enum CatalogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What an error speaks of.
    package enum Noun: String, Sendable {
        case account
        case user
        case accessKey = "access key"
        case organization
        case repository
        case share
        case manifest
        case tag
        case blob
        case upload
        case retentionPolicy = "retention policy"
        case trigger
    }

    /// Why nothing can be written.
    package enum Unwritable: Sendable, Equatable {
        /// Its disk is full.
        case full
        /// Its disk has become read-only.
        case readOnly
        /// Another process has held it for too long.
        case busy
    }

    /// One of that name or id is there already. For a blob: its file is being removed; it can be added again when that
    /// is finished.
    case conflict(Noun)
    /// What the change refers to is not there.
    case missing(Noun)
    /// What was to be removed still owns others: an account its organizations, an organization its repositories.
    case inUse(Noun)
    /// The database cannot be written to now, though it can be read.
    case unwritable(Unwritable)
    /// A row holds what no Berth has written.
    case corrupt(table: String, column: String, reason: String)

    package var description: String {
        switch self {
        case .conflict(.blob): "the blob is being removed: wait until that is finished"
        case .conflict(let noun): "there is such a \(noun.rawValue) already"
        case .missing(let noun): "there is no such \(noun.rawValue)"
        case .inUse(let noun): "the \(noun.rawValue) still owns others: remove those first"
        case .unwritable(.full): "the disk of the database is full"
        case .unwritable(.readOnly): "the disk of the database is read-only"
        case .unwritable(.busy): "another process keeps the database busy"
        case .corrupt(let table, let column, let reason):
            "the database is damaged in column \(column) of table \(table): \(reason)"
        }
    }
}
