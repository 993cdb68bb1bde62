import BerthIdentity
import Foundation
import Testing

@Suite struct SignInThrottleTests {
    private let throttle = SignInThrottle(limits: .init(attempts: 3, window: .seconds(60)))
    private let now = Date(timeIntervalSince1970: 1_750_000_000)

    private enum Outcome { case right, wrong, tooMany }

    private func attempt<Result>(
        _ account: String = "acme", from network: String = "192.0.2.1", after seconds: TimeInterval = 0,
        isCostly: Bool = true, _ check: () async throws -> Result?
    ) async throws -> Result? {
        try await throttle.attempt(
            by: .init(account: account, network: network), at: now.addingTimeInterval(seconds), isCostly: isCostly,
            check)
    }

    /// What becomes of an attempt with the right credentials.
    private func outcome(
        _ account: String = "acme", from network: String = "192.0.2.1", isCostly: Bool = true
    ) async -> Outcome {
        do {
            return try await attempt(account, from: network, isCostly: isCostly) { true } == true ? .right : .wrong
        } catch {
            return .tooMany
        }
    }

    private func wrong(
        _ account: String = "acme", from network: String = "192.0.2.1", after seconds: TimeInterval = 0
    ) async -> TooManySignIns? {
        do {
            let result: Bool? = try await attempt(account, from: network, after: seconds) { nil }
            #expect(result == nil)
            return nil
        } catch {
            return error as? TooManySignIns
        }
    }

    @Test("wrong attempts beyond the limit are too many until the first of them is a window old")
    func limit() async {
        for second in 0..<3 { #expect(await wrong(after: Double(second)) == nil) }
        #expect(await wrong(after: 3) == TooManySignIns(retryAfter: 58))
        #expect(await wrong(after: 30) == TooManySignIns(retryAfter: 32))
        #expect(await wrong(after: 91) == nil)
    }

    @Test("an account is counted over all networks, a network over all accounts")
    func both() async {
        for host in 1...3 { #expect(await wrong(from: "192.0.2.\(host)") == nil) }
        #expect(await wrong(from: "198.51.100.1") != nil)
        for name in ["a", "b", "c"] { #expect(await wrong(name, from: "203.0.113.1") == nil) }
        #expect(await wrong("d", from: "203.0.113.1") != nil)
        #expect(await wrong("d", from: "203.0.113.2") == nil)
    }

    @Test("the right password is good at any time, from there and from elsewhere")
    func rightOwner() async throws {
        for _ in 0..<20 { _ = await wrong() }
        #expect(try await attempt { true } == true)
        #expect(try await attempt(from: "198.51.100.1") { true } == true)
        #expect(try await attempt("globex") { true } == true)
    }

    @Test("those over a limit have one costly attempt checked at a time; others do not wait for it")
    func oneAtATime() async throws {
        for _ in 0..<3 { _ = await wrong() }
        let outcomes = try await attempt { () -> [Outcome]? in
            [
                await self.outcome(), await self.outcome(isCostly: false),
                await self.outcome("globex", from: "198.51.100.1"),
            ]
        }
        #expect(outcomes == [.tooMany, .right, .right])
        #expect(try await attempt { true } == true)
    }

    @Test("whoever has signed in from a network before is not held up by what is tried elsewhere")
    func knownNetwork() async throws {
        #expect(try await attempt(from: "198.51.100.1") { true } == true)
        for host in 1...3 { _ = await wrong(from: "192.0.2.\(host)") }
        let outcomes = try await attempt(from: "203.0.113.1") { () -> [Outcome]? in
            [await self.outcome(from: "203.0.113.2"), await self.outcome(from: "198.51.100.1")]
        }
        #expect(outcomes == [.tooMany, .right])
    }

    @Test("a check that fails by itself counts for nothing and gives its place back")
    func failure() async throws {
        struct Busy: Error {}
        for _ in 0..<3 { _ = await wrong() }
        await #expect(throws: Busy.self) { try await attempt { () -> Bool? in throw Busy() } }
        #expect(try await attempt { true } == true)
    }

    @Test("R-52 attempts that lie ahead, after the clock was stepped back, count for nothing")
    func clockSteppedBack() async {
        for _ in 0..<3 { _ = await wrong(after: 3600) }
        #expect(await wrong() == nil)
    }

    @Test("without a limit nothing is too many")
    func unlimited() async throws {
        let throttle = SignInThrottle(limits: .init(attempts: 0))
        for _ in 0..<50 {
            let result: Bool? = try await throttle.attempt(
                by: .init(account: "acme", network: "n"), at: now, isCostly: true
            ) { nil }
            #expect(result == nil)
        }
    }
}
