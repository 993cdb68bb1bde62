import ArgumentParser
import BerthRegistry

/// `berth backup`
struct Backup: RegistryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a consistent copy of the data, also while serving.",
        discussion: """
            EXAMPLE
              berth backup /backup/berth-monday

            The copy is a data directory: berth serve --storage /backup/berth-monday. Keep a copy of the directory of \
            certificates as well: it holds the key that access keys are sealed with.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "A directory that is new or empty.")
    var directory: String

    func run(on registry: Registry, output: Output) async throws {
        let line = ProgressLine()
        defer { line.end() }
        let report = try await registry.backup(to: directory) { report in
            line.show("copied \(PlainWords.count(report.copiedBlobs, "blob")), \(PlainWords.size(report.copiedBytes))")
        }
        line.end()
        try output.done(
            "Copied the database and \(PlainWords.count(report.copiedBlobs, "blob")), "
                + "\(PlainWords.size(report.copiedBytes)), to \(directory).",
            json: [
                "directory": .string(directory), "copied_blobs": .integer(report.copiedBlobs),
                "copied_bytes": .integer(report.copiedBytes), "missing": .array(report.missing.map { .text($0) }),
            ])
        if !report.missing.isEmpty {
            throw Failure(
                "\(PlainWords.count(report.missing.count, "blob")) of the catalog cannot be copied, since files are "
                    + "missing or damaged; berth verify names them")
        }
    }
}
