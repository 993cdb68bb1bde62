// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// docs/adr/0001-packages.md says why for each of these.
let nio = "swift-nio"

let package = Package(
    name: "berth",
    products: [
        .executable(name: "berth", targets: ["berth"])
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        // Lowest first: a target imports only targets above it (design: docs/architecture.md).
        .target(name: "BerthOCI", swiftSettings: settings),
        .target(name: "BerthAccess", dependencies: ["BerthOCI"], swiftSettings: settings),
        .target(
            name: "BerthBlobs",
            dependencies: [
                "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthDatabase",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthCatalog",
            dependencies: ["BerthDatabase", "BerthOCI", "BerthAccess"],
            swiftSettings: settings),
        .target(
            name: "BerthIdentity",
            dependencies: [
                "BerthAccess", "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "NIOPosix", package: nio),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthRegistry",
            dependencies: [
                "BerthOCI", "BerthAccess", "BerthBlobs", "BerthCatalog", "BerthIdentity",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthHTTP",
            dependencies: [
                "BerthOCI",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOTLS", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthOutbound",
            dependencies: [
                "BerthOCI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .target(
            name: "BerthServer",
            dependencies: [
                "BerthOCI", "BerthAccess", "BerthBlobs", "BerthCatalog", "BerthIdentity", "BerthRegistry", "BerthHTTP",
                "BerthOutbound",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [
                .embedInCode("Console/Assets"), .embedInCode("Console/Templates"), .embedInCode("Console/Texts"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "berth",
            dependencies: [
                "BerthServer", "BerthRegistry", "BerthIdentity", "BerthAccess", "BerthOCI",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "BerthTestBasics", swiftSettings: settings),
        .target(
            name: "BerthTestSupport",
            dependencies: [
                "BerthTestBasics", "BerthServer", "BerthRegistry", "BerthBlobs", "BerthCatalog", "BerthIdentity",
                "BerthAccess", "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),

        .testTarget(name: "BerthOCITests", dependencies: ["BerthTestBasics", "BerthOCI"], swiftSettings: settings),
        .testTarget(name: "BerthAccessTests", dependencies: ["BerthAccess", "BerthOCI"], swiftSettings: settings),
        .testTarget(
            name: "BerthBlobsTests",
            dependencies: [
                "BerthTestBasics", "BerthBlobs", "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BerthCatalogTests",
            dependencies: ["BerthTestBasics", "BerthCatalog", "BerthDatabase", "BerthAccess", "BerthOCI"],
            swiftSettings: settings),
        .testTarget(
            name: "BerthIdentityTests",
            dependencies: [
                "BerthTestBasics", "BerthTestSupport", "BerthIdentity", "BerthAccess", "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BerthHTTPTests",
            dependencies: [
                "BerthTestBasics", "BerthHTTP", "BerthOCI",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BerthOutboundTests",
            dependencies: [
                "BerthOutbound", "BerthOCI", "BerthIdentity", "BerthTestBasics", "BerthTestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BerthServerTests",
            dependencies: [
                "BerthTestBasics", "BerthTestSupport", "BerthServer", "BerthRegistry", "BerthOutbound", "BerthCatalog",
                "BerthDatabase", "BerthIdentity", "BerthAccess", "BerthOCI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ArchitectureTests",
            swiftSettings: settings),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "BerthTestBasics", "BerthTestSupport", "BerthOCI", "berth",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HardeningTests",
            dependencies: [
                "BerthTestBasics", "BerthTestSupport", "BerthServer", "BerthRegistry", "BerthBlobs", "BerthCatalog",
                "BerthDatabase", "BerthHTTP", "BerthIdentity", "BerthAccess", "BerthOCI", "berth",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "BerthTestBasics", "BerthTestSupport", "BerthBlobs", "BerthCatalog", "BerthDatabase", "BerthOCI",
                "berth",
            ],
            exclude: ["Disk/failing_calls.c"],
            swiftSettings: settings),
        .testTarget(
            name: "ClientTests",
            dependencies: ["BerthTestSupport", "BerthOCI", "berth"],
            path: "Tests/Clients",
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
