import BerthOCI
import BerthTestSupport

/// One change of a repository, which is done or not done but never by half.
enum Act: Sendable {
    case pushBlob(SampleBlob, BlobRoute)
    case pushManifest(SampleManifest, tag: String)
    case deleteTag(String)
    case deleteManifest(Digest)
    case deleteBlob(Digest)

    /// The status of the answer that acknowledges it.
    var acknowledgement: Int {
        switch self {
        case .pushBlob, .pushManifest: 201
        case .deleteTag, .deleteManifest, .deleteBlob: 202
        }
    }

    /// Whether the answer acknowledges it when it is asked for again and may have been done before.
    func isAcknowledgedAgain(by status: Int) -> Bool {
        status == acknowledgement || (acknowledgement == 202 && status == 404)
    }
}

/// What a repository holds.
struct Holdings: Sendable, Equatable {
    var manifests: Set<Digest> = []
    var tags: [String: Digest] = [:]
    var blobs: Set<Digest> = []

    mutating func apply(_ act: Act) {
        switch act {
        case .pushBlob(let blob, _): blobs.insert(blob.digest)
        case .pushManifest(let image, let tag):
            manifests.insert(image.digest)
            tags[tag] = image.digest
        case .deleteTag(let tag): tags[tag] = nil
        case .deleteManifest(let digest):
            manifests.remove(digest)
            tags = tags.filter { $0.value != digest }
        case .deleteBlob(let digest): blobs.remove(digest)
        }
    }

    func applying(_ act: Act?) -> Holdings {
        var changed = self
        if let act { changed.apply(act) }
        return changed
    }
}
