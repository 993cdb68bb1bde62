import ArgumentParser
import BerthServer

/// `berth serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        usage: "berth serve [--config FILE] [SETTING ...]",
        discussion: """
            EXAMPLE
              berth serve --listen 0.0.0.0:443 --tls files \\
                --public-url https://registry.example.com

            The first start creates account admin and prints its password once; BERTH_ADMIN_PASSWORD sets it instead.

            SETTINGS
            \(settings)
            A flag here wins over BERTH_… in the environment, which wins over the settings file: --tokens-service, \
            BERTH_TOKENS_SERVICE and tokens.service are one setting. What is on by default is turned off with --no-…
            """)

    @OptionGroup var common: CommonOptions

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var words: [String] = []

    func validate() throws {
        do {
            _ = try SettingFlags(parsing: words)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        try await serve(settings: common.settings(SettingFlags(parsing: words)))
    }

    private static var settings: String {
        SettingDefinition.all.map { setting in
            let flag = [setting.flag, setting.placeholder].compactMap(\.self).joined(separator: " ")
            return "  \(flag) (default: \(setting.defaultText))\n      \(setting.summary)\n"
        }.joined()
    }
}
