import NIOCore
import Testing

@testable import BerthHTTP

/// The rules of slow clients, on a clock that the test moves.
@Suite struct ConnectionPaceTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func at(_ seconds: Double) -> NIODeadline { start + .milliseconds(Int64(seconds * 1000)) }

    private static func pace(hasTLS: Bool = false, _ limits: ConnectionLimits = ConnectionLimits()) -> ConnectionPace {
        ConnectionPace(limits: limits, hasTLS: hasTLS, now: start)
    }

    @Test("a head has 15 seconds from the connection's beginning, and drops do not give it more")
    func head() {
        let pace = Self.pace()
        for second in 1..<15 {
            pace.readRequested(at: Self.at(Double(second)))
            #expect(pace.bytesArrived(1, at: Self.at(Double(second))) == nil)
            #expect(pace.check(at: Self.at(Double(second)), acknowledged: nil) == nil)
        }
        #expect(pace.check(at: Self.at(15), acknowledged: nil) == .head)
    }

    @Test("the head of a further request has 15 seconds from its first byte")
    func furtherHead() {
        let pace = Self.pace()
        pace.headReceived()
        pace.requestEnded(at: Self.at(1))
        pace.responseEnded(at: Self.at(1))
        #expect(pace.check(at: Self.at(60), acknowledged: nil) == nil)
        #expect(pace.bytesArrived(1, at: Self.at(60)) == nil)
        #expect(pace.check(at: Self.at(74), acknowledged: nil) == nil)
        #expect(pace.check(at: Self.at(75), acknowledged: nil) == .head)
    }

    @Test("a handshake has 10 seconds, and the head 15 more")
    func handshake() {
        let slow = Self.pace(hasTLS: true)
        #expect(slow.check(at: Self.at(9.9), acknowledged: nil) == nil)
        #expect(slow.check(at: Self.at(10), acknowledged: nil) == .handshake)
        let quick = Self.pace(hasTLS: true)
        quick.handshakeEnded(at: Self.at(9))
        #expect(quick.check(at: Self.at(23.9), acknowledged: nil) == nil)
        #expect(quick.check(at: Self.at(24), acknowledged: nil) == .head)
    }

    @Test("a connection stands idle from the end of the last answer")
    func idle() {
        let pace = Self.pace()
        pace.headReceived()
        pace.requestEnded(at: Self.at(1))
        #expect(pace.check(at: Self.at(1000), acknowledged: nil) == nil, "its answer is still being made")
        pace.responseEnded(at: Self.at(1000))
        #expect(pace.check(at: Self.at(1074), acknowledged: nil) == nil)
        #expect(pace.check(at: Self.at(1075), acknowledged: nil) == .idle)
    }

    @Test("a body that brings less than a KiB a second is cut after 30 seconds; a faster one never")
    func body() {
        for (bytes, fault) in [(1000, ConnectionPace.Fault.body), (1100, nil)] {
            let pace = Self.pace()
            pace.headReceived()
            var found: ConnectionPace.Fault?
            for second in 0..<120 {
                pace.readRequested(at: Self.at(Double(second)))
                found = found ?? pace.bytesArrived(bytes, at: Self.at(Double(second) + 1))
                found = found ?? pace.check(at: Self.at(Double(second) + 1), acknowledged: nil)
            }
            #expect(found == fault, "\(bytes)")
        }
    }

    @Test("a body that stops is cut, also when nothing arrives any more")
    func stalledBody() {
        let pace = Self.pace()
        pace.headReceived()
        pace.readRequested(at: Self.at(0))
        for second in stride(from: 2.0, to: 30, by: 2) {
            #expect(pace.check(at: Self.at(second), acknowledged: nil) == nil)
        }
        #expect(pace.check(at: Self.at(30), acknowledged: nil) == .body)
    }

    @Test("time in which the server asks for nothing does not count against the client")
    func backPressure() {
        let pace = Self.pace()
        pace.headReceived()
        for minute in 0..<60 {
            pace.readRequested(at: Self.at(Double(minute * 60)))
            #expect(pace.bytesArrived(1024, at: Self.at(Double(minute * 60) + 0.5)) == nil)
            #expect(pace.check(at: Self.at(Double(minute * 60) + 59), acknowledged: nil) == nil)
        }
    }

    @Test("R-48 an answer that is taken slowly but surely is never cut; one that is not taken is")
    func response() {
        let pace = Self.pace()
        pace.headReceived()
        pace.requestEnded(at: Self.at(0))
        for second in 0..<7200 {
            #expect(pace.check(at: Self.at(Double(second)), acknowledged: UInt64(second) * 2048) == nil)
        }
        let taken: UInt64 = 7199 * 2048
        var fault: ConnectionPace.Fault?
        for second in 7200..<7240 where fault == nil {
            fault = pace.check(at: Self.at(Double(second)), acknowledged: taken)
        }
        #expect(fault == .response)
    }

    @Test("time in which nothing waits to be sent does not count against the reader")
    func nothingToSend() {
        let pace = Self.pace()
        pace.headReceived()
        pace.requestEnded(at: Self.at(0))
        for second in stride(from: 0.0, to: 600, by: 20) {
            #expect(pace.check(at: Self.at(second), acknowledged: 5) == nil)
            #expect(pace.check(at: Self.at(second + 10), acknowledged: nil) == nil)
        }
    }

    @Test("limits of zero are no limits")
    func unlimited() {
        let pace = Self.pace(
            ConnectionLimits(handshake: .zero, head: .zero, idle: .zero, minimumRate: 0, window: .seconds(30)))
        #expect(pace.check(at: Self.at(1_000_000), acknowledged: nil) == nil)
        pace.headReceived()
        pace.readRequested(at: Self.at(0))
        #expect(pace.check(at: Self.at(1_000_000), acknowledged: 0) == nil)
        #expect(pace.check(at: Self.at(2_000_000), acknowledged: 0) == nil)
    }
}
