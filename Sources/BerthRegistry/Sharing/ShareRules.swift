import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// The rules of sharing that a share must meet when it is made or changed (docs/sharing.md has the table).
///
/// Checked inside the transaction that writes the share, so that two at once cannot pass one limit together.
package struct ShareRules: Sendable {
    /// The most accounts that an image is effectively shared with.
    package static let maximumShares = 500

    let region: Region
    let now: Date

    /// - Throws: ``AdministrationError`` with the code of the rule that is not met.
    func check(_ repository: RepositoryRecord, with receiver: AccountRecord) throws(AdministrationError) {
        guard receiver.id != repository.owner else {
            throw AdministrationError(
                .receiverIsOwner, "\(repository.name) belongs to \(receiver.name): share it with another account")
        }
        guard !repository.isPublic else {
            throw AdministrationError(
                .repositoryPublic,
                "\(repository.name) is public, so everyone can pull it: only private images are shared")
        }
        guard repository.ownerHomeRegion == region else {
            throw AdministrationError(
                .regionMismatch,
                "this server is in \(region) and \(repository.ownerName), which owns the image, is at home in "
                    + "\(repository.ownerHomeRegion): images are shared within one region")
        }
        guard receiver.homeRegion == region else {
            throw AdministrationError(
                .regionMismatch,
                "\(repository.name) is in \(region) and \(receiver.name) is at home in \(receiver.homeRegion): images "
                    + "are shared within one region, so copy it to \(receiver.homeRegion) first and share it there",
                naming: ["region": region.description, "home": receiver.homeRegion.description])
        }
    }

    /// - Throws: ``AdministrationError`` `deadlinePast`.
    func check(_ deadline: Deadline) throws(AdministrationError) {
        guard case .until(let end) = deadline, !deadline.isAhead(of: now) else { return }
        throw AdministrationError(
            .deadlinePast,
            "the deadline \(end.rfc3339) has passed, it is \(now.rfc3339) now: name a later one")
    }

    /// Whether there is room for one more effective share.
    ///
    /// - Throws: ``AdministrationError`` `tooManyShares`, and errors of the catalog.
    func checkCount(of repository: RepositoryRecord, in catalog: CatalogReader) throws {
        let count = try catalog.effectiveShareCount(of: repository.id, region: region, now: now)
        guard count < Self.maximumShares else {
            throw AdministrationError(
                .tooManyShares,
                "\(repository.name) is shared with \(count) accounts, and \(Self.maximumShares) is the most: "
                    + "remove a share first")
        }
    }
}

extension CatalogReader {
    /// Refuses what must not happen to a repository that is effectively shared, naming the accounts it is shared with.
    ///
    /// - Throws: ``AdministrationError`` `repositoryShared`, and errors of the catalog.
    func requireUnshared(_ repository: RepositoryRecord, to act: String, region: Region, now: Date) throws {
        let shares = try effectiveShares(of: repository.id, region: region, now: now)
        guard !shares.isEmpty else { return }
        let shown = shares.prefix(20).map(\.receiverName.description).joined(separator: ", ")
        let more = shares.count > 20 ? " and \(shares.count - 20) more" : ""
        let all = shares.count == 1 ? "this share" : "these shares"
        throw AdministrationError(
            .repositoryShared,
            "\(repository.name) is shared with \(shown)\(more): remove \(all) before you \(act)")
    }
}
