import ArgumentParser
import BerthRegistry
import BerthServer

/// `berth verify`
struct Verify: RegistryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Re-hash every blob and check the database against the files.",
        discussion: """
            EXAMPLE
              berth verify
              berth verify --repair
              berth verify --rate 50MiB

            Exits with a status that is not 0 when it finds damage that it did not repair.
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Set damaged files aside, so that the next push of the same content heals them.")
    var repair = false
    @Option(
        help: ArgumentHelp("Read no more than this in a second, such as 50MiB.", valueName: "size"),
        transform: { try SizeText.parse($0) })
    var rate: Int64?

    func run(on registry: Registry, output: Output) async throws {
        let line = ProgressLine()
        defer { line.end() }
        let report = try await registry.verify(repair: repair, rate: rate) { report in
            line.show(
                "checked \(PlainWords.count(report.checkedBlobs, "blob")), \(PlainWords.size(report.checkedBytes))")
        }
        line.end()
        if output.isJSON {
            try output.write([
                "checked_blobs": .integer(report.checkedBlobs), "damaged": .array(report.damaged.map { .string($0) }),
                "orphans": .array(report.orphans.map { .string($0) }),
            ])
        } else {
            for damage in report.damaged { print("damaged: \(damage.printable)") }
            for orphan in report.orphans { print("orphan: \(orphan.printable)") }
            print(
                "Checked \(PlainWords.count(report.checkedBlobs, "blob")), \(PlainWords.size(report.checkedBytes)): "
                    + "\(report.damaged.count) damaged, \(PlainWords.count(report.orphans.count, "orphan")).")
        }
        if report.hasDamageLeft {
            let left = PlainWords.count(report.damaged.count - report.repaired, "thing")
            throw Failure(
                repair
                    ? "\(left) still damaged: push the content again, or restore a backup"
                    : "\(left) damaged; berth verify --repair sets damaged files aside so that a new push heals them")
        }
    }
}
