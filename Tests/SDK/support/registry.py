"""Pushing and pulling through `/v2/`, with plain HTTP and a user's long-term login."""

import requests

from support.images import INDEX, MANIFEST, Manifest, digest_of
from support.people import User


def push(user: User, repository: str, tag: str, manifest: Manifest) -> Manifest:
    """Pushes an image, or an index with its images, to `group/web`, and gives it back."""
    for child in manifest.children:
        push(user, repository, child.digest, child)
    for blob in manifest.blobs:
        push_blob(user, repository, blob)
    _done(push_manifest(user, repository, tag, manifest))
    return manifest


def push_blob(user: User, repository: str, blob: bytes) -> None:
    _done(
        requests.post(
            f"{user.server.url}/v2/{repository}/blobs/uploads/",
            params={"digest": digest_of(blob)},
            data=blob,
            headers={"Content-Type": "application/octet-stream"},
            auth=user.login,
            timeout=30,
        )
    )


def push_manifest(user: User, repository: str, reference: str, manifest: Manifest) -> requests.Response:
    """The answer to pushing the manifest alone, which may be a refusal."""
    return requests.put(
        f"{user.server.url}/v2/{repository}/manifests/{reference}",
        data=manifest.content,
        headers={"Content-Type": manifest.media_type},
        auth=user.login,
        timeout=30,
    )


def pull(user: User, repository: str, reference: str) -> requests.Response:
    """The answer to asking for a manifest: 200 with its bytes, 404 for who has no right."""
    return requests.get(
        f"{user.server.url}/v2/{repository}/manifests/{reference}",
        headers={"Accept": f"{MANIFEST}, {INDEX}"},
        auth=user.login,
        timeout=30,
    )


def referrers(user: User, repository: str, subject: Manifest) -> list[str]:
    """The digests of what refers to a manifest."""
    url = f"{user.server.url}/v2/{repository}/referrers/{subject.digest}"
    return [one["digest"] for one in requests.get(url, auth=user.login, timeout=30).json()["manifests"]]


def can_pull(user: User, repository: str, reference: str) -> bool:
    response = pull(user, repository, reference)
    assert response.status_code in {200, 404}, f"{response.status_code} {response.text}"
    return response.status_code == 200


def can_push(user: User, repository: str) -> bool:
    """Whether the user may begin an upload there."""
    response = requests.post(f"{user.server.url}/v2/{repository}/blobs/uploads/", auth=user.login, timeout=30)
    assert response.status_code in {202, 403}, f"{response.status_code} {response.text}"
    return response.status_code == 202


def _done(response: requests.Response) -> None:
    assert response.status_code == 201, f"{response.request.method} {response.url}: {response.text}"
