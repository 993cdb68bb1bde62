import BerthDatabase

extension Migration {
    /// Bytes are shared by digest, access is a row of a repository: `repository_blobs` and `manifests`. A child, a
    /// subject and a non-distributable layer need not exist, so the edges to them are no foreign keys.
    static let content = Migration(
        3, "blobs, manifests, their edges, and tags",
        [
            """
            CREATE TABLE blobs (
                digest {text} PRIMARY KEY,
                size BIGINT NOT NULL,
                leased_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE blob_removals (
                digest {text} PRIMARY KEY
            )
            """,
            """
            CREATE TABLE repository_blobs (
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                digest {text} NOT NULL REFERENCES blobs (digest) ON DELETE CASCADE,
                leased_at BIGINT NOT NULL,
                PRIMARY KEY (repository_id, digest)
            )
            """,
            "CREATE INDEX repository_blobs_by_digest ON repository_blobs (digest)",
            """
            CREATE TABLE manifest_bodies (
                digest {text} PRIMARY KEY,
                stored_at BIGINT NOT NULL,
                bytes {bytes} NOT NULL
            )
            """,
            """
            CREATE TABLE manifests (
                repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                digest {text} NOT NULL REFERENCES manifest_bodies (digest),
                media_type {text} NOT NULL,
                artifact_type {text},
                size BIGINT NOT NULL,
                subject {text},
                annotations {text} NOT NULL,
                pushed_at BIGINT NOT NULL,
                pushed_by {text} NOT NULL,
                PRIMARY KEY (repository_id, digest)
            )
            """,
            "CREATE INDEX manifests_by_digest ON manifests (digest)",
            "CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest)",
            """
            CREATE TABLE manifest_blobs (
                repository_id BIGINT NOT NULL,
                manifest {text} NOT NULL,
                blob {text} NOT NULL,
                PRIMARY KEY (repository_id, manifest, blob),
                FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
            )
            """,
            "CREATE INDEX manifest_blobs_by_blob ON manifest_blobs (repository_id, blob)",
            """
            CREATE TABLE manifest_children (
                repository_id BIGINT NOT NULL,
                parent {text} NOT NULL,
                child {text} NOT NULL,
                PRIMARY KEY (repository_id, parent, child),
                FOREIGN KEY (repository_id, parent) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
            )
            """,
            "CREATE INDEX manifest_children_by_child ON manifest_children (repository_id, child)",
            """
            CREATE TABLE tags (
                repository_id BIGINT NOT NULL,
                name {text} NOT NULL,
                digest {text} NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (repository_id, name),
                FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
            )
            """,
            "CREATE INDEX tags_by_digest ON tags (repository_id, digest)",
        ])
}
