import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes

/// Pulls that were answered a moment ago and are answered again without waiting for anything.
///
/// The decision is as live as any: ``Registry/recallManifest(_:from:for:isHead:)``. Whatever is not remembered, not
/// allowed or not in order is left to ``DistributionDoor``.
struct ExpressPulls: ExpressLane {
    let registry: Registry
    let origins: RequestOrigins

    func client(peer: String, forwardedFor: [String]) -> ClientAddress {
        origins.client(peer: peer, forwardedFor: forwardedFor)
    }

    func answer(_ request: ExpressRequest) -> ExpressAnswer? {
        guard let route = DistributionRoute(path: request.path) else { return nil }
        switch route {
        case .manifests(let name, let reference):
            guard let name = try? RepositoryName(parsing: name),
                let reference = try? ManifestReference(parsing: reference),
                let caller = caller(request),
                let manifest = registry.recallManifest(reference, from: name, for: caller, isHead: request.isHead)
            else { return nil }
            let headers = DistributionDoor.headers(
                ofManifest: manifest.digest, mediaType: manifest.mediaType ?? .octetStream)
            return answer(manifest, headers, route, name, caller)
        case .blobs(let name, let digest) where !request.isHead:
            guard let name = try? RepositoryName(parsing: name), let digest = try? Digest(parsing: digest),
                let caller = caller(request),
                let blob = registry.recallBlob(digest, from: name, for: caller)
            else { return nil }
            return answer(blob, DistributionDoor.headers(ofBlob: digest), route, name, caller)
        default: return nil
        }
    }

    private func caller(_ request: ExpressRequest) -> Caller? {
        let origin = RequestOrigin(address: request.client.address, network: request.client.network)
        return registry.recall(bearer: String(request.token))?.coming(from: origin)
    }

    private func answer(
        _ content: PulledContent, _ headers: HTTPFields, _ route: DistributionRoute, _ name: RepositoryName,
        _ caller: Caller
    ) -> ExpressAnswer {
        var headers = headers
        headers[.dockerDistributionAPIVersion] = DistributionDoor.apiVersion
        return ExpressAnswer(
            headers: headers, body: content.bytes, route: route.template, account: caller.name,
            repository: name.description, digest: content.digest.description)
    }
}
