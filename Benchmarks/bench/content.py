"""What is pushed and pulled: random bytes, which nothing can compress, other ones in every run."""

import hashlib
import json
import os
from dataclasses import dataclass

from .load.wire import Connection, path_of

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PIECE = 1 << 20


def digest_of(content: bytes) -> str:
    """The digest of some bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Blob:
    """Bytes and their digest."""

    digest: str
    content: bytes

    @classmethod
    def of(cls, content: bytes) -> "Blob":
        """The blob of some bytes."""
        return cls(digest_of(content), content)

    @classmethod
    def random(cls, size: int) -> "Blob":
        """A blob that was never there before."""
        return cls.of(os.urandom(size))

    def descriptor(self, media_type: str) -> dict[str, object]:
        """What a manifest says of it."""
        return {"mediaType": media_type, "digest": self.digest, "size": len(self.content)}


def manifest_of(config: Blob, layers: list[Blob], note: str = "") -> Blob:
    """A manifest; another note makes another one."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(CONFIG),
        "layers": [layer.descriptor(LAYER) for layer in layers],
        "annotations": {"org.opencontainers.image.title": note},
    }
    return Blob.of(json.dumps(manifest, separators=(",", ":")).encode())


@dataclass(frozen=True)
class Image:
    """A manifest and what it names."""

    config: Blob
    layers: list[Blob]
    manifest: Blob

    @classmethod
    def small(cls, layers: int = 8, size: int = 4096) -> "Image":
        """An image whose manifest has about 1.5 KB."""
        config = Blob.of(json.dumps({"architecture": "amd64", "os": "linux", "id": os.urandom(8).hex()}).encode())
        blobs = [Blob.random(size) for _ in range(layers)]
        return cls(config, blobs, manifest_of(config, blobs, note="an image of the benchmark".ljust(200, ".")))


def push_blob(connection: Connection, repository: str, blob: Blob) -> None:
    """Pushes a blob as docker does: POST, PATCH, and a PUT without a body."""
    started = connection.demand(202, "POST", f"/v2/{repository}/blobs/uploads/")
    patched = connection.demand(
        202, "PATCH", path_of(started.fields["location"]), blob.content, "application/octet-stream"
    )
    connection.demand(201, "PUT", with_digest(path_of(patched.fields["location"]), blob.digest))


def push_small_blob(connection: Connection, repository: str, blob: Blob) -> None:
    """Pushes a blob in two requests, as containerd does: POST, and a PUT with the body."""
    started = connection.demand(202, "POST", f"/v2/{repository}/blobs/uploads/")
    path = with_digest(path_of(started.fields["location"]), blob.digest)
    connection.demand(201, "PUT", path, blob.content, "application/octet-stream")


def with_digest(path: str, digest: str) -> str:
    """The path at which an upload ends."""
    return f"{path}{'&' if '?' in path else '?'}digest={digest}"


def push_manifest(connection: Connection, repository: str, reference: str, manifest: Blob) -> None:
    """Pushes a manifest to a tag or a digest."""
    connection.demand(201, "PUT", f"/v2/{repository}/manifests/{reference}", manifest.content, MANIFEST)


def push_image(connection: Connection, repository: str, tag: str, image: Image) -> None:
    """Pushes a whole image."""
    for blob in {blob.digest: blob for blob in [image.config, *image.layers]}.values():
        push_blob(connection, repository, blob)
    push_manifest(connection, repository, tag, image.manifest)
