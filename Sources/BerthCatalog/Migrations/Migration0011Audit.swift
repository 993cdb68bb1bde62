import BerthDatabase

extension Migration {
    /// Who did what to which image. There are no foreign keys, since records outlive what they tell of.
    ///
    /// `owner_account` is the account that owns what was acted on, `actor_account` the one whose user acted.
    static let audit = Migration(
        11, "the audit log",
        [
            """
            CREATE TABLE audit (
                id {identity},
                at BIGINT NOT NULL,
                action {text} NOT NULL,
                result {text} NOT NULL,
                actor {text} NOT NULL,
                actor_account {text},
                owner_account {text},
                address {text} NOT NULL,
                repository {text},
                reference {text},
                digest {text},
                under_share INTEGER NOT NULL,
                detail {text} NOT NULL,
                count BIGINT NOT NULL
            )
            """,
            "CREATE INDEX audit_of_repository ON audit (repository, id)",
            "CREATE INDEX audit_by_actor ON audit (actor_account, id)",
            "CREATE INDEX audit_of_owner ON audit (owner_account, id)",
            "CREATE INDEX audit_by_time ON audit (at)",
        ])
}
