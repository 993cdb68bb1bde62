import Benchmark

/// Everything that is measured; the name is the one that the generated `main` looks for.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 10, scalingFactor: .kilo, maxDuration: .seconds(1))
    measurePathParsing()
    measureTokenChecks()
    measureDecisions()
    measureDigesting()
}
