import ArgumentParser
import Foundation

/// The program.
@main
struct Berth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth",
        abstract: "A container registry for several accounts that share images with each other.",
        discussion: """
            EXAMPLE
              berth serve
              berth account add acme --password-stdin
              berth org add acme-images --account acme
              docker login -u acme 127.0.0.1:5000
              docker push 127.0.0.1:5000/acme-images/web:1
              berth share add acme-images/web --with globex --for 30d

            Every command works on the data directory, with or without a server running on it.
            """,
        version: Version.current,
        subcommands: [
            Serve.self, AccountCommand.self, UserCommand.self, KeyCommand.self, OrgCommand.self, GrantCommand.self,
            RepoCommand.self, ShareCommand.self, AuditCommand.self, GarbageCollect.self, Verify.self, Backup.self,
            Restore.self, CertsCommand.self, Version.self,
        ])

    /// Runs the command that the words name. What goes wrong is one sentence on standard error and a status that is
    /// not 0: 64 for words that cannot be understood, 1 for everything else.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        if code == .success {
            print(fullMessage(for: error))
        } else if !(error is ExitCode) {
            let message = code == .validationFailure ? message(for: error) : sentence(for: error)
            try? FileHandle.standardError.write(contentsOf: Data("berth: \(oneLine(message))\n".utf8))
        }
        exit(withError: code)
    }

    /// The message without line breaks and other control characters.
    private static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
            .printable
    }
}
