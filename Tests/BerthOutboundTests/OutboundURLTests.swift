import BerthOutbound
import Testing

@Suite struct OutboundURLTests {
    @Test("a URL is read as it is called")
    func reads() throws {
        let url = try OutboundURL(parsing: "HTTPS://Hooks.Example.COM:8443/a/b%20c?x=1#part")
        #expect(url.isEncrypted)
        #expect(url.host == "hooks.example.com")
        #expect(url.port == 8443)
        #expect(url.target == "/a/b%20c?x=1")
        #expect(url.origin == "https://hooks.example.com:8443")
        let v6 = try OutboundURL(parsing: "http://[::1]")
        #expect(v6.host == "::1")
        #expect(v6.port == 80)
        #expect(v6.target == "/")
        #expect(try OutboundURL(parsing: "http://example.com?q").target == "/?q")
    }

    @Test(
        "what is not an http or https URL with a host is refused",
        arguments: [
            "", "example.com", "ftp://example.com", "file:///etc/passwd", "http://", "http:///path", "http://:80/",
            "http://user@example.com/", "http://user:secret@example.com/", "http://example.com:0/",
            "http://example.com:65536/", "http://example.com:+80/", "http://example.com:/", "http://exa mple.com/",
            "http://example.com/\r\nX: y", "http://example.com\\@internal/", "http://[::1", "http://[1.2.3.4]/",
            "http://[fe80::1%25eth0]/", "http://ex%61mple.com/", "http://b\u{fc}cher.example.com/",
            "unix:///var/run/docker.sock", "http+unix://%2Frun%2Fx/", "http://example.com/{a}",
        ])
    func refuses(_ text: String) {
        let error = #expect(throws: OutboundError.self) { try OutboundURL(parsing: text) }
        #expect(error?.description.contains("secret") != true)
    }

    @Test("a description leaves out the query, which may hold a secret")
    func description() throws {
        let url = try OutboundURL(parsing: "https://example.com/hook?token=secret")
        #expect("\(url)" == "https://example.com/hook")
    }

    @Test("a Location is resolved against the URL that answered")
    func resolves() throws {
        let url = try OutboundURL(parsing: "https://example.com:5000/v2/a/blobs/uploads/?n=1")
        for (location, expected) in [
            ("/v2/x?y=2", "https://example.com:5000/v2/x?y=2"),
            ("next", "https://example.com:5000/v2/a/blobs/uploads/next"),
            ("?z=3", "https://example.com:5000/v2/a/blobs/uploads/?z=3"),
            ("//other.example.com/p", "https://other.example.com/p"),
            ("http://other.example.com/p", "http://other.example.com/p"),
            ("/v2/a:b/c", "https://example.com:5000/v2/a:b/c"),
        ] {
            #expect(try url.resolving(location) == OutboundURL(parsing: expected), "\(location)")
        }
        #expect(throws: OutboundError.self) { try url.resolving("javascript:alert(1)") }
    }
}
