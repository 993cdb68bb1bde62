import BerthAccess
import BerthOCI
import BerthRegistry
import BerthServer
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

@Suite struct SettingsTests {
    private let directory: TemporaryDirectory
    private let file: String

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.path + "/berth.yaml"
    }

    private func load(
        yaml: String = "", environment: [String: String] = [:], words: [String] = []
    ) throws -> Settings {
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
        return try Settings.load(flags: SettingFlags(parsing: words), environment: environment, file: file)
    }

    private func mistake(
        yaml: String = "", environment: [String: String] = [:], words: [String] = []
    ) throws -> String {
        let error = #expect(throws: SettingsError.self) {
            try load(yaml: yaml, environment: environment, words: words)
        }
        return try #require(error).description
    }

    @Test("without a word every setting has its default")
    func defaults() throws {
        let settings = try load()
        #expect(settings == Settings())
        #expect(settings.listen.description == "127.0.0.1:5000")
        #expect(settings.storage == "./storage")
        #expect(settings.certificates == "./certs")
        #expect(settings.region == nil)
        #expect(settings.tokenLifetime == .seconds(300))
        #expect(settings.allowsAnonymousPull && !settings.isReadOnly && !settings.allowsSparseManifests)
        #expect("\(settings.logLevel)" == "info")
        #expect(settings.registry.registryHost == "127.0.0.1:5000")
    }

    @Test("the default that the table tells is the one that holds", arguments: SettingDefinition.all)
    func tableOfDefaults(definition: SettingDefinition) throws {
        guard definition.key != "region", definition.key != "public-url" else { return }
        var settings = Settings()
        try definition.apply(definition.defaultText, to: &settings)
        #expect(settings == Settings())
    }

    /// A value for each setting that is not its default.
    static let others = [
        "listen": "[::1]:6000", "storage": "/data", "certs": "/keys", "region": "region-9",
        "public-url": "https://registry.example.com/", "tls": "files", "token-ttl": "1h", "read-only": "on",
        "anonymous-pull": "off", "manifests.sparse": "yes", "tokens.service": "registry.example.com",
        "tokens.issuer": "https://registry.example.com", "uploads.expire": "2h", "uploads.maximum": "5",
        "gc.grace": "0s", "audit.days": "3650",
        "gc.interval": "0s", "scrub.interval": "7d", "scrub.rate": "1MiB",
        "shutdown.grace": "5m", "log.level": "debug", "quota.organizations": "7", "quota.repositories": "8",
        "quota.tags": "9", "quota.storage": "10GiB",
        "sign-in.attempts": "3", "sign-in.window": "5m", "console.idle": "1m", "console.lifetime": "1h",
        "timeouts.handshake": "0s", "timeouts.head": "1s",
        "timeouts.idle": "2m", "transfers.minimum-rate": "10KiB", "transfers.window": "1m",
        "connections.maximum": "100", "trusted-proxies": "10.0.0.0/8",
        "outbound.allow": "10.0.0.0/8, ::1", "triggers.endpoint": "https://hooks.example.com/berth",
        "triggers.secret": "sixteen-or-more!",
        "regions": "region-2=https://acme%2Fci:s%40cret@registry.example.com region-3=http://10.0.0.3:5000",
    ]

    @Test("each setting is taken from the file, the environment and a flag alike", arguments: SettingDefinition.all)
    func everyWay(definition: SettingDefinition) throws {
        let value = try #require(Self.others[definition.key])
        let fromFile = try load(yaml: "\(definition.key): \"\(value)\"")
        #expect(fromFile != Settings())
        #expect(try load(environment: [definition.environmentName: value]) == fromFile)
        #expect(try load(words: [definition.flag, value]) == fromFile)
        #expect(try load(words: ["\(definition.flag)=\(value)"]) == fromFile)
    }

    @Test("each setting refuses what it does not allow, and says what it does", arguments: SettingDefinition.all)
    func badValues(definition: SettingDefinition) throws {
        for bad in ["", "\u{0}"] {
            #expect(try mistake(words: ["\(definition.flag)=\(bad)"]).hasSuffix("expected \(definition.allowed)"))
        }
    }

    @Test("flags win over the environment, that over the file, that over the default")
    func precedence() throws {
        let yaml = "listen: 127.0.0.1:1\nstorage: /file\ncerts: /file\n"
        let settings = try load(
            yaml: yaml, environment: ["BERTH_STORAGE": "/environment", "BERTH_LISTEN": "127.0.0.1:2"],
            words: ["--listen", "127.0.0.1:3"])
        #expect(settings.listen.port == 3)
        #expect(settings.storage == "/environment")
        #expect(settings.certificates == "/file")
        #expect(settings.tokenService == "berth")
    }

    @Test("nested keys and keys with dots are the same")
    func nesting() throws {
        let dotted = try load(yaml: "tokens.service: a\ntokens.issuer: b\n")
        let nested = try load(yaml: "tokens:\n  service: a\n  issuer: b\n")
        #expect(dotted == nested)
        #expect(try load(yaml: "tokens: {service: a, issuer: b}") == dotted)
    }

    @Test("switches are turned on by their flag, off by its opposite, and take a word")
    func switches() throws {
        #expect(try load(words: ["--read-only"]).isReadOnly)
        #expect(try load(words: ["--read-only", "--tls", "files"]).tls == .files)
        #expect(try !load(words: ["--no-anonymous-pull"]).allowsAnonymousPull)
        #expect(try !load(words: ["--anonymous-pull", "off", "--read-only"]).allowsAnonymousPull)
        #expect(try !load(environment: ["BERTH_READ_ONLY": "on"], words: ["--no-read-only"]).isReadOnly)
    }

    @Test(
        "a mistake in the file is named with its line",
        arguments: [
            ("listen: 127.0.0.1:0\nlissten: x\n", 2, "there is no setting “lissten”; the settings are listen, storage"),
            ("\n\ntoken-ttl: 5s\n", 3, "token-ttl “5s” is not valid: expected a duration from 60s to 1h"),
            ("tokens:\n  service: a\n  sevice: b\n", 3, "there is no setting “tokens.sevice”"),
            ("quotas:\n  organizations: 5\n", 1, "there is no setting “quotas”"),
            ("tls: on\n", 1, "tls “on” is not valid: expected off or files"),
            ("tls: [off]\n", 1, "tls takes one plain value"),
            ("tokens: {service: a}\ntokens.service: b\n", 2, "tokens.service is set more than once"),
            ("storage:\n", 1, "storage “” is not valid: expected a directory"),
            ("- listen\n", 1, "expected settings, one a line"),
            ("listen: a\n listen: [\n", 2, "this is not YAML"),
        ])
    func linesOfMistakes(yaml: String, line: Int, message: String) throws {
        let mistake = try mistake(yaml: yaml)
        #expect(mistake.hasPrefix("\(file):\(line): \(message)"), "\(mistake)")
        #expect(!mistake.contains("\n"))
    }

    @Test("a setting twice in the file is a mistake")
    func duplicates() throws {
        #expect(try mistake(yaml: "tls: off\nlisten: 127.0.0.1:1\ntls: files\n").contains("tls"))
    }

    @Test("an empty file and one of comments set nothing")
    func emptyFile() throws {
        #expect(try load(yaml: "") == Settings())
        #expect(try load(yaml: "# nothing\n") == Settings())
    }

    @Test("a file that was named must be there; the standard one need not")
    func missingFile() throws {
        #expect(throws: SettingsError.self) {
            try Settings.load(environment: [:], file: directory.path + "/other.yaml")
        }
        #expect(throws: SettingsError.self) {
            try Settings.load(environment: ["BERTH_CONFIG": directory.path + "/other.yaml"])
        }
    }

    @Test("BERTH_CONFIG names the file, and --config wins over it")
    func fileFromEnvironment() throws {
        try Data("storage: /one\n".utf8).write(to: URL(fileURLWithPath: file))
        let other = directory.path + "/other.yaml"
        try Data("storage: /other\n".utf8).write(to: URL(fileURLWithPath: other))
        #expect(try Settings.load(environment: ["BERTH_CONFIG": file]).storage == "/one")
        #expect(try Settings.load(environment: ["BERTH_CONFIG": file], file: other).storage == "/other")
    }

    @Test("variables that begin with BERTH_ must be known, but for those that are no settings")
    func environmentNames() throws {
        #expect(try mistake(environment: ["BERTH_LISSTEN": "x"]).hasPrefix("BERTH_LISSTEN: there is no such"))
        #expect(
            try mistake(environment: ["BERTH_TLS": "on"])
                == "BERTH_TLS: tls “on” is not valid: expected off or files")
        let harmless = [
            "BERTH_ADMIN_PASSWORD": "x", "BERTH_SERVICE_HOST": "10.0.0.1", "BERTH_PORT": "tcp://10.0.0.1:5000",
            "BERTH_PORT_5000_TCP_ADDR": "10.0.0.1", "PATH": "/bin", "berth_listen": "x",
        ]
        #expect(try load(environment: harmless) == Settings())
    }

    @Test("flags must be known and have their values")
    func flagMistakes() throws {
        #expect(try mistake(words: ["--lissten", "x"]).hasPrefix("--lissten: there is no such flag"))
        #expect(try mistake(words: ["serve"]).hasPrefix("serve: "))
        #expect(try mistake(words: ["--listen"]).hasPrefix("--listen: a value is missing"))
        #expect(try mistake(words: ["--listen", "--read-only"]).hasPrefix("--listen: a value is missing"))
        #expect(try mistake(words: ["--no-listen"]).hasPrefix("--no-listen: there is no such flag"))
    }

    @Test(
        "addresses to listen on",
        arguments: [
            ("127.0.0.1:5000", "127.0.0.1", 5000), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535),
            (":5000", "0.0.0.0", 5000),
        ])
    func listenAddresses(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(try ListenAddress(parsing: address.description) == address)
    }

    @Test(
        "what is no address to listen on is refused",
        arguments: [
            "", "5000", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:+80", "::1:5000",
            "[]:1",
            "[::1]", "a b:1", "http://localhost:1", "host/path:1", "localhost:٣",
        ])
    func badListenAddresses(text: String) {
        #expect(throws: (any Error).self) { try ListenAddress(parsing: text) }
    }

    @Test(
        "public addresses have a scheme and a host and nothing more",
        arguments: [
            ("https://registry.example.com", "https://registry.example.com"),
            ("HTTPS://registry.example.com:8443/", "https://registry.example.com:8443"),
            ("http://[::1]:5000", "http://[::1]:5000"), ("http://10.0.0.1", "http://10.0.0.1"),
        ])
    func publicURLs(text: String, url: String) throws {
        #expect(try PublicURL(parsing: text).description == url)
    }

    @Test(
        "what is no public address is refused",
        arguments: [
            "", "registry.example.com", "ftp://host", "https://", "https:///", "https://host/path", "https://host?x",
            "https://user@host", "https://host:0", "https://:5000", "https://host:", "https://a b", "https://host\"",
        ])
    func badPublicURLs(text: String) {
        #expect(throws: (any Error).self) { try PublicURL(parsing: text) }
    }

    @Test("pull commands name the public address, and the server gets what concerns it")
    func derived() throws {
        let settings = try load(words: [
            "--public-url", "https://registry.example.com", "--tls", "files", "--certs", "/keys", "--listen",
            "0.0.0.0:443",
        ])
        #expect(settings.registry.registryHost == "registry.example.com")
        #expect(try settings.server().publicURL == "https://registry.example.com")
        #expect(try settings.server().tls?.certificate == "/keys/server.crt")
        #expect(try settings.server().tls?.key == "/keys/server.key")
        #expect(try settings.server().host == "0.0.0.0")
        #expect(try settings.server().port == 443)
        #expect(try load().server().tls == nil)
    }

    @Test(
        "a size is bytes or has a unit of 1,000 or 1,024",
        arguments: [
            ("0", 0), ("1", 1), ("1500B", 1500), ("3kB", 3000), ("2MB", 2_000_000), ("1GB", 1_000_000_000),
            ("1TB", 1_000_000_000_000), ("1KiB", 1024), ("2MiB", 2_097_152), ("10GiB", 10_737_418_240),
            ("8TiB", 8_796_093_022_208),
        ])
    func sizes(text: String, bytes: Int64) throws { #expect(try SizeText.parse(text) == bytes) }

    @Test(
        "what is no size is refused, too large a one as well",
        arguments: [
            "", "GiB", "-1", "+1", "1.5GiB", "1 GiB", "1gib", "1G", "9223372036854775808", "9999999999TiB", "１",
        ])
    func badSizes(text: String) throws {
        #expect(throws: ParseFailure.self) { try SizeText.parse(text) }
    }

    @Test("docs/settings.md lists every setting with its names and its default")
    func documentation() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/settings.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let lines = text.split(separator: "\n")
        for definition in SettingDefinition.all {
            let row = lines.first { $0.hasPrefix("| `\(definition.flag)`") }
            #expect(row?.contains("`\(definition.key)`") == true, "\(definition.key)")
            #expect(row?.contains(definition.environmentName) == true, "\(definition.key)")
            #expect(row?.contains(definition.defaultText) == true, "\(definition.key)")
        }
    }
}
