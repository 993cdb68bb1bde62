import ArgumentParser
import BerthRegistry
import BerthServer

/// `berth restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data directory out of a backup.",
        discussion: """
            EXAMPLE
              berth restore /backup/berth-monday --storage /srv/berth/storage

            The data directory must be new or empty; the backup stays as it is. The directory of certificates is restored by \
            copying it back.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "A directory that berth backup has made.")
    var directory: String

    func run() async throws {
        let storage = try common.settings().storage
        let line = ProgressLine()
        defer { line.end() }
        let report = try await Registry.restore(from: directory, to: storage) { report in
            line.show("copied \(PlainWords.count(report.copiedBlobs, "blob")), \(PlainWords.size(report.copiedBytes))")
        }
        line.end()
        try common.output.done(
            "Restored the database and \(PlainWords.count(report.copiedBlobs, "blob")), "
                + "\(PlainWords.size(report.copiedBytes)), to \(storage).",
            json: [
                "directory": .string(storage), "copied_blobs": .integer(report.copiedBlobs),
                "copied_bytes": .integer(report.copiedBytes), "missing": .array(report.missing.map { .text($0) }),
            ])
        if !report.missing.isEmpty {
            throw Failure(
                "\(PlainWords.count(report.missing.count, "blob")) of the catalog cannot be copied, since files of the "
                    + "backup are missing or damaged; berth verify names them")
        }
    }
}
