import Benchmark
import BerthHTTP

/// Finding the endpoint in the path of a request.
func measurePathParsing() {
    let digest = "sha256:" + String(repeating: "0f", count: 32)
    measurePathParsing("manifest by tag", "/v2/acme-images/web/manifests/1.28.3")
    measurePathParsing("manifest by digest", "/v2/acme-images/web/manifests/\(digest)")
    measurePathParsing("blob", "/v2/acme-images/web/blobs/\(digest)")
    measurePathParsing("upload", "/v2/acme-images/web/blobs/uploads/6b1c7f0e-0f5d-4b7e-9d5e-0c8a3c1f2d4b")
    measurePathParsing("management API", "/v2/manage/namespaces/acme-images/repos")
}

private func measurePathParsing(_ kind: String, _ path: String) {
    Benchmark("Path, \(kind)") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(DistributionRoute(path: path)) }
    }
}
