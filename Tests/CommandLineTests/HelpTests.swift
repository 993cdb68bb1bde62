@testable import berth
import ArgumentParser
import BerthTestSupport
import Testing

/// A command with the words that name it.
struct CommandPath: CustomTestStringConvertible, Sendable {
    let words: [String]
    let type: any ParsableCommand.Type

    var testDescription: String { (["berth"] + words).joined(separator: " ") }

    /// Every command of the program, groups of commands included.
    static let all: [CommandPath] = below(CommandPath(words: [], type: Berth.self))
    /// Those that do something themselves.
    static let leaves = all.filter { $0.type.configuration.subcommands.isEmpty }

    private static func below(_ command: CommandPath) -> [CommandPath] {
        [command]
            + command.type.configuration.subcommands.flatMap {
                below(CommandPath(words: command.words + [$0._commandName], type: $0))
            }
    }
}

@Suite struct HelpTests {
    @Test("the commands are those of the design")
    func commands() {
        let paths = CommandPath.leaves.map { $0.words.joined(separator: " ") }
        #expect(
            Set(paths)
                == Set(
                    """
                    serve,account add,account list,account remove,user add,user list,user password,user disable,\
                    user enable,user remove,key add,key list,key disable,key remove,org add,org list,org remove,\
                    grant set,grant list,grant remove,repo list,repo show,repo set,repo remove,share add,share list,\
                    share show,share update,share remove,share received,audit list,gc,verify,backup,restore,\
                    certs create,\
                    certs rotate-token-key,version
                    """.split(separator: ",").map(String.init)))
    }

    @Test(
        "the help of every command has an example of that command, which can be understood", arguments: CommandPath.all)
    func examples(command: CommandPath) throws {
        let help = Berth.helpMessage(for: command.type, columns: 400)
        #expect(help.contains("EXAMPLE"))
        let examples = Self.examples(in: help)
        #expect(examples.contains { $0.starts(with: command.words) }, "\(help)")
        for words in examples {
            #expect(throws: Never.self, "\(words)") { _ = try Berth.parseAsRoot(words) }
        }
    }

    @Test("every command takes --config, --storage, --certs and --json", arguments: CommandPath.leaves)
    func commonFlags(command: CommandPath) {
        let help = Berth.helpMessage(for: command.type)
        for flag in ["--config <file>", "--storage <directory>", "--certs <directory>", "--json"] {
            #expect(help.contains(flag))
        }
    }

    @Test("--help goes to standard output, with status 0", arguments: [[], ["share"], ["share", "add"], ["serve"]])
    func output(words: [String]) async throws {
        try await withInstallation { installation in
            let help = try await Program(installation).run(words + ["--help"])
            #expect(help.succeeded && help.errors.isEmpty)
            #expect(help.output.contains("EXAMPLE") && help.output.contains("USAGE"))
        }
    }

    @Test("the help of serve lists every setting of the design")
    func settings() {
        let help = Berth.helpMessage(for: Serve.self)
        for flag in [
            "--listen", "--storage", "--certs", "--region", "--public-url", "--tls", "--token-ttl", "--read-only",
        ] {
            #expect(help.contains("\n    \(flag) ") || help.contains("\n  \(flag) "), "\(flag)")
        }
    }

    /// The words of each line that begins with `berth`, as a shell would take it apart.
    private static func examples(in help: String) -> [[String]] {
        help.replacing(/\\\n */, with: "").split(separator: "\n").compactMap { line in
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("berth "), !line.contains("BERTH_"), !line.contains("[") else { return nil }
            var words: [String] = []
            for (index, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
                if index % 2 == 1 {
                    words.append(String(part))
                } else {
                    words += part.split(separator: " ").map(String.init)
                }
            }
            return Array(words.prefix { $0 != "<" && $0 != "|" }.dropFirst())
        }
    }
}
