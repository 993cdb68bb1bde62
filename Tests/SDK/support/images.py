"""Small real images: what they consist of, ready to be pushed."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """A manifest or an index, with all that must be in the registry before it."""

    media_type: str
    content: bytes
    blobs: list[bytes] = field(default_factory=list)
    children: list["Manifest"] = field(default_factory=list)

    @property
    def digest(self) -> str:
        return digest_of(self.content)

    @property
    def hex(self) -> str:
        return self.digest.removeprefix("sha256:")

    @property
    def fields(self) -> dict[str, Any]:
        return json.loads(self.content)

    @property
    def config_hex(self) -> str:
        return self.fields["config"]["digest"].removeprefix("sha256:")

    @property
    def blob_bytes(self) -> int:
        """The bytes of its configuration and its layers."""
        return sum(map(len, self.blobs)) + sum(child.blob_bytes for child in self.children)

    @property
    def descriptor(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content)}


def image(text: str, architecture: str = "amd64") -> Manifest:
    """An image with one layer that holds a file with this text: another text makes another digest."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("greeting")
        entry.size = len(text.encode())
        tar.addfile(entry, io.BytesIO(text.encode()))
    layer = gzip.compress(archive.getvalue(), mtime=0)
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(archive.getvalue())]},
    }
    return _manifest(_json(config), CONFIG, [(layer, LAYER, {})])


def image_of(config: bytes, layer: bytes) -> Manifest:
    """An image with this configuration and this layer."""
    return _manifest(config, CONFIG, [(layer, LAYER, {})])


def index(*images: Manifest) -> Manifest:
    children = [
        image.descriptor | {"platform": {"os": "linux", "architecture": f"arch{number}"}}
        for number, image in enumerate(images)
    ]
    content = _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": children})
    return Manifest(INDEX, content, children=list(images))


def signature(of: Manifest, text: str = "signature") -> Manifest:
    """What cosign pushes as `sha256-<hex>.sig`."""
    payload = _json(
        {"critical": {"image": {"docker-manifest-digest": of.digest}, "type": "cosign container image signature"}}
    )
    config = {
        "architecture": "",
        "os": "",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(payload)]},
    }
    return _manifest(_json(config), CONFIG, [(payload, SIMPLE_SIGNING, {"dev.cosignproject.cosign/signature": text})])


def signature_tag(of: Manifest) -> str:
    return f"sha256-{of.hex}.sig"


def referrer(to: Manifest, artifact_type: str, text: str = "{}") -> Manifest:
    """An artifact that names an image as its subject."""
    layer: tuple[bytes, str, dict[str, str]] = (text.encode(), artifact_type, {})
    return _manifest(b"{}", EMPTY, [layer], artifactType=artifact_type, subject=to.descriptor)


def _manifest(
    config: bytes, config_type: str, layers: list[tuple[bytes, str, dict[str, str]]], **more: Any
) -> Manifest:
    content = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(config, config_type),
            "layers": [_descriptor(layer, kind, annotations) for layer, kind, annotations in layers],
            **more,
        }
    )
    return Manifest(MANIFEST, content, [config, *(layer for layer, _, _ in layers)])


def _descriptor(content: bytes, media_type: str, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    described: dict[str, Any] = {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}
    return described | ({"annotations": annotations} if annotations else {})


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
