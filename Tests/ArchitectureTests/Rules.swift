/// The rules of the architecture. Each takes a file and gives its offences, in words.
enum Rules {
    /// What each target may import beside ``system``: of Berth the targets above it in this list at most (design 4.1),
    /// of other packages what it is there for.
    static let allowedImports: KeyValuePairs<String, [String]> = [
        "BerthOCI": [],
        "BerthAccess": ["BerthOCI"],
        "BerthBlobs": ["BerthOCI", "Crypto", "NIOCore", "NIOPosix", "SystemPackage"] + platform,
        "BerthDatabase": ["GRDB", "GRDBSQLite", "NIOPosix"] + platform,
        "BerthCatalog": ["BerthOCI", "BerthAccess", "BerthDatabase"] + platform,
        "BerthIdentity": [
            "BerthOCI", "BerthAccess", "Crypto", "CryptoExtras", "HashTreeCollections", "JWTKit", "NIOPosix",
            "OrderedCollections", "SwiftASN1", "X509",
        ] + platform,
        "BerthRegistry": [
            "BerthOCI", "BerthAccess", "BerthBlobs", "BerthDatabase", "BerthCatalog", "BerthIdentity", "Logging",
            "NIOCore",
        ] + platform,
        "BerthHTTP": [
            "BerthOCI", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore",
            "NIOHTTP1",
            "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOPosix", "NIOSSL", "NIOTLS", "SystemPackage",
        ] + platform,
        "BerthOutbound": [
            "BerthOCI", "AsyncHTTPClient", "HTTPTypes", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
        ] + platform,
        "BerthServer": [
            "BerthOCI", "BerthAccess", "BerthBlobs", "BerthCatalog", "BerthIdentity", "BerthRegistry", "BerthHTTP",
            "BerthOutbound", "HTTPTypes", "Hummingbird", "Logging", "Metrics", "Mustache", "NIOCore", "NIOPosix",
            "ServiceLifecycle",
            "UnixSignals", "Yams",
        ] + platform,
        "berth": [
            "BerthOCI", "BerthAccess", "BerthIdentity", "BerthRegistry", "BerthServer", "ArgumentParser", "Logging",
        ] + platform,
        "BerthTestBasics": [],
        "BerthTestSupport": [
            "BerthTestBasics", "BerthOCI", "BerthAccess", "BerthBlobs", "BerthCatalog", "BerthIdentity",
            "BerthRegistry", "BerthServer",
            "Crypto", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
        ] + platform,
    ]

    /// What every target may import, the pure ones as well.
    static let system: Set<String> = ["Foundation"]
    /// What targets that run things may import besides.
    static let platform = ["Glibc", "NIOConcurrencyHelpers", "Synchronization"]

    /// The only targets that know of a module whose name begins like this.
    static let onlyKnownTo: [(prefix: String, targets: Set<String>)] = [
        ("GRDB", ["BerthDatabase"]), ("SQLite", ["BerthDatabase"]),
        ("Hummingbird", ["BerthHTTP", "BerthServer", "BerthTestSupport"]),
        ("NIOHTTP1", ["BerthHTTP", "BerthOutbound", "BerthTestSupport"]),
        ("AsyncHTTPClient", ["BerthOutbound"]),
        ("ArgumentParser", ["berth"]), ("Yams", ["BerthServer"]), ("JWTKit", ["BerthIdentity"]),
    ]

    /// The only targets with SQL in them.
    static let targetsWithSQL: Set<String> = ["BerthDatabase", "BerthCatalog"]
    static let maximumLines = 400

    static func offences(of source: SwiftSource) -> [String] {
        (importOffences(of: source) + lengthOffences(of: source) + sqlOffences(of: source))
            .map { "\(source.path): \($0)" }
    }

    private static func importOffences(of source: SwiftSource) -> [String] {
        guard let allowed = allowedImports.first(where: { $0.key == source.target })?.value else {
            return ["target \(source.target) has no rule"]
        }
        return source.imports.flatMap { module in
            var offences: [String] = []
            if !system.contains(module) && !allowed.contains(module) {
                offences.append("\(source.target) may not import \(module)")
            }
            for (prefix, targets) in onlyKnownTo where module.hasPrefix(prefix) && !targets.contains(source.target) {
                offences.append("\(module) is known to \(targets.sorted().joined(separator: ", ")) only")
            }
            return offences
        }
    }

    private static func lengthOffences(of source: SwiftSource) -> [String] {
        source.lineCount > maximumLines ? ["\(source.lineCount) lines, at most \(maximumLines) are allowed"] : []
    }

    private static func sqlOffences(of source: SwiftSource) -> [String] {
        guard !targetsWithSQL.contains(source.target) else { return [] }
        return source.literals.filter(isSQL).map { "SQL in “\($0.prefix(40))”" }
    }

    /// Whether a text has a line that begins as a statement of SQL does, or has a clause in it that nothing else has.
    private static func isSQL(_ text: String) -> Bool {
        let beginnings = [
            "SELECT ", "INSERT INTO ", "INSERT OR ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "CREATE INDEX ",
            "CREATE UNIQUE INDEX ", "DROP TABLE ", "ALTER TABLE ", "PRAGMA ", "WITH RECURSIVE ", "BEGIN IMMEDIATE",
        ]
        return text.split(separator: "\n").contains { line in
            let statement = line.drop { $0 == " " }
            return beginnings.contains { statement.hasPrefix($0) } || statement.contains("(SELECT ")
        }
    }
}
