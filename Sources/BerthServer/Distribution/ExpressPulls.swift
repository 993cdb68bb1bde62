import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import NIOCore

/// Pulls and lists of tags that were answered a moment ago and are answered again without waiting for anything.
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
        guard let route = DistributionRoute(path: request.path), let text = route.name,
            let name = try? RepositoryName(parsing: text)
        else { return nil }
        switch route {
        case .manifests(_, let reference) where request.query == nil:
            guard let reference = try? ManifestReference(parsing: reference), let caller = caller(request),
                let manifest = registry.recallManifest(reference, from: name, for: caller, isHead: request.isHead)
            else { return nil }
            let headers = DistributionDoor.headers(
                ofManifest: manifest.digest, mediaType: manifest.mediaType ?? .octetStream)
            return answer(manifest.bytes, manifest.digest, headers, route, name, caller)
        case .blobs(_, let digest) where request.query == nil && !request.isHead:
            guard let digest = try? Digest(parsing: digest), let caller = caller(request),
                let blob = registry.recallBlob(digest, from: name, for: caller)
            else { return nil }
            return answer(blob.bytes, digest, DistributionDoor.headers(ofBlob: digest), route, name, caller)
        case .tags:
            guard let query = try? QueryParameters(parsing: request.query ?? ""),
                let asked = try? Pagination.parse(query), let caller = caller(request),
                let page = registry.recallTags(of: name, after: asked.last, limit: asked.limit, for: caller)
            else { return nil }
            let (headers, body) = DistributionDoor.tags(page, of: name, asked: asked)
            return answer(body, nil, headers, route, name, caller)
        default: return nil
        }
    }

    private func caller(_ request: ExpressRequest) -> Caller? {
        let origin = RequestOrigin(address: request.client.address, network: request.client.network)
        return registry.recall(bearer: String(request.token))?.coming(from: origin)
    }

    private func answer(
        _ body: ByteBuffer, _ digest: Digest?, _ headers: HTTPFields, _ route: DistributionRoute,
        _ name: RepositoryName, _ caller: Caller
    ) -> ExpressAnswer {
        var headers = headers
        headers[.dockerDistributionAPIVersion] = DistributionDoor.apiVersion
        return ExpressAnswer(
            headers: headers, body: body, route: route.template, account: caller.name, repository: name.description,
            digest: digest?.description)
    }
}
