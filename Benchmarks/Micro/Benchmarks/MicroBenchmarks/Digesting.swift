import Benchmark
import BerthBlobs
import BerthOCI

/// Making the digest of bytes in memory: of a manifest's size, and of a piece of a layer.
func measureDigesting() {
    for algorithm in Digest.Algorithm.allCases {
        measureDigesting(algorithm, "4 KiB", size: 4 * 1024, scalingFactor: .kilo)
        measureDigesting(algorithm, "1 MiB", size: 1024 * 1024, scalingFactor: .one)
    }
}

private func measureDigesting(
    _ algorithm: Digest.Algorithm, _ name: String, size: Int, scalingFactor: BenchmarkScalingFactor
) {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    Benchmark("Digest, \(algorithm), \(name)", configuration: .init(scalingFactor: scalingFactor)) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(Digest(hashing: bytes, algorithm: algorithm)) }
    }
}
