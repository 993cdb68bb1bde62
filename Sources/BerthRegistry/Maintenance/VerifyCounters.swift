import BerthCatalog

extension Registry {
    /// Counts all repositories, organizations and accounts anew and compares their counters with what is found.
    ///
    /// Each repository is counted in one snapshot, and mended in one transaction, so that it may run while the
    /// registry serves.
    func verifyCounters(repair: Bool, into report: inout VerifyReport) async throws {
        var last = RepositoryID(rawValue: 0)
        while true {
            let page = try await catalog.read { [last] in try $0.repositoryIDs(after: last, limit: 100) }
            for repository in page {
                guard let recount = try await catalog.read({ try $0.recount(of: repository) }), !recount.isExact else {
                    continue
                }
                report.damaged.append(recount.sentence)
                if repair, try await catalog.write({ try $0.mendCounters(of: repository) }) { report.repaired += 1 }
            }
            guard let end = page.last else { break }
            last = end
        }
        let organizations = try await catalog.read { try $0.wrongRepositoryCounts() }
        report.damaged += organizations.map(\.sentence)
        if repair, !organizations.isEmpty {
            report.repaired += try await catalog.write { try $0.mendRepositoryCounts() }
        }
        for account in try await catalog.read({ try $0.accounts() }) {
            let sentence = try await catalog.read { catalog -> String? in
                let recorded = try catalog.usage(of: account.id)
                let counted = try catalog.recountedUsage(of: account.id)
                guard recorded != counted else { return nil }
                let words = recorded.map(Self.words) ?? "nothing"
                return "usage of \(account.name): recorded are \(words), but there are \(Self.words(for: counted))"
            }
            guard let sentence else { continue }
            report.damaged.append(sentence)
            if repair, try await catalog.write({ try $0.mendUsage(of: account.id) }) { report.repaired += 1 }
        }
    }

    private static func words(for usage: AccountUsage) -> String {
        "\(usage.repositories) repositories, \(usage.tags) tags and \(usage.bytes) bytes"
    }
}

extension RepositoryRecount {
    /// What is counted wrong.
    fileprivate var sentence: String {
        guard recorded == counted else {
            return "counters of \(name): recorded are \(recorded.tags) tags and \(recorded.size) bytes, "
                + "but there are \(counted.tags) tags and \(counted.size) bytes"
        }
        return "counters of \(name): the recorded sizes of its images are not what they hold"
    }
}

extension OrganizationRecount {
    /// What is counted wrong.
    fileprivate var sentence: String {
        "counters of the organization \(name): recorded are \(recorded) repositories, but there are \(counted)"
    }
}
