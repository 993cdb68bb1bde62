import Crypto
import Foundation

@testable import BerthIdentity

/// The access key and the requests of the test vectors, which the vendor's SDK signed.
enum SignatureBench {
    static let accessKey = "AKEXAMPLE0000000000"
    static let secret = "SKexampleSKexampleSKexampleSKexample0000"
    /// 2026-01-02T03:04:05Z
    static let signedAt = Date(timeIntervalSince1970: 1_767_323_045)

    static let commonHeaders = [
        (name: "Host", value: "swr-api.region-1.example.com"), (name: "User-Agent", value: "ua/1"),
        (name: "Content-Type", value: "application/json"), (name: "X-Sdk-Date", value: "20260102T030405Z"),
        (name: "Accept", value: "*/*"),
    ]

    /// A request without a body, changed by `change`.
    static func request(
        method: String = "GET", path: String = "/v2/manage/namespaces", query: String = "",
        headers: [(name: String, value: String)] = commonHeaders, body: [UInt8] = []
    ) -> SignedRequest {
        SignedRequest(method: method, path: path, query: query, headers: headers, body: body)
    }

    static func authorization(
        _ signature: String, headers: String = "content-type;host;user-agent;x-sdk-date"
    ) -> String {
        "SDK-HMAC-SHA256 Access=\(accessKey), SignedHeaders=\(headers), Signature=\(signature)"
    }

    /// Signs six parts as they stand, which makes signatures of any form that a hostile client might sign.
    static func sign(
        method: String = "GET", canonicalPath: String = "/v2/manage/namespaces/", canonicalQuery: String = "",
        headers: [(name: String, value: String)] = commonHeaders.dropLast(), bodyHash: String? = nil,
        date: String = "20260102T030405Z", secret: String = secret
    ) throws -> RequestSignature {
        let sorted = headers.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        let canonical = CanonicalRequest(
            method: method, path: canonicalPath, query: canonicalQuery, headers: sorted,
            bodyHash: bodyHash ?? hexadecimal(SHA256.hash(data: Data())))
        return try RequestSignature(
            parsing: authorization(
                canonical.signature(date: date, secret: secret),
                headers: sorted.map(\.name).joined(separator: ";")))
    }
}
