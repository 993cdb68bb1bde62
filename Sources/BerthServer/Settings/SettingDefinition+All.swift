import BerthAccess
import BerthHTTP
import BerthIdentity
import BerthOutbound
import BerthRegistry
import Logging

extension SettingDefinition {
    /// Every setting, in the order of the documentation.
    package static let all: [SettingDefinition] = [
        SettingDefinition(
            "listen", "ADDRESS", default: "127.0.0.1:5000", "address to listen on; port 0 picks a free one",
            allowed: "HOST:PORT such as 127.0.0.1:5000 or [::1]:5000"
        ) { text, settings in assign(try? ListenAddress(parsing: text), to: &settings.listen) },
        SettingDefinition(
            "storage", "DIRECTORY", default: "./storage", "blobs, uploads and the database", allowed: "a directory"
        ) { text, settings in assign(path(text), to: &settings.storage) },
        SettingDefinition(
            "certs", "DIRECTORY", default: "./certs", "token signing key and TLS files", allowed: "a directory"
        ) { text, settings in assign(path(text), to: &settings.certificates) },
        SettingDefinition(
            "region", "REGION", default: "region-1",
            "the one region served; data of another region is refused",
            allowed: "1 to 64 letters, digits, - and _"
        ) { text, settings in assign(try? Region(parsing: text), to: &settings.region) },
        SettingDefinition(
            "public-url", "URL", default: "http:// and the address listened on",
            "what clients use: in challenges, pull commands and absolute URLs",
            allowed: "http:// or https:// and a host, such as https://registry.example.com"
        ) { text, settings in assign(try? PublicURL(parsing: text), to: &settings.publicURL) },
        SettingDefinition(
            "tls", "MODE", default: "off", "off, or files: server.crt and server.key in the directory of certificates",
            allowed: "off or files"
        ) { text, settings in assign(Settings.TLSMode(rawValue: text), to: &settings.tls) },
        SettingDefinition(
            "token-ttl", "DURATION", default: "300s", "how long a token is good for",
            allowed: "a duration from 60s to 1h"
        ) { text, settings in assign(duration(text, 60...hour), to: &settings.tokenLifetime) },
        SettingDefinition(
            "read-only", nil, default: "off", "pulls only; pushes and deletes are answered 405", allowed: "on or off"
        ) { text, settings in assign(boolean(text), to: &settings.isReadOnly) },
        SettingDefinition(
            "anonymous-pull", nil, default: "on", "public images can be pulled without signing in",
            allowed: "on or off"
        ) { text, settings in assign(boolean(text), to: &settings.allowsAnonymousPull) },
        SettingDefinition(
            "manifests.sparse", nil, default: "off",
            "manifests and indexes are accepted whose content is not all in the repository",
            allowed: "on or off"
        ) { text, settings in assign(boolean(text), to: &settings.allowsSparseManifests) },
        SettingDefinition(
            "tokens.service", "NAME", default: "berth", "the service that tokens are for, their audience",
            allowed: "1 to 128 letters, digits and . - _ : /"
        ) { text, settings in assign(name(text), to: &settings.tokenService) },
        SettingDefinition(
            "tokens.issuer", "NAME", default: "berth", "who issues tokens, as they say",
            allowed: "1 to 128 letters, digits and . - _ : /"
        ) { text, settings in assign(name(text), to: &settings.tokenIssuer) },
        SettingDefinition(
            "sign-in.attempts", "COUNT", default: "10",
            "wrong credentials of one account or from one address within sign-in.window before further wrong ones are "
                + "answered 429; 0 is no limit",
            allowed: "a whole number from 0 to 100"
        ) { text, settings in assign(count(text, 0...100), to: &settings.signIns.attempts) },
        SettingDefinition(
            "sign-in.window", "DURATION", default: "60s", "how long a wrong attempt to sign in counts",
            allowed: "a duration from 1s to 1h"
        ) { text, settings in assign(duration(text, 1...hour), to: &settings.signIns.window) },
        SettingDefinition(
            "console.idle", "DURATION", default: "30m",
            "how long somebody stays signed in to the console without doing anything",
            allowed: "a duration from 1m to 24h"
        ) { text, settings in assign(duration(text, 60...day), to: &settings.consoleIdle) },
        SettingDefinition(
            "console.lifetime", "DURATION", default: "12h", "how long somebody stays signed in to the console at most",
            allowed: "a duration from 1m to 30d"
        ) { text, settings in assign(duration(text, 60...30 * day), to: &settings.consoleLifetime) },
        SettingDefinition(
            "timeouts.handshake", "DURATION", default: "10s", "how long a TLS handshake may take; 0s is no limit",
            allowed: "a duration from 0s to 1h"
        ) { text, settings in assign(duration(text, 0...hour), to: &settings.connections.handshake) },
        SettingDefinition(
            "timeouts.head", "DURATION", default: "15s", "how long a request head may take; 0s is no limit",
            allowed: "a duration from 0s to 1h"
        ) { text, settings in assign(duration(text, 0...hour), to: &settings.connections.head) },
        SettingDefinition(
            "timeouts.idle", "DURATION", default: "75s",
            "how long a connection may stand idle between two requests; 0s is no limit",
            allowed: "a duration from 0s to 1h"
        ) { text, settings in assign(duration(text, 0...hour), to: &settings.connections.idle) },
        SettingDefinition(
            "transfers.minimum-rate", "SIZE", default: "1KiB",
            "the least that bodies and answers must move in a second, averaged over transfers.window; 0 is no limit",
            allowed: "a size up to 1GiB such as 1KiB"
        ) { text, settings in
            guard let size = try? SizeText.parse(text), size <= 1 << 30 else { return false }
            settings.connections.minimumRate = Int(size)
            return true
        },
        SettingDefinition(
            "transfers.window", "DURATION", default: "30s", "how long a transfer is watched before it is judged",
            allowed: "a duration from 1s to 1h"
        ) { text, settings in assign(duration(text, 1...hour), to: &settings.connections.window) },
        SettingDefinition(
            "connections.maximum", "COUNT", default: "4096",
            "connections at once, at most four ninths of the descriptors of the process; a further one is answered 503",
            allowed: "a whole number from 1 to 1000000"
        ) { text, settings in assign(count(text, 1...1_000_000), to: &settings.connections.maximum) },
        SettingDefinition(
            "trusted-proxies", "ADDRESSES", default: "none",
            "proxies whose X-Forwarded-For says where a request comes from",
            allowed: "none, or addresses and blocks such as 10.1.2.3 or 10.0.0.0/8, separated by commas"
        ) { text, settings in assign(addressBlocks(text), to: &settings.trustedProxies) },
        SettingDefinition(
            "uploads.expire", "DURATION", default: "24h", "how long an upload that receives nothing is kept",
            allowed: "a duration from 15m to 365d"
        ) { text, settings in assign(duration(text, 15 * 60...year), to: &settings.uploadExpiry) },
        SettingDefinition(
            "uploads.maximum", "COUNT", default: "1000",
            "how many unfinished uploads a user may have; a further one is answered 429",
            allowed: "a whole number from 1 to 1000000"
        ) { text, settings in assign(count(text, 1...1_000_000), to: &settings.maximumUploads) },
        SettingDefinition(
            "gc.grace", "DURATION", default: "24h", "how long content that nothing refers to is left alone",
            allowed: "a duration from 0s to 365d"
        ) { text, settings in assign(duration(text, 0...year), to: &settings.garbageGrace) },
        SettingDefinition(
            "gc.interval", "DURATION", default: "24h", "how often garbage is collected; 0s is never",
            allowed: "a duration from 0s to 365d"
        ) { text, settings in assign(duration(text, 0...year), to: &settings.garbageInterval) },
        SettingDefinition(
            "scrub.interval", "DURATION", default: "30d",
            "how often every blob is read again and compared with its digest; 0s is never",
            allowed: "a duration from 0s to 365d"
        ) { text, settings in assign(duration(text, 0...year), to: &settings.scrubInterval) },
        SettingDefinition(
            "scrub.rate", "SIZE", default: "10MiB", "the most that is read in a second for that",
            allowed: "a size from 1KiB such as 10MiB"
        ) { text, settings in
            guard let size = try? SizeText.parse(text), size >= 1024 else { return false }
            settings.scrubRate = size
            return true
        },
        SettingDefinition(
            "audit.days", "COUNT", default: "90",
            "how many days the audit log goes back; 0 keeps none and removes what there is",
            allowed: "a whole number from 0 to 3650"
        ) { text, settings in assign(count(text, 0...3650), to: &settings.auditDays) },
        SettingDefinition(
            "quota.organizations", "COUNT", default: "100", "how many organizations an account may have; 0 is no limit",
            allowed: "a whole number"
        ) { text, settings in assignQuota(text, to: &settings.quotas.organizations) },
        SettingDefinition(
            "quota.repositories", "COUNT", default: "0", "how many repositories an account may have; 0 is no limit",
            allowed: "a whole number"
        ) { text, settings in assignQuota(text, to: &settings.quotas.repositories) },
        SettingDefinition(
            "quota.tags", "COUNT", default: "0", "how many tags an account may have; 0 is no limit",
            allowed: "a whole number"
        ) { text, settings in assignQuota(text, to: &settings.quotas.tags) },
        SettingDefinition(
            "quota.storage", "SIZE", default: "0",
            "how much an account may store, each blob counted once a repository; 0 is no limit",
            allowed: "a size such as 500MB or 10GiB"
        ) { text, settings in
            guard let size = try? SizeText.parse(text) else { return false }
            settings.quotas.storage = size == 0 ? nil : size
            return true
        },
        SettingDefinition(
            "outbound.allow", "ADDRESSES", default: "none",
            "addresses that may be called although they are not public, by triggers and synchronization",
            allowed: "none, or addresses and blocks such as 10.1.2.3 or 10.0.0.0/8, separated by commas"
        ) { text, settings in assign(addressBlocks(text), to: &settings.outboundAllowed) },
        SettingDefinition(
            "triggers.endpoint", "URL", default: "none", "where triggers are sent to",
            allowed: "none, or an http:// or https:// URL without a user name"
        ) { text, settings in
            guard text != "none" else {
                settings.triggerEndpoint = nil
                return true
            }
            return assign(try? OutboundURL(parsing: text), to: &settings.triggerEndpoint)
        },
        SettingDefinition(
            "triggers.secret", "SECRET", default: "none", "what triggers are signed with; an endpoint needs one",
            allowed: "none, or 16 to 1024 bytes", isSecret: true
        ) { text, settings in
            guard text != "none" else {
                settings.triggerSecret = nil
                return true
            }
            return assign((16...1024).contains(text.utf8.count) ? text : nil, to: &settings.triggerSecret)
        },
        SettingDefinition(
            "regions", "REGIONS", default: "none",
            "other regions, which images can be copied to, and the credentials there",
            allowed:
                "none, or NAME=URL such as region-2=https://user:password@registry.example.com, separated by commas or spaces",
            isSecret: true
        ) { text, settings in assign(RemoteRegion.list(text), to: &settings.regions) },
        SettingDefinition(
            "shutdown.grace", "DURATION", default: "30s", "how long transfers may take to end when the server stops",
            allowed: "a duration from 0s to 1h"
        ) { text, settings in assign(duration(text, 0...hour), to: &settings.shutdownGrace) },
        SettingDefinition(
            "log.level", "LEVEL", default: "info", "the least that is logged",
            allowed: Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        ) { text, settings in assign(Logger.Level(rawValue: text), to: &settings.logLevel) },
    ]

    private static let hour: Int64 = 60 * 60
    private static let day: Int64 = 24 * 60 * 60
    private static let year: Int64 = 365 * 24 * 60 * 60

    /// Whether there was a value to assign.
    private static func assign<Value>(_ value: Value?, to place: inout Value) -> Bool {
        guard let value else { return false }
        place = value
        return true
    }

    private static func assign<Value>(_ value: Value?, to place: inout Value?) -> Bool {
        guard let value else { return false }
        place = value
        return true
    }

    private static func path(_ text: String) -> String? {
        text.isEmpty || text.utf8.contains(0) ? nil : text
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes": true
        case "off", "false", "no": false
        default: nil
        }
    }

    private static func duration(_ text: String, _ seconds: ClosedRange<Int64>) -> Duration? {
        guard let duration = try? DurationText.parse(text, allowsZero: true),
            seconds.contains(duration.components.seconds)
        else { return nil }
        return duration
    }

    private static func count(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(text), range.contains(count) else {
            return nil
        }
        return count
    }

    /// Sets a quota, where 0 takes it away.
    private static func assignQuota(_ text: String, to place: inout Int64?) -> Bool {
        guard let count = Int64(text), count >= 0, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        place = count == 0 ? nil : count
        return true
    }

    private static func addressBlocks(_ text: String) -> [AddressBlock]? {
        guard text != "none" else { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let blocks = parts.compactMap { AddressBlock($0.drop { $0 == " " }) }
        return blocks.count == parts.count ? blocks : nil
    }

    private static func name(_ text: String) -> String? {
        let isAllowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        return (1...128).contains(text.utf8.count) && isAllowed ? text : nil
    }
}
