import Foundation

/// Request heads that two parsers understand differently, or that a parser chokes on; each with what follows it.
enum HostileHeads {
    private static let host = "Host: registry.example.com\r\n"

    static let all: [String] =
        framing + requestLines + fields + bodies
        + [
            // Several at once.
            "GET /v2/ HTTP/1.1\r\n\(host)\r\nGET /v2/ HTTP/1.1\r\n\(host)\r\nBROKEN\r\n\r\n",
            String(repeating: "GET /healthz HTTP/1.1\r\n\(host)\r\n", count: 50),
            String(repeating: "\r\n", count: 500) + "GET /healthz HTTP/1.1\r\n\(host)\r\n",
        ]

    private static let framing = [
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: -1\r\n", "Content-Length: 0x5\r\n", "Content-Length: 5 5\r\n", "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n", "Content-Length: 9223372036854775807\r\n",
        "Content-Length: 18446744073709551616\r\n", "Content-Length : 5\r\n", " Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\u{B}chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding\r\n : chunked\r\n", "X: y\rTransfer-Encoding: chunked\r\n", "Transfer_Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\n", "Transfer-Encoding: gzip, chunked\r\n",
    ].flatMap { field in
        [
            "POST /v2/acme/app/blobs/uploads/ HTTP/1.1\r\n\(host)\(field)\r\n",
            "GET /v2/ HTTP/1.1\r\n\(host)\(field)\r\n",
        ]
        .map { $0 + "0\r\n\r\nGET /healthz HTTP/1.1\r\n\(host)\r\n" }
    }

    private static let requestLines = [
        "GET  /v2/ HTTP/1.1", "GET /v2/  HTTP/1.1", " GET /v2/ HTTP/1.1", "GET /v2/\tHTTP/1.1", "GET\t/v2/ HTTP/1.1",
        "GET /v2/", "GET", "", "GET /v2/ HTTP/0.9", "GET /v2/ HTTP/1.0", "GET /v2/ HTTP/1.2", "GET /v2/ HTTP/2.0",
        "GET /v2/ HTTP/9.9", "GET /v2/ http/1.1", "GET /v2/ HTTP/1.1 x", "GET /v2/ HTTP/11", "GET /v2/ FTP/1.1",
        "PRI * HTTP/2.0", "get /v2/ HTTP/1.1", "FOO /v2/ HTTP/1.1", "G\u{0}T /v2/ HTTP/1.1", "GÉT /v2/ HTTP/1.1",
        "OPTIONS * HTTP/1.1", "TRACE /v2/ HTTP/1.1", "CONNECT registry.example.com:443 HTTP/1.1", "CONNECT / HTTP/1.1",
        "GET http://other.example.com/v2/ HTTP/1.1", "GET //other.example.com/v2/ HTTP/1.1", "GET v2/ HTTP/1.1",
        "GET ? HTTP/1.1", "GET # HTTP/1.1", "GET /v2/#a HTTP/1.1", "GET /v2/?# HTTP/1.1", "GET /v2/\u{0} HTTP/1.1",
        "GET /v2/é HTTP/1.1", "GET /v2/%00 HTTP/1.1", "GET /v2/%0d%0aX:%20y HTTP/1.1", "GET /v2/\\..\\ HTTP/1.1",
        "GET /../../etc/passwd HTTP/1.1", "GET /v2/../../etc/passwd HTTP/1.1", "GET /v2/;a=b/ HTTP/1.1",
        "GET /" + String(repeating: "a", count: 40_000) + " HTTP/1.1",
        "GET /" + String(repeating: "a/", count: 20_000) + " HTTP/1.1",
        "GET /?" + String(repeating: "a=b&", count: 10_000) + " HTTP/1.1",
        "GET /v2/" + String(repeating: "%2e%2e%2f", count: 500) + " HTTP/1.1",
        String(repeating: "A", count: 40_000) + " /v2/ HTTP/1.1", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "SSH-2.0-OpenSSH_9.6",
    ].map { "\($0)\r\n\(host)\r\n" }

    private static let fields = [
        "", "Host: a\r\nHost: b\r\n", "Host:\r\n", "Host: a b\r\n", "Host: a\u{0}b\r\n", "Host : a\r\n",
        "\(host)X\r\n", "\(host): y\r\n", "\(host)X Y: z\r\n", "\(host)X: a\r\n b\r\n", "\(host)X: a\r\n\tb\r\n",
        "\(host)X: \u{0}\r\n", "\(host)X: a\rb\r\n", "\(host)X: a\nY: b\r\n", "\(host)É: x\r\n",
        "\(host)X: é\u{80}\r\n",
        "\(host)Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "\(host)Connection: upgrade\r\nUpgrade: websocket\r\n", "\(host)Connection: close, keep-alive\r\n",
        "\(host)Connection: Content-Length\r\n", "\(host)Expect: 100-continue\r\n", "\(host)Expect: 200-ok\r\n",
        "\(host)Authorization: \r\n", "\(host)Authorization: Basic\r\n", "\(host)Authorization: Basic =\r\n",
        "\(host)Authorization: Basic \u{80}\r\n", "\(host)Authorization: Bearer a.b.c\r\n",
        "\(host)Authorization: Bearer x\r\nAuthorization: Basic YTpi\r\n", "\(host)Range: bytes=0-,0-,0-,0-\r\n",
        "\(host)Accept: \(String(repeating: "*/*,", count: 5000))\r\n",
        "\(host)If-None-Match: \(String(repeating: "\"a\",", count: 5000))\r\n",
        "\(host)Content-Type: \(String(repeating: ";", count: 5000))\r\n", "\(host)X-Sdk-Date: x\r\n",
        "\(host)Authorization: SDK-HMAC-SHA256 Access=,SignedHeaders=,Signature=\r\n",
        host + String(repeating: "X: y\r\n", count: 150), host + String(repeating: "X: y\r\n", count: 5000),
        host + "X: " + String(repeating: "y", count: 70_000) + "\r\n",
    ].flatMap { ["GET /v2/ HTTP/1.1\r\n\($0)\r\n", "GET /v2/manage/namespaces HTTP/1.1\r\n\($0)\r\n"] }

    private static let bodies = [
        "0\r\n\r\n", "5\r\nabcde\r\n0\r\n\r\n", "5\r\nabc", "5\r\nabcdefgh\r\n0\r\n\r\n", "5;x=y\r\nabcde\r\n0\r\n\r\n",
        "-1\r\n\r\n", "0x5\r\nabcde\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "7FFFFFFFFFFFFFFF\r\n", "5\nabcde\n0\n\n",
        "5\r\nabcde0\r\n\r\n", " 5\r\nabcde\r\n0\r\n\r\n", "5 \r\nabcde\r\n0\r\n\r\n", "\r\n", "é\r\n",
        "0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "0\r\nX: y\r\n\r\n", "0\r\nX\r\n\r\n",
        "1;" + String(repeating: "x", count: 20_000) + "\r\na\r\n0\r\n\r\n",
        String(repeating: "1\r\na\r\n", count: 2000),
    ].flatMap { body in
        ["POST /token", "POST /v3/auth/tokens", "PUT /v2/acme/app/manifests/v1"].map {
            "\($0) HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n\(body)"
        }
    }
}
