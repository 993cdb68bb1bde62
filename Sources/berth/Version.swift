import ArgumentParser

/// `berth version`
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.",
        discussion: """
            EXAMPLE
              berth version
            """)

    static let current = "0.1.0"

    @OptionGroup var common: CommonOptions

    func run() throws {
        try common.output.done("berth \(Self.current)", json: ["version": .string(Self.current)])
    }
}
