import BerthCatalog
import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension DistributionDoor {
    /// The most tags that one push may set.
    private static let maximumTags = 100

    /// `/v2/<name>/manifests/<reference>`, by method.
    func manifests(
        _ exchange: Exchange, reference text: Substring, in name: RepositoryName
    ) async throws -> Response {
        let reference: ManifestReference
        do {
            reference = try ManifestReference(parsing: text)
        } catch {
            throw RegistryError.invalid(error, as: text.contains(":") ? .digestInvalid : .manifestInvalid)
        }
        switch exchange.request.method {
        case .put: return try await putManifest(exchange, reference, in: name)
        case .delete: return try await deleteManifest(exchange, reference, in: name)
        default: return try await getManifest(exchange, reference, in: name)
        }
    }

    /// end-3: a manifest's exact bytes as the type it was pushed with, whatever `Accept` says.
    private func getManifest(
        _ exchange: Exchange, _ reference: ManifestReference, in name: RepositoryName
    ) async throws -> Response {
        let manifest =
            exchange.isHead
            ? try await registry.statManifest(reference, from: name, for: exchange.caller)
            : try await registry.pullManifest(reference, from: name, for: exchange.caller)
        exchange.context.fields.digest = manifest.digest.description
        let headers = Self.headers(ofManifest: manifest.digest, mediaType: manifest.mediaType)
        if exchange.hasCurrent(Self.entityTag(of: manifest.digest)) {
            return Response(status: .notModified, headers: headers)
        }
        if exchange.isHead { return .headOnly(headers: headers, length: manifest.size) }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: .init(bytes: manifest.bytes)))
    }

    /// What every answer with a manifest carries.
    static func headers(ofManifest digest: Digest, mediaType: BerthOCI.MediaType) -> HTTPFields {
        [
            .contentType: mediaType.rawValue,
            .dockerContentDigest: digest.description,
            .eTag: entityTag(of: digest),
        ]
    }

    /// end-7: stores a manifest under its digest, and under a tag or several.
    private func putManifest(
        _ exchange: Exchange, _ reference: ManifestReference, in name: RepositoryName
    ) async throws -> Response {
        let tags = try tags(exchange, for: reference)
        let body = try await exchange.request.collect(upTo: Manifest.maximumSize, context: exchange.context)
        let pushed = try await registry.pushManifest(
            IncomingManifest(
                bytes: Array(body.readableBytesView),
                contentType: exchange.request.headers[.contentType].map { MediaType(contentType: $0) },
                reference: reference, tags: tags),
            to: name, for: exchange.caller)
        exchange.context.fields.digest = pushed.digest.description
        var headers: HTTPFields = [
            .location: "/v2/\(name)/manifests/\(pushed.digest)",
            .dockerContentDigest: pushed.digest.description,
        ]
        if let subject = pushed.subject { headers[.ociSubject] = subject.description }
        if !tags.isEmpty { headers[values: .ociTag] = tags.map(\.description) }
        return Response(status: .created, headers: headers)
    }

    /// end-7b: the tags of `?tag=`, each once.
    private func tags(_ exchange: Exchange, for reference: ManifestReference) throws -> [TagName] {
        var tags: [TagName] = []
        for text in try exchange.query().all("tag") {
            do {
                let tag = try TagName(parsing: text)
                if !tags.contains(tag) { tags.append(tag) }
            } catch {
                throw RegistryError.invalid(error, as: .manifestInvalid)
            }
            guard tags.count <= Self.maximumTags else {
                throw RegistryError(
                    .manifestInvalid, "at most \(Self.maximumTags) tags can be set at once", status: 414)
            }
        }
        if case .tag = reference, !tags.isEmpty {
            throw RegistryError(.manifestInvalid, "tags in the query go with a push by digest")
        }
        return tags
    }

    /// end-9: deletes a tag, or a manifest with all its tags.
    private func deleteManifest(
        _ exchange: Exchange, _ reference: ManifestReference, in name: RepositoryName
    ) async throws -> Response {
        switch reference {
        case .tag(let tag): try await registry.deleteTag(tag, in: name, for: exchange.caller)
        case .digest(let digest):
            exchange.context.fields.digest = digest.description
            try await registry.deleteManifest(digest, in: name, for: exchange.caller)
        }
        return Response(status: .accepted)
    }
}
