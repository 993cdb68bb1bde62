import BerthOutbound
import Testing

@Suite struct OutboundTests {
    @Test("a client can be made") func makes() { _ = OutboundHTTP() }
}
