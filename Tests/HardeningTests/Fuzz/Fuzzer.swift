import BerthTestBasics
import Foundation
import Testing

/// What is fuzzed. How much of it is done when nothing is said takes a few seconds of a debug build, all together.
enum FuzzTarget: String, CaseIterable {
    case paths, names, ranges, json, manifests, tokens, signatures, queries, requests, heads

    /// How many inputs are made when nothing is said.
    var iterations: Int {
        switch self {
        case .paths, .names, .ranges, .queries: 5000
        case .signatures: 1500
        case .manifests: 1500
        case .tokens, .json: 1000
        case .requests: 150
        case .heads: 60
        }
    }

    /// Makes inputs out of `corpus` and checks a property of each: first of those in the corpus, then of mutations.
    ///
    /// `BERTH_FUZZ_SECONDS` says how long all targets together take, or `BERTH_FUZZ_ITERATIONS` how many inputs each
    /// makes; `BERTH_FUZZ_SEED` where they begin. The first input without the property ends the target.
    ///
    /// - Parameters:
    ///   - tokens: What is put in besides ``Mutator/commonTokens``.
    ///   - check: Whether the input was accepted; throws ``BrokenProperty``. What is accepted is mutated further.
    /// - Returns: How many inputs were accepted, and how many refused.
    @discardableResult
    func fuzz(
        _ corpus: [[UInt8]], tokens: [String] = [], maximumLength: Int = 4096,
        sourceLocation: SourceLocation = #_sourceLocation, check: ([UInt8]) async throws -> Bool
    ) async -> (accepted: Int, refused: Int) {
        let seed = FuzzSettings.seed
        var mutator = Mutator(
            corpus, tokens: tokens, seed: seed &+ UInt64(rawValue.utf8.reduce(0) { $0 &* 31 &+ Int($1) }),
            maximumLength: maximumLength)
        let end = FuzzSettings.seconds.map { ContinuousClock.now + $0 / Self.allCases.count }
        var (accepted, refused) = (0, 0)
        var iteration = 0
        while end.map({ ContinuousClock.now < $0 }) ?? (iteration < FuzzSettings.iterations ?? iterations) {
            let input = iteration < corpus.count ? corpus[iteration] : mutator.next()
            do {
                if try await check(input) {
                    accepted += 1
                    mutator.keep(input)
                } else {
                    refused += 1
                }
            } catch {
                Issue.record(
                    "\(rawValue): \(error); BERTH_FUZZ_SEED=\(seed), input \(iteration): \(Self.escaped(input))",
                    sourceLocation: sourceLocation)
                break
            }
            iteration += 1
        }
        return (accepted, refused)
    }

    /// An input as the text of a Swift literal, with each byte that is not printable ASCII as `\u{…}`.
    private static func escaped(_ input: [UInt8]) -> String {
        input.map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: String(UnicodeScalar(byte))
            default: "\\u{\(String(byte, radix: 16))}"
            }
        }.joined()
    }
}

/// What the environment says of fuzzing.
private enum FuzzSettings {
    static let seed = value("SEED", UInt64.init) ?? 20_260_101
    static let seconds = value("SECONDS", Double.init).map { Duration.seconds($0) }
    static let iterations = value("ITERATIONS") { Int($0) }

    private static func value<Value>(_ name: String, _ parse: (String) -> Value?) -> Value? {
        ProcessInfo.processInfo.environment["BERTH_FUZZ_\(name)"].flatMap(parse)
    }
}

/// A property that an input does not have.
struct BrokenProperty: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``BrokenProperty`` unless `condition` holds.
func hold(_ condition: Bool, _ property: @autoclosure () -> String) throws {
    guard condition else { throw BrokenProperty(description: property()) }
}

/// Targets of fuzzing, one after the other so that each has its share of the time.
@Suite(.serialized) struct FuzzTests {}
