import BerthOCI
import BerthTestBasics
import BerthTestSupport

/// A client that changes one repository until its server is killed, and knows what the repository must hold then.
///
/// It asks for one change at a time, so at most one is in doubt: asked for and not answered.
struct CrashWorker: Sendable {
    let repository: String
    /// Whether a collection of garbage runs beside it, which takes blobs that no image needs and may refuse their push.
    let sharesWithCollector: Bool
    private var generator: SeededGenerator
    private var known = Holdings()
    private var doubt: Act?
    private var upload: OpenUpload?
    /// What comes next: the rest of a push.
    private var queue: [Act] = []
    private var images: [Digest: SampleManifest] = [:]
    private var blobs: [Digest: SampleBlob] = [:]
    private var names = 0
    /// How many changes were acknowledged.
    private(set) var acknowledged = 0
    /// What went wrong, a sentence each.
    private(set) var problems: [String] = []

    init(_ repository: String, seed: UInt64, sharesWithCollector: Bool = false) {
        self.repository = repository
        self.sharesWithCollector = sharesWithCollector
        generator = SeededGenerator(seed: seed)
    }

    /// Asks for one change after the other until the server is gone or `isDone` says so.
    mutating func work(on client: RepositoryClient, until isDone: @Sendable () -> Bool = { false }) async {
        while !isDone(), problems.isEmpty, let act = try? next() {
            doubt = act
            guard let answer = try? await perform(act, on: client) else { return }
            doubt = nil
            if answer.status == act.acknowledgement {
                known.apply(act)
                acknowledged += 1
            } else if isExcused(answer) {
                queue = []
            } else {
                problems.append("\(act) was answered \(answer.status): \(answer.text)")
            }
        }
    }

    /// Looks at what the repository holds after a restart, and asks again for what was in doubt.
    mutating func recover(on client: RepositoryClient) async throws {
        let found = try await look(at: client)
        if !isAllowed(found) {
            problems.append(
                "\(repository) holds \(found) instead of \(known), or that after \(String(describing: doubt))")
        }
        known = found
        if let act = doubt {
            let answer = try await performAgain(act, on: client)
            if act.isAcknowledgedAgain(by: answer.status) {
                known.apply(act)
            } else if isExcused(answer) {
                queue = []
            } else {
                problems.append("\(act), asked for again, was answered \(answer.status): \(answer.text)")
            }
        }
        (doubt, upload) = (nil, nil)
        images = images.filter { known.manifests.contains($0.key) || isQueued($0.key) }
        let needed = Set(images.values.flatMap(\.blobs).map(\.digest))
        blobs = blobs.filter { known.blobs.contains($0.key) || needed.contains($0.key) }
    }

    private func isQueued(_ digest: Digest) -> Bool {
        queue.contains { if case .pushManifest(let image, _) = $0 { image.digest == digest } else { false } }
    }

    /// Whether a collection that leaves nothing alone may be the reason: a blob of a push under way is garbage to it.
    private func isExcused(_ answer: TestResponse) -> Bool {
        guard sharesWithCollector else { return false }
        return answer.status == 503 && answer.header("Retry-After") != nil
            || answer.errorCode == "MANIFEST_BLOB_UNKNOWN"
    }

    private func isAllowed(_ found: Holdings) -> Bool {
        [known, known.applying(doubt)].contains { allowed in
            guard sharesWithCollector else { return found == allowed }
            let needed = allowed.manifests.flatMap { images[$0]?.blobs ?? [] }.map(\.digest)
            return found.manifests == allowed.manifests && found.tags == allowed.tags
                && found.blobs.isSuperset(of: needed)
        }
    }
}

// MARK: What it sees

extension CrashWorker {
    /// Pulls everything that the repository may hold, and compares it byte for byte.
    private mutating func look(at client: RepositoryClient) async throws -> Holdings {
        var found = Holdings()
        for tag in try await client.tags() {
            let answer = try await client.manifest(tag)
            guard answer.status == 200, let digest = images.values.first(where: { $0.bytes == answer.body })?.digest,
                answer.header("Docker-Content-Digest") == digest.description
            else {
                problems.append("tag \(tag) is listed and answered \(answer.status) with \(answer.text)")
                continue
            }
            found.tags[tag] = digest
        }
        for image in images.values {
            if try await holds(image.bytes, client.manifest(image.digest)) { found.manifests.insert(image.digest) }
        }
        for blob in blobs.values {
            if try await holds(blob.bytes, client.blob(blob.digest)) { found.blobs.insert(blob.digest) }
        }
        return found
    }

    private mutating func holds(_ bytes: [UInt8], _ answer: TestResponse) -> Bool {
        if answer.status == 200, answer.body == bytes { return true }
        if answer.status != 404 {
            problems.append("\(bytes.count) bytes were answered \(answer.status) with \(answer.body.count) bytes")
        }
        return false
    }
}

// MARK: What it does

extension CrashWorker {
    private mutating func perform(_ act: Act, on client: RepositoryClient) async throws -> TestResponse {
        switch act {
        case .pushBlob(let blob, let route): try await client.push(blob, by: route, keeping: &upload)
        case .pushManifest(let image, let tag): try await client.push(image, as: tag)
        case .deleteTag(let tag): try await client.send("DELETE", "manifests/\(tag)")
        case .deleteManifest(let digest): try await client.send("DELETE", "manifests/\(digest)")
        case .deleteBlob(let digest): try await client.send("DELETE", "blobs/\(digest)")
        }
    }

    /// Goes on with an upload that the kill interrupted, half of the time; else begins again.
    private mutating func performAgain(_ act: Act, on client: RepositoryClient) async throws -> TestResponse {
        guard case .pushBlob(let blob, _) = act, var open = upload, Bool.random(using: &generator) else {
            return try await perform(act, on: client)
        }
        let status = try await client.send("GET", open.location)
        if status.status == 404, open.isEnding { return try await perform(act, on: client) }
        guard status.status == 204, let range = status.header("Range"), let last = Int(range.dropFirst(2)) else {
            problems.append("the upload of \(open.acknowledged) bytes was answered \(status.status) after the restart")
            return status
        }
        let received = last == 0 ? 0 : last + 1
        if received < open.acknowledged || received > open.sent {
            problems.append("\(open.acknowledged) of \(open.sent) bytes were acknowledged, \(received) are there")
        }
        open.acknowledged = received
        return try await client.finish(blob, chunks: 2, &open)
    }

    private mutating func next() throws -> Act {
        if queue.isEmpty { queue = try plan() }
        return queue.removeFirst()
    }

    private mutating func plan() throws -> [Act] {
        let spare = known.blobs.subtracting(known.manifests.flatMap { images[$0]?.blobs ?? [] }.map(\.digest))
        let present = known.manifests.sorted()
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<25 where !present.isEmpty:
            if let image = images[generator.pick(present)] { return [.pushManifest(image, tag: "moving")] }
        case 25..<35 where !known.tags.isEmpty: return [.deleteTag(generator.pick(known.tags.keys.sorted()))]
        case 35..<45 where !present.isEmpty: return [.deleteManifest(generator.pick(present))]
        case 45..<65 where present.count > 3: return [.deleteManifest(generator.pick(present))]
        case 65..<75 where !spare.isEmpty && !sharesWithCollector: return [.deleteBlob(generator.pick(spare.sorted()))]
        default: break
        }
        if spare.count > 8, !sharesWithCollector { return spare.sorted().prefix(4).map(Act.deleteBlob) }
        return try push()
    }

    /// The push of an image: one in three is an image that other workers push as well.
    private mutating func push() throws -> [Act] {
        names += 1
        let isShared = Int.random(in: 0..<3, using: &generator) == 0
        let name = isShared ? "shared \(Int.random(in: 0..<4, using: &generator)) " : "\(repository) \(names) "
        let size = isShared ? 2_000 : generator.pick([1, 60, 2_000, 9_000])
        let image = try SampleManifest.image(String(repeating: name, count: size))
        images[image.digest] = image
        for blob in image.blobs { blobs[blob.digest] = blob }
        return image.blobs.filter { !known.blobs.contains($0.digest) || isShared || sharesWithCollector }
            .map { .pushBlob($0, generator.pick(BlobRoute.allCases)) }
            + [.pushManifest(image, tag: generator.pick(["moving", "a", "b", "c\(names)"]))]
    }
}
