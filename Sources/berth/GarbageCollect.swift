import ArgumentParser
import BerthRegistry

/// `berth gc`
struct GarbageCollect: RegistryCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove content that nothing refers to; safe while serving.",
        discussion: """
            EXAMPLE
              berth gc --dry-run
              berth gc --grace 24h
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Only tell what would be removed.")
    var dryRun = false
    @Option(
        help: ArgumentHelp("Leave younger content alone (default: the setting gc.grace, 24h).", valueName: "duration"),
        transform: { try DurationText.parse($0, allowsZero: true) })
    var grace: Duration?

    func run(on registry: Registry, output: Output) async throws {
        let line = ProgressLine()
        defer { line.end() }
        let report = try await registry.collectGarbage(grace: grace, dryRun: dryRun) { report in
            line.show("removed \(PlainWords.count(report.deletedBlobs, "blob")), \(PlainWords.size(report.freedBytes))")
        }
        line.end()
        let verb = dryRun ? "Would remove" : "Removed"
        try output.done(
            "\(verb) \(PlainWords.count(report.deletedBlobs, "blob")), \(PlainWords.size(report.freedBytes)).",
            json: ["deleted_blobs": .integer(report.deletedBlobs), "freed_bytes": .integer(report.freedBytes)])
    }
}
