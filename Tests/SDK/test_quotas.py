"""How much an account may have: section 16 of the contract, and what is answered when it has that."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from support import iam, images
from support.berth_server import BerthServer, unique
from support.images import Manifest, digest_of
from support.people import Account, User
from support.refusals import refused, unchanged
from support.registry import can_pull, push, push_blob, push_manifest
from support.swr import Swr

_storage = 20_000


@pytest.fixture(scope="module")
def server() -> Iterator[BerthServer]:
    """A server on which every account may have very little."""
    limits = ["--quota-organizations", "2", "--quota-repositories", "3", "--quota-tags", "4"]
    server = BerthServer(*limits, "--quota-storage", str(_storage)).start()
    yield server
    server.remove()


def quotas(user: User) -> dict[str, tuple[int, int]]:
    """Limit and use by key."""
    client = Swr(user.server.url, user.access_key, user.secret_key, iam.project_id(user))
    return {quota.quota_key: (quota.quota_limit, quota.used) for quota in client.quotas()}


def state(account: Account) -> object:
    """All that a refused request might have changed."""
    repositories = {one.name: sorted(one.tags) for one in account.swr.list_repositories().body or []}
    return quotas(account.admin), repositories


def assert_denied(response: requests.Response, limit: int) -> None:
    """Expects a refused push, with a sentence that says which number is used up."""
    assert response.status_code == 403, f"{response.status_code} {response.text}"
    (error,) = response.json()["errors"]
    assert error["code"] == "DENIED"
    assert "quota" in error["message"]
    assert str(limit) in error["message"].replace(",", "")


def begin_upload(user: User, repository: str) -> requests.Response:
    return requests.post(f"{user.server.url}/v2/{repository}/blobs/uploads/", auth=user.login, timeout=30)


def push_content(user: User, repository: str, image: Manifest) -> None:
    """Pushes what a manifest needs."""
    for blob in image.blobs:
        push_blob(user, repository, blob)


def test_quotas_tell_limit_and_use(acme: Account, group: str) -> None:
    image = images.image("used")
    for tag in ["v1", "latest"]:
        push(acme.admin, f"{group}/web", tag, image)
    used = quotas(acme.admin)
    assert (used["namespace"], used["repo"], used["tag"]) == ((2, 1), (3, 1), (4, 2))
    assert used["storage"] == (_storage, len(image.content) + image.blob_bytes)


def test_other_accounts_have_quotas_of_their_own(acme: Account, globex: Account, group: str) -> None:
    push(acme.admin, f"{group}/web", "v1", images.image("own"))
    assert {used for _, used in quotas(globex.admin).values()} == {0}


def test_without_settings_there_is_a_limit_for_organizations_alone(start_server: Callable[..., BerthServer]) -> None:
    limits = {key: limit for key, (limit, _) in quotas(Account(start_server()).admin).items()}
    assert limits["namespace"] == 100
    assert {limits[key] for key in ["repo", "tag", "storage"]} == {-1}


def test_one_organization_too_many(acme: Account, group: str) -> None:
    second, third = acme.add_organization(), unique("third")
    with unchanged(lambda: quotas(acme.admin)), refused(400, "4000097", saying="2"):
        acme.swr.create_organization(third)
    acme.swr.delete_organization(second)
    acme.swr.create_organization(third)
    assert quotas(acme.admin)["namespace"] == (2, 2)


def test_an_organization_that_is_there_is_told_as_such_before_the_quota(acme: Account, group: str) -> None:
    acme.add_organization()
    with refused(409, "4090060"):
        acme.swr.create_organization(group)


def test_one_repository_too_many(acme: Account, group: str) -> None:
    for name in ["a", "b", "c"]:
        acme.swr.create_repository(group, name)
    with unchanged(lambda: state(acme)):
        with refused(400, "4000098", saying="3"):
            acme.swr.create_repository(group, "d")
        assert_denied(begin_upload(acme.admin, f"{group}/d"), 3)
    acme.swr.delete_repository(group, "a")
    push(acme.admin, f"{group}/d", "v1", images.image("fits"))
    assert quotas(acme.admin)["repo"] == (3, 3)


def test_pushing_to_what_is_there_needs_no_new_repository(acme: Account, group: str) -> None:
    for name in ["a", "b", "c"]:
        acme.swr.create_repository(group, name)
    push(acme.admin, f"{group}/a", "v1", images.image("there"))


def test_one_tag_too_many(acme: Account, group: str) -> None:
    image = images.image("tagged")
    for tag in ["v1", "v2", "v3", "v4"]:
        push(acme.admin, f"{group}/web", tag, image)
    another = images.image("another")
    push_content(acme.admin, f"{group}/web", another)
    with unchanged(lambda: state(acme)):
        assert_denied(push_manifest(acme.admin, f"{group}/web", "v5", image), 4)
        assert_denied(push_manifest(acme.admin, f"{group}/web", "v5", another), 4)
        with refused(400, "4000099", saying="4"):
            acme.swr.copy_tag(group, "web", "v1", "v5")
    assert not can_pull(acme.admin, f"{group}/web", "v5")
    assert not can_pull(acme.admin, f"{group}/web", another.digest)
    acme.swr.delete_tag(group, "web", "v4")
    acme.swr.copy_tag(group, "web", "v1", "v5")
    assert quotas(acme.admin)["tag"] == (4, 4)


def test_tags_that_are_there_can_be_pushed_and_moved(acme: Account, group: str) -> None:
    image = images.image("tagged")
    for tag in ["v1", "v2", "v3", "v4"]:
        push(acme.admin, f"{group}/web", tag, image)
    push(acme.admin, f"{group}/web", "v1", image)
    moved = push(acme.admin, f"{group}/web", "v2", images.image("moved"))
    assert acme.swr.show_tag(group, "web", "v2").digest == moved.digest
    acme.swr.copy_tag(group, "web", "v2", "v1", override=True)
    untagged = images.image("untagged")
    push(acme.admin, f"{group}/web", untagged.digest, untagged)
    assert quotas(acme.admin)["tag"] == (4, 4)


def large_image(text: str, size: int) -> Manifest:
    return images.image_of(images.image(text).blobs[0], (text * size).encode()[:size])


def test_one_byte_too_many(acme: Account, group: str) -> None:
    kept = push(acme.admin, f"{group}/web", "v1", large_image("kept", _storage // 2))
    large = large_image("large", _storage)
    with unchanged(lambda: state(acme)):
        response = requests.post(
            f"{acme.server.url}/v2/{group}/web/blobs/uploads/",
            params={"digest": digest_of(large.blobs[1])},
            data=large.blobs[1],
            auth=acme.admin.login,
            timeout=30,
        )
        if response.status_code == 201:
            push_blob(acme.admin, f"{group}/web", large.blobs[0])
            response = push_manifest(acme.admin, f"{group}/web", "v2", large)
        assert_denied(response, _storage)
    assert can_pull(acme.admin, f"{group}/web", "v1")
    push(acme.admin, f"{group}/web", "v1", kept)
    push(acme.admin, f"{group}/web", "small", images.image("small"))


def test_a_layer_that_is_sent_in_parts_is_refused_too(acme: Account, group: str) -> None:
    push(acme.admin, f"{group}/web", "v1", images.image("before"))
    large = large_image("parts", _storage)
    config, layer = large.blobs
    with unchanged(lambda: state(acme)):
        push_blob(acme.admin, f"{group}/web", config)
        location = begin_upload(acme.admin, f"{group}/web").headers["Location"]
        url = location if location.startswith("http") else acme.server.url + location
        chunks = (layer[start : start + 1000] for start in range(0, len(layer), 1000))
        response = requests.patch(url, data=chunks, auth=acme.admin.login, timeout=30)
        if response.status_code == 202:
            location = response.headers["Location"]
            url = location if location.startswith("http") else acme.server.url + location
            response = requests.put(url, params={"digest": digest_of(layer)}, auth=acme.admin.login, timeout=30)
        if response.status_code == 201:
            response = push_manifest(acme.admin, f"{group}/web", "large", large)
        assert_denied(response, _storage)


def test_deleting_makes_room(acme: Account, group: str) -> None:
    first = large_image("first", _storage * 3 // 4)
    push(acme.admin, f"{group}/web", "v1", first)
    second = large_image("second", _storage * 3 // 4)
    push_blob(acme.admin, f"{group}/other", second.blobs[0])
    acme.swr.delete_tag(group, "web", "v1")
    url = f"{acme.server.url}/v2/{group}/web/manifests/{first.digest}"
    requests.delete(url, auth=acme.admin.login, timeout=30)
    acme.swr.delete_repository(group, "web")
    push(acme.admin, f"{group}/other", "v1", second)
    assert quotas(acme.admin)["storage"][1] >= len(second.blobs[1])


def test_nothing_stands_in_the_way_of_deleting(acme: Account, group: str) -> None:
    other = acme.add_organization()
    push(acme.admin, f"{group}/a", "v1", large_image("full", _storage * 3 // 4))
    for tag in ["v2", "v3", "v4"]:
        acme.swr.copy_tag(group, "a", "v1", tag)
    for name in ["b", "c"]:
        acme.swr.create_repository(group, name)
    assert can_pull(acme.admin, f"{group}/a", "v4")
    for tag in ["v1", "v2", "v3", "v4"]:
        acme.swr.delete_tag(group, "a", tag)
    for name in ["a", "b", "c"]:
        acme.swr.delete_repository(group, name)
    for organization in [group, other]:
        acme.swr.delete_organization(organization)
    assert {used for _, used in quotas(acme.admin).values()} == {0}


def test_what_is_shared_does_not_count_against_the_receiver(acme: Account, globex: Account, group: str) -> None:
    there = globex.add_organization()
    for name in ["a", "b", "c"]:
        globex.swr.create_repository(there, name)
    image = large_image("there", _storage * 3 // 4)
    for tag in ["v1", "v2", "v3", "v4"]:
        push(globex.admin, f"{there}/a", tag, image)
    push(acme.admin, f"{group}/web", "v1", large_image("shared", _storage * 3 // 4))
    with unchanged(lambda: quotas(globex.admin)):
        acme.swr.share(group, "web", globex.name)
        assert can_pull(globex.admin, f"{group}/web", "v1")
        assert len(globex.swr.list_shared("thirdparty").body) == 1


def test_a_mounted_layer_counts_where_it_is_mounted(acme: Account, group: str) -> None:
    layer = large_image("mounted", _storage * 3 // 4)
    push(acme.admin, f"{group}/web", "v1", layer)
    url = f"{acme.server.url}/v2/{group}/copy/blobs/uploads/"
    responses = [
        requests.post(url, params={"mount": digest_of(blob), "from": f"{group}/web"}, auth=acme.admin.login, timeout=30)
        for blob in layer.blobs
    ]
    with unchanged(lambda: quotas(acme.admin)["storage"]):
        refusal = next((one for one in responses if one.status_code == 403), None)
        assert_denied(refusal or push_manifest(acme.admin, f"{group}/copy", "v1", layer), _storage)


def test_pushes_at_the_same_time_do_not_exceed_a_quota_together(acme: Account, group: str) -> None:
    image = images.image("race")
    push_content(acme.admin, f"{group}/web", image)

    def push_tag(number: int) -> int:
        return push_manifest(acme.admin, f"{group}/web", f"v{number}", image).status_code

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = sorted(threads.map(push_tag, range(8)))
    assert answers == [201] * 4 + [403] * 4
    assert quotas(acme.admin)["tag"] == (4, 4)
