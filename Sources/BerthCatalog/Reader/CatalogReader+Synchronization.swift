import BerthAccess
import BerthDatabase
import BerthOCI
import Foundation

extension CatalogReader {
    /// The synchronization rules of a repository, the oldest first.
    package func synchronizationRules(of repository: RepositoryID) throws -> [SynchronizationRule] {
        try database.rows(
            """
            SELECT id, repository_id, remote_region, remote_organization, is_automatic, overrides, created_at,
                updated_at
            FROM synchronization_rules WHERE repository_id = ? ORDER BY id
            """, bind(repository)
        ).map(SynchronizationRule.init)
    }

    /// The synchronization jobs of a repository in the order in which they were made, or the other way round.
    package func synchronizationJobs(
        of repository: RepositoryID, newestFirst: Bool, offset: Int, limit: Int
    ) throws -> [SynchronizationJob] {
        let selection = SynchronizationJob.selection + "WHERE j.repository_id = ?"
        let values = bind(repository, Limit(limit), offset)
        let rows =
            if newestFirst {
                try database.rows(selection + "ORDER BY j.id DESC LIMIT ? OFFSET ?", values)
            } else {
                try database.rows(selection + "ORDER BY j.id LIMIT ? OFFSET ?", values)
            }
        return try rows.map(SynchronizationJob.init)
    }

    /// How many synchronization jobs of a repository there are.
    package func synchronizationJobCount(of repository: RepositoryID) throws -> Int {
        try count(
            "SELECT COUNT(*) AS job_count FROM synchronization_jobs WHERE repository_id = ?", bind(repository))
    }

    /// How many synchronization jobs of a repository are still to be done.
    package func waitingSynchronizationJobs(of repository: RepositoryID) throws -> Int {
        try count(
            "SELECT COUNT(*) AS job_count FROM synchronization_jobs WHERE repository_id = ? AND status = ?",
            bind(repository, SynchronizationJob.Status.waiting.rawValue))
    }

    package func synchronizationJob(_ id: SynchronizationJobID) throws -> SynchronizationJob? {
        try database.first(SynchronizationJob.selection + "WHERE j.id = ?", bind(id)).map(SynchronizationJob.init)
    }

    /// The waiting job that has been due longest, of a repository with no job under way to the same target and of a
    /// region with fewer than `regionLimit` under way.
    package func dueSynchronizationJob(now: Date, regionLimit: Int) throws -> SynchronizationJob? {
        let running = SynchronizationJob.Status.running.rawValue
        return try database.first(
            SynchronizationJob.selection
                + """
                WHERE j.status = ? AND j.due_at <= ?
                AND NOT EXISTS (SELECT 1 FROM synchronization_jobs same WHERE same.repository_id = j.repository_id
                    AND same.remote_region = j.remote_region AND same.remote_organization = j.remote_organization
                    AND same.status = ?)
                AND (SELECT COUNT(*) FROM synchronization_jobs beside WHERE beside.remote_region = j.remote_region
                    AND beside.status = ?) < ?
                ORDER BY j.due_at, j.id LIMIT 1
                """,
            bind(SynchronizationJob.Status.waiting.rawValue, Present(now), running, running, regionLimit)
        ).map(SynchronizationJob.init)
    }

    /// A repository that holds a blob here and of which something was copied to a region, under the name that it has
    /// there: the blob may well be in it.
    package func synchronizedRepository(holdingBlob digest: Digest, in region: Region) throws -> RepositoryName? {
        try database.first(
            """
            SELECT name, remote_organization FROM (
                SELECT r.name, (SELECT j.remote_organization FROM synchronization_jobs j
                    WHERE j.repository_id = rb.repository_id AND j.status = ? AND j.remote_region = ? LIMIT 1
                ) AS remote_organization
                FROM repository_blobs rb JOIN repositories r ON r.id = rb.repository_id WHERE rb.digest = ?
            ) copied WHERE remote_organization IS NOT NULL LIMIT 1
            """, bind(SynchronizationJob.Status.success.rawValue, region, digest)
        ).flatMap { row in
            let organization = try row.remoteOrganization("synchronization_jobs")
            let name = try row.repositoryName().name
            return try? RepositoryName(parsing: "\(organization)/\(name)")
        }
    }

    private func count(_ sql: SQL, _ values: [SQLValue]) throws -> Int {
        Int(try database.first(sql, values)?.integer("synchronization_jobs", "id", as: "job_count") ?? 0)
    }
}

extension SynchronizationRule {
    fileprivate init(_ row: SQLRow) throws {
        let table = "synchronization_rules"
        self.init(
            id: SynchronizationRuleID(rawValue: try row.integer(table, "id")),
            repository: RepositoryID(rawValue: try row.integer(table, "repository_id")),
            target: try row.synchronizationTarget(table), isAutomatic: try row.flag(table, "is_automatic"),
            overrides: try row.flag(table, "overrides"), createdAt: try row.date(table, "created_at"),
            updatedAt: try row.date(table, "updated_at"))
    }
}

extension SynchronizationJob {
    fileprivate static let selection: SQL = """
        SELECT j.id, j.repository_id, j.remote_region, j.remote_organization, j.tag, j.overrides, j.is_automatic,
            j.status, j.detail, j.attempts, j.failures, j.operator_id, j.operator_name, j.created_at, j.updated_at
        FROM synchronization_jobs j
        """

    fileprivate init(_ row: SQLRow) throws {
        let table = "synchronization_jobs"
        guard let status = Status(rawValue: try row.text(table, "status")) else {
            throw row.corrupt(table, "status", nil, "no status of a job")
        }
        let orderer = try row.text(table, "operator_id")
        self.init(
            id: SynchronizationJobID(rawValue: try row.integer(table, "id")),
            order: SynchronizationOrder(
                repository: RepositoryID(rawValue: try row.integer(table, "repository_id")),
                target: try row.synchronizationTarget(table), tag: try row.tag(table, "tag"),
                overrides: try row.flag(table, "overrides"), isAutomatic: try row.flag(table, "is_automatic"),
                orderer: Creator(
                    id: orderer.isEmpty ? nil : UserID(rawValue: orderer), name: try row.text(table, "operator_name"))),
            status: status, detail: try row.text(table, "detail"), attempts: Int(try row.integer(table, "attempts")),
            failures: Int(try row.integer(table, "failures")), createdAt: try row.date(table, "created_at"),
            updatedAt: try row.date(table, "updated_at"))
    }
}

extension SQLRow {
    fileprivate func synchronizationTarget(_ table: String) throws -> SynchronizationTarget {
        SynchronizationTarget(
            region: try region(table, "remote_region"), organization: try remoteOrganization(table))
    }

    fileprivate func remoteOrganization(_ table: String) throws -> OrganizationName {
        guard let name = try? OrganizationName(parsing: try text(table, "remote_organization")) else {
            throw corrupt(table, "remote_organization", nil, "no name of an organization")
        }
        return name
    }
}
