"""Pushing and pulling with skopeo, under a person's name and password."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from console.people import Person
from support.images import INDEX, Manifest, digest_of, image


def two_platforms(text: str) -> Manifest:
    """An index with an image for linux/amd64 and one for linux/arm64."""
    return index_of({f"linux/{architecture}": image(text, architecture) for architecture in ("amd64", "arm64")})


def index_of(images: dict[str, Manifest]) -> Manifest:
    """An index of images by their platforms, such as `linux/amd64`."""
    described = []
    for platform, child in images.items():
        system, _, architecture = platform.partition("/")
        described.append(child.descriptor | {"platform": {"os": system, "architecture": architecture}})
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": described}).encode()
    return Manifest(INDEX, content, children=list(images.values()))


def push(person: Person, reference: str, manifest: Manifest) -> None:
    """Pushes an image, or an index with all its images, to `group/web:1`."""
    with tempfile.TemporaryDirectory() as directory:
        _write_layout(Path(directory), manifest)
        words = ["--all", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", _credentials(person)]
        done = _skopeo("copy", *words, f"oci:{directory}", _docker(person, reference))
    assert done.returncode == 0, done.stderr


def pull(person: Person, reference: str) -> str:
    """The digest that skopeo got for `group/web:1`, or the empty text when it was told that there is nothing."""
    with tempfile.TemporaryDirectory() as directory:
        words = ["--all", "--preserve-digests", "--src-tls-verify=false", "--src-creds", _credentials(person)]
        done = _skopeo("copy", *words, _docker(person, reference), f"dir:{directory}")
        if done.returncode == 0:
            return digest_of((Path(directory) / "manifest.json").read_bytes())
    assert "name unknown" in done.stderr or "manifest unknown" in done.stderr, done.stderr
    return ""


def _docker(person: Person, reference: str) -> str:
    return f"docker://{person.server.authority}/{reference}"


def _credentials(person: Person) -> str:
    return f"{person.full_name}:{person.password}"


def _skopeo(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["skopeo", *words], capture_output=True, text=True, timeout=60, check=False)


def _write_layout(directory: Path, manifest: Manifest) -> None:
    _write_json(directory / "oci-layout", {"imageLayoutVersion": "1.0.0"})
    _write_json(directory / "index.json", {"schemaVersion": 2, "manifests": [manifest.descriptor]})
    blobs = directory / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for one in (manifest, *manifest.children):
        for content in (one.content, *one.blobs):
            (blobs / digest_of(content).removeprefix("sha256:")).write_bytes(content)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))
