import BerthAccess
import BerthCatalog
import BerthOCI
import Foundation

/// One application of a policy to the tags of its repository, in one transaction.
///
/// A signature, or whatever else a tag of cosign's ties to a manifest of the repository, neither counts nor goes while
/// that manifest stays, and goes with it unless a selector matches its tag.
struct RetentionRun {
    let policy: RetentionPolicyRecord
    let rules: RetentionRules
    var exemptions: RetentionRules.Exemptions
    let now: Date
    let catalog: CatalogWriter
    /// The repository as the audit log names it; `nil` without one.
    let recorded: RepositoryRecord?

    /// Removes the tags that no rule keeps with the manifests that nothing needs then, and notes each tag.
    ///
    /// - Parameter limit: How many of the tags that the rules are about; those tied to them come on top.
    /// - Returns: How many of them.
    mutating func removeTags(atMost limit: Int) throws -> Int {
        let tags = try catalog.read.tags(in: policy.repository)
        var counting: [TagRecord] = []
        var tied: Set<TagName> = []
        for tag in tags {
            if let target = CosignTag(tag.name)?.target,
                try catalog.read.hasManifest(target, in: policy.repository) != nil
            {
                if !exemptions.isExempt(tag.name) { tied.insert(tag.name) }
            } else {
                counting.append(tag)
            }
        }
        let removable = rules.removable(of: counting, now: now, exemptions: &exemptions).prefix(limit)
        for (tag, rule) in removable {
            try remove(tag.name, of: tag.digest, noting: rule)
            try removeIfUnneeded(tag.digest, with: tied, noting: rule)
        }
        return removable.count
    }

    private func remove(_ tag: TagName, of digest: Digest, noting rule: RetentionRule) throws {
        _ = try catalog.removeTag(tag, in: policy.repository)
        try record(tag, digest)
        try catalog.logRetention(
            policy.id, rule: RetentionRules.stored(rule), tag: tag, of: policy.repository, now: now)
    }

    /// Removes a manifest that no tag, no index and no referrer needs, what is tied to it, and then the children of an
    /// index that only it needed.
    private func removeIfUnneeded(_ digest: Digest, with tied: Set<TagName>, noting rule: RetentionRule) throws {
        var pending = [digest]
        while let digest = pending.popLast() {
            guard try !catalog.read.isNeeded(digest, in: policy.repository) else { continue }
            pending += try catalog.read.children(of: digest, in: policy.repository)
            if try catalog.removeManifest(digest, in: policy.repository) { try record(nil, digest) }
            for name in CosignTag.names(for: digest) where tied.contains(name) {
                guard let record = try catalog.read.manifest(.tag(name), in: policy.repository) else { continue }
                try remove(name, of: record.digest, noting: rule)
                pending.append(record.digest)
            }
        }
    }

    private func record(_ tag: TagName?, _ digest: Digest) throws {
        guard let recorded else { return }
        try catalog.insertAudit(
            AuditEvent(
                at: now, action: .delete, actor: .retention, owner: recorded.owner, repository: recorded.name,
                tag: tag, digest: digest))
    }
}
