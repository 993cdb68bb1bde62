import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// A repository, as a list shows it.
package struct Repository: Sendable, Equatable {
    package let id: RepositoryID
    package let organization: OrganizationID
    package let name: RepositoryName
    /// The account that owns it.
    package let owner: AccountName
    package let ownerID: AccountID
    package let creator: Creator
    package let category: RepositoryCategory
    /// How many times it was pulled.
    package let pulls: Int64
    package let isPublic: Bool
    package let description: String
    package let tags: Int
    /// Bytes of all that it holds, each blob counted once.
    package let size: Int64
    /// Accounts that it is effectively shared with; `nil` for who may not manage it.
    package let shares: Int?
    package let createdAt: Date
    package let updatedAt: Date

    init(_ record: RepositoryRecord, shares: Int?) {
        id = record.id
        organization = record.organization
        name = record.name
        owner = record.ownerName
        ownerID = record.owner
        creator = record.creator
        category = RepositoryCategory(rawValue: record.category) ?? .other
        pulls = record.pullCount
        isPublic = record.isPublic
        description = record.description
        tags = record.tagCount
        size = record.size
        self.shares = shares
        createdAt = record.createdAt
        updatedAt = record.updatedAt
    }
}

/// A repository with what it holds.
package struct RepositoryDetails: Sendable, Equatable {
    package let repository: Repository
    /// In byte order.
    package let tags: [TagName]
    /// The command that pulls its newest tag, or the one named `latest`; `nil` without tags.
    package let pullCommand: String?
}

/// What people read about a repository: at most 30,000 characters, counted in Unicode scalars.
package struct RepositoryDescription: Hashable, Sendable, CustomStringConvertible {
    /// The most characters, counted in Unicode scalars.
    package static let maximumLength = 30_000

    package let description: String

    /// - Throws: ``AdministrationError`` `descriptionTooLong`, or `valueInvalid` for a text with a NUL.
    package init(parsing text: String) throws(AdministrationError) {
        let count = text.unicodeScalars.count
        guard count <= Self.maximumLength else {
            throw AdministrationError(
                .descriptionTooLong,
                "the description of a repository has at most \(Self.maximumLength) characters, this one has \(count)"
            )
        }
        guard !text.utf8.contains(0) else {
            throw AdministrationError(.valueInvalid, "the description of a repository cannot hold a NUL character")
        }
        description = text
    }
}

extension Registry {
    /// Lists repositories in the order of their names: for the operator all or those of `account`, for a user those of
    /// its own account that it has a permission on.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `accountUnknown`.
    package func listRepositories(of account: AccountReference? = nil, by actor: Administrator) async throws
        -> [Repository]
    {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            let user = try authority.user(in: catalog)
            let owner = try account.map { try authority.member(of: $0, in: catalog).id } ?? user?.account
            let shares = try catalog.effectiveShareCounts(
                ofRepositoriesOf: owner, region: authority.region, now: authority.decisionTime)
            guard let user else {
                return try catalog.repositories(of: owner).map { Repository($0, shares: shares[$0.id] ?? 0) }
            }
            let (records, _) = try catalog.repositories(
                visibleTo: user, matching: RepositoryFilter(), order: .name, descending: false, offset: 0, limit: .max)
            return try records.sorted { $0.name < $1.name }.map { record in
                let rights = try authority.rights(on: record.name, in: catalog)?.rights ?? []
                return Repository(record, shares: rights.contains(.manage) ? shares[record.id] ?? 0 : nil)
            }
        }
    }

    /// Shows a repository to who may pull it.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError`` `repositoryUnknown`.
    package func showRepository(_ name: RepositoryName, by actor: Administrator) async throws -> RepositoryDetails {
        let authority = authority(of: actor)
        let host = settings.registryHost
        return try await catalog.read { catalog in
            guard let (record, rights) = try authority.rights(on: name, in: catalog) else {
                throw try authority.unknown(name, in: catalog)
            }
            let tags = try catalog.tags(in: record.id)
            return RepositoryDetails(
                repository: try authority.summary(of: record, rights: rights, in: catalog),
                tags: tags.map(\.name),
                pullCommand: PullCommand.text(for: name, tags: tags, registryHost: host))
        }
    }

    /// Shows a repository to who may pull it, without its tags.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`.
    package func describeRepository(_ name: RepositoryName, by actor: Administrator) async throws -> Repository {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            guard let (record, rights) = try authority.rights(on: name, in: catalog) else {
                throw try authority.unknown(name, in: catalog)
            }
            return try authority.summary(of: record, rights: rights, in: catalog)
        }
    }

    /// What the caller may do with a repository that it may pull.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `organizationUnknown`, `repositoryUnknown`.
    package func rights(on name: RepositoryName, by actor: Administrator) async throws -> Rights {
        let authority = authority(of: actor)
        return try await catalog.read { catalog in
            guard let rights = try authority.rights(on: name, in: catalog)?.rights else {
                throw try authority.unknown(name, in: catalog)
            }
            return rights
        }
    }

    /// Changes the visibility of a repository, which needs manage, or its description or category, which
    /// needs write; what is `nil` stays.
    ///
    /// A repository that is effectively shared is not made public.
    ///
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `repositoryShared`.
    @discardableResult
    package func updateRepository(
        _ name: RepositoryName, isPublic: Bool? = nil, description: RepositoryDescription? = nil,
        category: RepositoryCategory? = nil, by actor: Administrator
    ) async throws -> Repository {
        let authority = authority(of: actor)
        return try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .push, to: "change it", in: catalog.read)
            if let isPublic, isPublic != repository.isPublic {
                _ = try authority.repository(name, needing: .manage, to: "change its visibility", in: catalog.read)
            }
            if isPublic == true, !repository.isPublic {
                try catalog.read.requireUnshared(
                    repository, to: "make it public", region: authority.region, now: authority.now)
            }
            try catalog.updateRepository(
                repository.id, isPublic: isPublic, description: description?.description, category: category?.rawValue,
                now: authority.now)
            let changes = [
                isPublic.flatMap { $0 == repository.isPublic ? nil : $0 ? "made public" : "made private" },
                description.map { _ in "description" }, category.map { "category \($0.rawValue)" },
            ]
            try authority.record(
                .repositoryUpdate, on: repository, detail: changes.compactMap(\.self).joined(separator: ", "),
                in: catalog)
            guard let (changed, rights) = try authority.rights(on: name, in: catalog.read) else {
                throw AdministrationError.repositoryUnknown(name)
            }
            return try authority.summary(of: changed, rights: rights, in: catalog.read)
        }
    }

    /// Removes a repository with its tags, manifests, permissions and expired shares.
    ///
    /// Needs manage on it. Refused while it is effectively shared. A repository that is pushed under the same name
    /// later is another one. Garbage collection frees the bytes.
    ///
    /// - Parameter requiringEmpty: Whether one that has tags is left alone.
    /// - Throws: ``AccessRefusal``, or ``AdministrationError``: `repositoryUnknown`, `denied`, `repositoryShared`,
    ///   `repositoryInUse`.
    package func removeRepository(
        _ name: RepositoryName, requiringEmpty: Bool = false, by actor: Administrator
    ) async throws {
        let authority = authority(of: actor)
        try await catalog.write { catalog in
            let repository = try authority.repository(name, needing: .manage, to: "remove it", in: catalog.read)
            try catalog.read.requireUnshared(repository, to: "remove it", region: authority.region, now: authority.now)
            guard !requiringEmpty || repository.tagCount == 0 else {
                throw AdministrationError(
                    .repositoryInUse, "\(name) has \(repository.tagCount) tags: delete them first")
            }
            try authority.record(
                .repositoryRemove, on: repository, detail: "with \(repository.tagCount) tags", in: catalog)
            _ = try catalog.removeRepository(repository.id)
        }
    }
}

extension Authority {
    /// What a list shows of a repository to who has `rights` on it.
    func summary(
        of record: RepositoryRecord, rights: Rights, in catalog: CatalogReader
    ) throws -> Repository {
        let shares = try catalog.effectiveShareCount(of: record.id, region: region, now: decisionTime)
        return Repository(record, shares: rights.contains(.manage) ? shares : nil)
    }
}
