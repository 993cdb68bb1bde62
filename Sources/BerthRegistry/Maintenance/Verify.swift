import BerthBlobs
import BerthCatalog
import BerthOCI

/// What a verification found.
package struct VerifyReport: Sendable, Equatable {
    package var checkedBlobs = 0
    /// Bytes read so far.
    package var checkedBytes: Int64 = 0
    /// What is not as it was stored, a sentence each.
    package var damaged: [String] = []
    /// Digests and file names that nothing in the catalog speaks of.
    package var orphans: [String] = []
    /// How many of the damaged things were cleared away, so that a new push heals them.
    package var repaired = 0

    package init() {}

    package var isClean: Bool { damaged.isEmpty && orphans.isEmpty }
    /// Whether something is damaged still: a missing file, a damaged manifest or database, or what no repair was asked for.
    package var hasDamageLeft: Bool { repaired < damaged.count }
}

extension Registry {
    /// Reads every blob again, compares it with its name, and the catalog with the files, both ways.
    ///
    /// It may run while the registry serves.
    ///
    /// - Parameters:
    ///   - repair: Sets files aside whose bytes are not their name's, so that a push of the same content heals them, hands
    ///     files that no row speaks of to garbage collection, and counts anew what is counted wrong.
    ///   - rate: The most bytes to read in a second; `nil` is no limit.
    ///   - progress: Told after every blob.
    package func verify(
        repair: Bool = false, rate: Int64? = nil, progress: @Sendable (VerifyReport) -> Void = { _ in }
    ) async throws -> VerifyReport {
        var report = VerifyReport()
        report.damaged += try await catalog.integrityCheck().map { "database: \($0)" }
        try await verifyManifests(into: &report)
        let files = try await verifyFiles(into: &report, pace: ReadingPace(rate), progress: progress)
        try await verifyRows(against: files.sizes, knownDamage: files.known, into: &report)
        try await findOrphans(among: files.sizes, repair: repair, into: &report)
        try await verifyCounters(repair: repair, into: &report)
        if repair {
            for blob in files.damaged where try await blobs.setAside(blob) { report.repaired += 1 }
        }
        return report
    }

    private func verifyManifests(into report: inout VerifyReport) async throws {
        var last: Digest?
        while true {
            let page = try await catalog.read { [last] in try $0.storedManifests(after: last, limit: 100) }
            for manifest in page
            where Digest(hashing: manifest.bytes, algorithm: manifest.digest.algorithm) != manifest.digest {
                report.damaged.append("manifest \(manifest.digest): its bytes have another digest")
            }
            guard let end = page.last else { return }
            last = end.digest
        }
    }

    private func verifyFiles(
        into report: inout VerifyReport, pace: ReadingPace, progress: @Sendable (VerifyReport) -> Void
    ) async throws -> (sizes: [Digest: Int64], damaged: [DamagedBlob], known: Set<Digest>) {
        var sizes: [Digest: Int64] = [:]
        var damaged: [DamagedBlob] = []
        var known: Set<Digest> = []
        for try await (digest, size) in blobs.allBlobs() {
            sizes[digest] = size
            do {
                if case .damaged(let blob) = try await pace.check(digest, in: blobs) {
                    damaged.append(blob)
                    known.insert(digest)
                    report.damaged.append("blob \(digest): its bytes have another digest")
                }
            } catch BlobStoreError.ioFailure(let reason) {
                known.insert(digest)
                report.damaged.append("blob \(digest): it cannot be read: \(reason)")
            }
            report.checkedBlobs += 1
            report.checkedBytes += size
            progress(report)
        }
        return (sizes, damaged, known)
    }

    /// Compares rows with files; what has been found damaged already is told once.
    private func verifyRows(
        against files: [Digest: Int64], knownDamage: Set<Digest>, into report: inout VerifyReport
    ) async throws {
        var last: Digest?
        while true {
            let page = try await catalog.read { [last] in try $0.storedBlobs(after: last, limit: 1000) }
            for row in page where row.isLinked && !knownDamage.contains(row.digest) {
                let size = try await files[row.digest] == row.size ? row.size : blobs.size(of: row.digest)
                if size == nil {
                    report.damaged.append("blob \(row.digest): its file is missing")
                } else if size != row.size {
                    report.damaged.append("blob \(row.digest): its file has \(size ?? 0) bytes instead of \(row.size)")
                }
            }
            guard let end = page.last else { return }
            last = end.digest
        }
    }

    /// Finds files that no row speaks of, asking last, when pushes that were under way have committed theirs.
    private func findOrphans(
        among files: [Digest: Int64], repair: Bool, into report: inout VerifyReport
    ) async throws {
        let now = now()
        for (digest, size) in files.sorted(by: { $0.key < $1.key }) {
            guard try await catalog.read({ try $0.blobSize(digest) }) == nil,
                try await blobs.size(of: digest) != nil
            else { continue }
            report.orphans.append(digest.description)
            if repair {
                try await collecting { try await catalog.write { try $0.reserveBlob(digest, size: size, now: now) } }
            }
        }
        report.orphans += try await blobs.unexpectedFiles()
    }
}
