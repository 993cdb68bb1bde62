import Foundation

/// How much the fault tests do, read from the environment so that a soak run does more than every change does.
enum FaultSettings {
    /// BERTH_FAULT_KILLS: how often a process is killed, over all crash tests.
    static let kills = number("BERTH_FAULT_KILLS") ?? 200
    /// BERTH_FAULT_CALLS: how many calls of a kind are made to fail, one after the other, before a test moves on.
    static let failingCalls = number("BERTH_FAULT_CALLS") ?? 24
    /// BERTH_FAULT_SEED: what random choices begin with; another one in every run unless it is given.
    static let seed = number("BERTH_FAULT_SEED").map(UInt64.init) ?? UInt64.random(in: 0..<1_000_000)
    /// BERTH_FAULT_TRACE: whether the system calls of a push are printed, for people.
    static let printsTrace = ProcessInfo.processInfo.environment["BERTH_FAULT_TRACE"] != nil

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.map { max($0, 0) }
    }

    /// A share of all kills, for one of the servers that are killed beside one another.
    static func kills(percent: Int, of servers: Int) -> Int {
        max((kills * percent + 100 * servers - 1) / (100 * servers), 2)
    }
}
