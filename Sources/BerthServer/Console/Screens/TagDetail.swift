import BerthHTTP
import BerthOCI
import BerthRegistry
import Hummingbird

/// What a tag names: the image itself or, of an index, one image after the other.
enum TagDetail {
    private struct Content: Sendable {
        let tag: String
        let title: String
        let kind: String
        let back: String
        let deletion: String?
        let pullCommand: String
        let digest: ShownDigest
        let mediaType: String
        let size: String
        let pushed: Moment
        let pushedBy: String?
        let pulled: Moment?
        let children: [Child]
        let moreChildren: String?
        /// Which image the rest is about, where there are several.
        let contents: ImageContents?
        let annotations: [ImageContents.Fact]
        let accessories: [Accessory]
        let moreAccessories: String?
    }

    private struct Child: Sendable {
        let label: String
        let address: String
        let isShown: Bool
        let digest: ShownDigest
        /// `nil` for an image that is not here.
        let size: String?
    }

    private struct Accessory: Sendable {
        let label: String
        let isSignature: Bool
        let type: String
        let digest: ShownDigest
        let size: String
    }

    /// How many signatures and other artifacts are shown.
    private static let shownAccessories = 25
    /// How many images of an index are shown.
    private static let shownChildren = 25
    /// Bytes of what people and builders have written.
    private static let roomForTexts = 28_000

    static func content(_ visit: Visit, _ image: Repository, _ tag: TagName) async throws -> any Sendable {
        let chosen = visit.query["image"].flatMap { try? Digest(parsing: $0) }
        let found = try await visit.registry.describeImage(tag, in: image.name, choosing: chosen, by: visit.actor)
        let accessories = try await visit.registry.listAccessories(
            of: tag, in: image.name, offset: 0, limit: shownAccessories, by: visit.actor)
        let texts = visit.texts
        var room = TextRoom(bytes: roomForTexts)
        let (runnable, attestations) = parts(of: found.children)
        let attached =
            accessories.elements.map { accessory($0, texts) } + attestations.map { attestation($0, texts) }
        let moreChildren = found.manifest.children.count - attestations.count - min(runnable.count, shownChildren)
        let moreAccessories = accessories.total + attestations.count - min(attached.count, shownAccessories)
        let children = runnable.prefix(shownChildren).map { child in
            let digest = child.descriptor.digest
            return Child(
                label: room.fit(label(of: child.descriptor, texts), atMost: PlatformSummary.maximumLength),
                address: ConsoleAddress.image(
                    image.name, tab: "tags", ["tag": tag.description, "image": digest.description]),
                isShown: digest == found.contents?.digest, digest: ShownDigest(digest),
                size: child.size.map(SizeText.text(of:)))
        }
        var contents: ImageContents?
        if let image = found.contents, image.manifest.kind == .image {
            contents = ImageContents(image, of: children.first(where: \.isShown)?.label, &room, texts)
        }
        return Content(
            tag: tag.description, title: texts("tag.title", ["tag": tag.description]),
            kind: texts[kind(of: found)],
            back: ConsoleAddress.image(image.name, tab: "tags"),
            deletion: image.shares == nil ? nil : TagDeletion.address(of: tag, in: image.name),
            pullCommand: PullCommand.text(for: image.name, tag, registryHost: visit.publicAddress.host),
            digest: ShownDigest(found.tag.digest), mediaType: found.manifest.mediaType.rawValue,
            size: SizeText.text(of: found.tag.size), pushed: Moment(found.tag.updatedAt), pushedBy: found.pushedBy,
            pulled: found.tag.pulledAt.map(Moment.init),
            children: children,
            moreChildren: more(moreChildren, texts),
            contents: contents,
            annotations: ImageContents.facts(found.manifest.annotations.sorted { $0.key < $1.key }, &room),
            accessories: Array(attached.prefix(shownAccessories)), moreAccessories: more(moreAccessories, texts))
    }

    /// `and 12 more`; `nil` for none.
    private static func more(_ count: Int, _ texts: Texts) -> String? {
        count > 0 ? texts("tag.more", ["count": Figures.count(count)]) : nil
    }

    /// Images, and the attestations that builders put beside them.
    private static func parts(
        of children: [ImageDescription.Child]
    ) -> (images: [ImageDescription.Child], attestations: [ImageDescription.Child]) {
        let isImage = { (child: ImageDescription.Child) in child.descriptor.platform?.isRunnable ?? true }
        return (children.filter(isImage), children.filter { !isImage($0) })
    }

    private static func kind(of found: ImageDescription) -> String {
        switch found.tag.kind {
        case .signature: "tag.kind.signature"
        case .index: "tag.kind.index"
        case .image: found.manifest.isRunnable ? "tag.kind.image" : "tag.kind.artifact"
        }
    }

    private static func label(of descriptor: Descriptor, _ texts: Texts) -> String {
        descriptor.platform?.description ?? descriptor.artifactType?.rawValue ?? texts["tag.noPlatform"]
    }

    private static func accessory(_ accessory: BerthRegistry.Accessory, _ texts: Texts) -> Accessory {
        let kind = accessory.type.prefix { $0 != "." }
        let type = accessory.artifactType?.rawValue ?? accessory.type
        let word =
            if ["signature", "attestation", "sbom"].contains(kind) {
                String(kind)
            } else if type.contains("spdx") || type.contains("cyclonedx") {
                "sbom"
            } else {
                "other"
            }
        return Accessory(
            label: texts["tag.accessory.\(word)"], isSignature: word == "signature", type: type,
            digest: ShownDigest(accessory.digest),
            size: SizeText.text(of: accessory.size))
    }

    private static func attestation(_ child: ImageDescription.Child, _ texts: Texts) -> Accessory {
        Accessory(
            label: texts["tag.accessory.attestation"], isSignature: false, type: child.descriptor.mediaType.rawValue,
            digest: ShownDigest(child.descriptor.digest), size: SizeText.text(of: child.size ?? child.descriptor.size))
    }
}
