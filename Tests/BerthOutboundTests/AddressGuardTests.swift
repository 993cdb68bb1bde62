import BerthOutbound
import Testing

@Suite struct AddressGuardTests {
    @Test(
        "S-76 addresses that are not public are refused, in every form",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
            "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
            "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1", "2002:7f00:1::1", "2002:c0a8:101::", "2001::1", "2001:db8::1", "3fff::1", "fe80::1",
            "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "100::1",
        ])
    func refuses(_ text: String) throws {
        let address = try #require(InternetAddress(text))
        #expect(!AddressGuard().permits(address))
        #expect(throws: OutboundError.self) { try AddressGuard().check([address], of: "host.example.com") }
    }

    @Test(
        "public addresses are called",
        arguments: [
            "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1",
            "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
            "2002:808:808::1",
        ])
    func permits(_ text: String) throws {
        let address = try #require(InternetAddress(text))
        #expect(AddressGuard().permits(address))
    }

    @Test("one refused address among several refuses the host and is named")
    func mixedAnswers() throws {
        let addresses = try ["8.8.8.8", "10.0.0.9", "1.1.1.1"].map { try #require(InternetAddress($0)) }
        let error = #expect(throws: OutboundError.self) {
            try AddressGuard().check(addresses, of: "mixed.example.com")
        }
        #expect(error?.description.contains("mixed.example.com is 10.0.0.9") == true)
        #expect(error?.description.contains("outbound.allow") == true)
    }

    @Test("what the operator allows is called, and nothing beside it")
    func allowed() throws {
        let blocks = try ["10.2.0.0/15", "::1", "127.0.0.1"].map { try #require(AddressBlock($0)) }
        let addressGuard = AddressGuard(allowed: blocks)
        for (text, isPermitted) in [
            ("10.2.0.1", true), ("10.3.255.255", true), ("10.4.0.0", false), ("10.1.255.255", false), ("::1", true),
            ("::2", false), ("127.0.0.1", true), ("127.0.0.2", false), ("::ffff:127.0.0.1", true),
        ] {
            #expect(try addressGuard.permits(#require(InternetAddress(text))) == isPermitted, "\(text)")
        }
    }

    @Test(
        "a block is an address with at most the bits that it has",
        arguments: [
            "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0", "::/129",
            "localhost",
            "010.0.0.1", "fe80::1%eth0", "10.0.0.0/00000000000000000008",
        ])
    func badBlocks(_ text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test("a block of length zero is all addresses of its family")
    func everything() throws {
        let block = try #require(AddressBlock("0.0.0.0/0"))
        #expect(try block.contains(#require(InternetAddress("203.0.113.1"))))
        #expect(try !block.contains(#require(InternetAddress("::1"))))
    }
}
