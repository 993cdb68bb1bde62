"""Copies in other regions: section 12 of the contract, with two real servers."""

import os
from collections.abc import Callable

import pytest
import requests

from support import images
from support.berth_server import BerthServer, unique
from support.images import digest_of
from support.people import Account
from support.polling import wait_until
from support.refusals import no_repository
from support.regions import OVER, PASSWORD, Regions, copied_tags, is_whole, jobs, region_setting, statuses
from support.registry import can_pull, push, push_blob, push_manifest, referrers


@pytest.fixture
def server(regions: Regions) -> BerthServer:
    """The accounts of a test are in the first region."""
    return regions.first


def test_an_image_is_copied(regions: Regions, acme: Account, group: str, web: str, target: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("copied"))
    push(acme.admin, f"{group}/{web}", "v2", images.image("not copied"))
    assert acme.swr.synchronize(group, web, ["v1"], "region-2", target) == ["v1"]
    assert statuses(acme, group, web) == {"v1": "success"}
    assert copied_tags(regions, target, web) == {"v1": image.digest}
    assert is_whole(regions.mirror.admin, f"{target}/{web}", image, "v1")


def test_a_job_tells_what_is_copied_where(acme: Account, group: str, web: str, target: str) -> None:
    bob = acme.add_member(group, "write", "bob")
    push(bob, f"{group}/{web}", "v1", images.image("told"))
    bob.swr.synchronize(group, web, ["v1"], "region-2", target, override=True)
    assert statuses(acme, group, web) == {"v1": "success"}
    (job,) = jobs(acme, group, web)
    assert (job.namespace, job.repo_name, job.tag) == (group, web, "v1")
    assert (job.remote_region_id, job.remote_namespace, job.override) == ("region-2", target, True)
    assert (job.domain_id, job.domain_name) == (acme.id, acme.name)
    assert (job.sync_operator_id, job.sync_operator_name) == (bob.id, "bob")
    assert job.updated_at >= job.created_at


def test_a_name_with_a_slash_is_copied(regions: Regions, acme: Account, group: str, target: str) -> None:
    image = push(acme.admin, f"{group}/team/web", "v1", images.image("slash"))
    acme.swr.synchronize(group, "team/web", ["v1"], "region-2", target)
    assert statuses(acme, group, "team/web") == {"v1": "success"}
    assert is_whole(regions.mirror.admin, f"{target}/team/web", image, "v1")


def test_an_index_is_copied_with_its_images_signature_and_referrers(
    regions: Regions, acme: Account, group: str, web: str, target: str
) -> None:
    name, copy = f"{group}/{web}", f"{target}/{web}"
    index = push(acme.admin, name, "v1", images.index(images.image("amd"), images.image("arm", "arm64")))
    signature = push(acme.admin, name, images.signature_tag(index), images.signature(index))
    bill = images.referrer(index, "application/vnd.example.sbom", '{"bill": "of materials"}')
    push(acme.admin, name, bill.digest, bill)
    of_child = images.referrer(index.children[0], "application/vnd.example.scan")
    push(acme.admin, name, of_child.digest, of_child)
    acme.swr.synchronize(group, web, ["v1"], "region-2", target)
    assert statuses(acme, group, web)["v1"] == "success"
    reader = regions.mirror.admin
    assert is_whole(reader, copy, index, "v1")
    assert is_whole(reader, copy, signature, images.signature_tag(index))
    assert is_whole(reader, copy, bill)
    assert referrers(reader, copy, index) == [bill.digest]


def test_a_tag_that_is_there_already_is_kept_unless_it_is_to_be_replaced(
    regions: Regions, acme: Account, group: str, web: str, target: str
) -> None:
    first = push(acme.admin, f"{group}/{web}", "v1", images.image("first"))
    acme.swr.synchronize(group, web, ["v1"], "region-2", target)
    assert statuses(acme, group, web) == {"v1": "success"}
    acme.swr.synchronize(group, web, ["v1"], "region-2", target)
    assert statuses(acme, group, web) == {"v1": "existed"}
    second = push(acme.admin, f"{group}/{web}", "v1", images.image("second"))
    acme.swr.synchronize(group, web, ["v1"], "region-2", target, override=False)
    assert statuses(acme, group, web) == {"v1": "existed"}
    assert copied_tags(regions, target, web) == {"v1": first.digest}
    acme.swr.synchronize(group, web, ["v1"], "region-2", target, override=True)
    assert statuses(acme, group, web) == {"v1": "success"}
    assert copied_tags(regions, target, web) == {"v1": second.digest}
    assert [job.status for job in jobs(acme, group, web)] == ["success", "existed", "existed", "success"]


def test_pushes_are_copied_by_themselves(regions: Regions, acme: Account, group: str, web: str, target: str) -> None:
    push(acme.admin, f"{group}/{web}", "before", images.image("before"))
    acme.swr.create_synchronization(group, web, "region-2", target, automatic=True)
    image = push(acme.admin, f"{group}/{web}", "after", images.image("after"))
    wait_until(lambda: len(jobs(acme, group, web)) == 1, "the push is noticed")
    assert statuses(acme, group, web) == {"after": "success"}
    assert copied_tags(regions, target, web) == {"after": image.digest}
    push(acme.admin, f"{group}/other", "v1", images.image("other"))
    assert jobs(acme, group, "other") == []
    acme.swr.delete_synchronization(group, web, "region-2", target)
    assert acme.swr.list_synchronizations(group, web) == []
    push(acme.admin, f"{group}/{web}", "later", images.image("later"))
    assert statuses(acme, group, web) == {"after": "success"}
    assert copied_tags(regions, target, web) == {"after": image.digest}, "the copy stays"


def test_a_signature_that_comes_later_is_copied_by_itself(
    regions: Regions, acme: Account, group: str, web: str, target: str
) -> None:
    acme.swr.create_synchronization(group, web, "region-2", target, automatic=True)
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("signed later"))
    assert statuses(acme, group, web) == {"v1": "success"}
    signature = images.referrer(image, "application/vnd.cncf.notary.signature")
    push(acme.admin, f"{group}/{web}", signature.digest, signature)
    assert statuses(acme, group, web) == {"v1": "existed"}
    assert referrers(regions.mirror.admin, f"{target}/{web}", image) == [signature.digest]
    assert is_whole(regions.mirror.admin, f"{target}/{web}", signature)


def test_tags_and_organizations_that_are_not_there_fail_later(
    regions: Regions, acme: Account, group: str, web: str, target: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("failed"))
    acme.swr.synchronize(group, web, ["missing"], "region-2", target)
    assert statuses(acme, group, web) == {"missing": "failed"}
    acme.swr.synchronize(group, web, ["v1"], "region-2", unique("missing"))
    assert statuses(acme, group, web)["v1"] == "failed"
    with no_repository():
        regions.mirror.swr.list_tags(target, web)


def test_a_share_is_not_copied_and_can_be_made_there(
    regions: Regions, acme: Account, globex: Account, group: str, web: str, target: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("share"))
    acme.swr.share(group, web, globex.name)
    acme.swr.synchronize(group, web, ["v1"], "region-2", target)
    assert statuses(acme, group, web) == {"v1": "success"}
    assert regions.mirror.swr.list_shares(target, web) == []
    assert not regions.mirror.swr.show_repository(target, web).is_public
    there = Account(regions.second, "globex")
    assert not can_pull(there.admin, f"{target}/{web}", "v1")
    regions.mirror.swr.share(target, web, there.name)
    assert can_pull(there.admin, f"{target}/{web}", "v1")


def test_a_large_layer_passes_through_without_filling_memory(
    regions: Regions, acme: Account, group: str, web: str, target: str
) -> None:
    small = push(acme.admin, f"{group}/{web}", "small", images.image("small"))
    layer = os.urandom(100 * 1024 * 1024)
    large = images.image_of(small.blobs[0], layer)
    push_blob(acme.admin, f"{group}/{web}", layer)
    assert push_manifest(acme.admin, f"{group}/{web}", "large", large).status_code == 201
    acme.swr.synchronize(group, web, ["small"], "region-2", target)
    assert statuses(acme, group, web) == {"small": "success"}
    servers = [regions.first, regions.second]
    before = [server.memory for server in servers]
    most = before
    acme.swr.synchronize(group, web, ["large"], "region-2", target)

    def is_over() -> bool:
        nonlocal most
        most = [max(known, server.memory) for known, server in zip(most, servers, strict=True)]
        return jobs(acme, group, web)[0].status in OVER

    wait_until(is_over, "the layer is copied", seconds=120)
    assert statuses(acme, group, web)["large"] == "success"
    url = f"{regions.second.url}/v2/{target}/{web}/blobs/{digest_of(layer)}"
    response = requests.head(url, auth=regions.mirror.admin.login, timeout=30)
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(layer)))
    for server, start, peak in zip(servers, before, most, strict=True):
        assert peak - start < 40 * 1024 * 1024, f"{server.region} grew from {start} to {peak} bytes"


def failed_copy(account: Account, target: str) -> None:
    """Copies an image, which must fail."""
    group = account.add_organization()
    push(account.admin, f"{group}/web", "v1", images.image("failing"))
    account.swr.synchronize(group, "web", ["v1"], "region-2", target)
    assert statuses(account, group, "web") == {"v1": "failed"}


def test_a_wrong_password_of_the_other_region_fails_and_is_told_to_nobody(
    regions: Regions, start_server: Callable[..., BerthServer], target: str
) -> None:
    setting = region_setting(regions.second, regions.mirror.name, "wrong-password")
    server = start_server("--regions", setting, "--outbound-allow", "127.0.0.1")
    failed_copy(Account(server), target)
    assert "wrong-password" not in server.log
    assert PASSWORD not in regions.first.log


def test_an_internal_address_is_not_called_unless_it_is_allowed(
    regions: Regions, start_server: Callable[..., BerthServer], target: str
) -> None:
    server = start_server("--regions", region_setting(regions.second, regions.mirror.name, PASSWORD))
    failed_copy(Account(server), target)
    with no_repository():
        regions.mirror.swr.list_tags(target, "web")
