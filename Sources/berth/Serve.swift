import ArgumentParser
import BerthServer

/// `berth serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        usage: "berth serve [--config FILE] [SETTING ...]",
        discussion: """
            EXAMPLE
              berth serve --listen 0.0.0.0:5000 --public-url https://registry.example.com --tls files

            The first start creates account admin and prints its password once; BERTH_ADMIN_PASSWORD sets it instead.

            SETTINGS
            \(settings)
            A setting is a flag here, BERTH_… in the environment, or a line in the settings file, in this order: \
            --tokens-service is BERTH_TOKENS_SERVICE and tokens.service.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var words: [String] = []

    func run() async throws {
        try await serve(settings: common.settings(SettingFlags(parsing: words)))
    }

    private static var settings: String {
        SettingDefinition.all.map { setting in
            let flag = [setting.flag, setting.placeholder].compactMap(\.self).joined(separator: " ")
            return "  \(flag)\n      \(setting.summary) (default: \(setting.defaultText))\n"
        }.joined()
    }
}
