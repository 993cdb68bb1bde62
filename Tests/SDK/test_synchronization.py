"""Copies in other regions: section 12 of the contract, with two real servers."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests
from huaweicloudsdkcore.exceptions.exceptions import ServerResponseException
from huaweicloudsdkswr.v2 import SyncJob

from support import images
from support.berth_server import BerthServer, unique
from support.error_codes import PREFIX
from support.images import Manifest, digest_of
from support.people import Account, User
from support.plain_http import send_signed
from support.polling import wait_until
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.registry import can_pull, pull, push, push_blob, push_manifest

_password = "a password of the other region"
_over = {"success", "failed", "timeout", "cancel", "existed"}


@dataclass
class Regions:
    """Two servers, and the account in the second with whose password the first copies."""

    first: BerthServer
    second: BerthServer
    mirror: Account

    def stop(self) -> None:
        self.first.remove()
        self.second.remove()


def region_setting(second: BerthServer, account: str, password: str) -> str:
    return f"region-2=http://{account}:{password.replace(' ', '%20')}@{second.authority}"


@pytest.fixture(scope="module")
def regions() -> Iterator[Regions]:
    second = BerthServer(region="region-2").start()
    mirror = Account(second, "mirror")
    mirror.admin.set_password(_password)
    setting = region_setting(second, mirror.name, _password)
    first = BerthServer("--regions", setting, "--outbound-allow", "127.0.0.1").start()
    regions = Regions(first, second, mirror)
    yield regions
    regions.stop()


@pytest.fixture
def server(regions: Regions) -> BerthServer:
    """The accounts of a test are in the first region."""
    return regions.first


@pytest.fixture
def target(regions: Regions) -> str:
    """An organization in the second region."""
    return regions.mirror.add_organization("target")


def jobs(account: Account, organization: str, repository: str) -> list[SyncJob]:
    """The newest first."""
    return account.swr.synchronization_jobs(organization, repository).body or []


def statuses(account: Account, organization: str, repository: str) -> dict[str, str]:
    """The status of the newest job of each tag, after all jobs are over."""

    def are_over() -> bool:
        return all(job.status in _over for job in jobs(account, organization, repository))

    wait_until(are_over, "the jobs are over", seconds=60)
    return {job.tag: job.status for job in reversed(jobs(account, organization, repository))}


def copied_tags(regions: Regions, organization: str, repository: str) -> dict[str, str]:
    """The digest of each tag in the second region."""
    return {tag.tag: tag.digest for tag in regions.mirror.swr.list_tags(organization, repository).body or []}


def is_whole(reader: User, repository: str, manifest: Manifest, reference: str | None = None) -> bool:
    """Whether an image, or an index, can be pulled with all its content, byte for byte."""
    if pull(reader, repository, reference or manifest.digest).content != manifest.content:
        return False
    url = f"{reader.server.url}/v2/{repository}/blobs"
    for blob in manifest.blobs:
        if requests.get(f"{url}/{digest_of(blob)}", auth=reader.login, timeout=30).content != blob:
            return False
    return all(is_whole(reader, repository, child) for child in manifest.children)


def test_the_other_regions_are_listed(regions: Regions, acme: Account) -> None:
    assert acme.swr.list_regions() == ["region-2"]
    assert acme.add_user("bob").swr.list_regions() == ["region-2"]
    assert regions.mirror.swr.list_regions() == []


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
    url = f"{reader.server.url}/v2/{copy}/referrers/{index.digest}"
    referrers = requests.get(url, auth=reader.login, timeout=30).json()["manifests"]
    assert [one["digest"] for one in referrers] == [bill.digest]


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


def test_a_rule_that_is_not_automatic_copies_nothing(acme: Account, group: str, web: str, target: str) -> None:
    acme.swr.create_synchronization(group, web, "region-2", target)
    push(acme.admin, f"{group}/{web}", "v1", images.image("by hand"))
    assert jobs(acme, group, web) == []


def test_rules_are_listed_as_they_were_made(regions: Regions, acme: Account, group: str, web: str, target: str) -> None:
    assert acme.swr.list_synchronizations(group, web) == []
    other = regions.mirror.add_organization("target")
    acme.swr.create_synchronization(group, web, "region-2", target)
    acme.swr.create_synchronization(group, web, "region-2", other, automatic=True, override=True)
    rules = acme.swr.list_synchronizations(group, web)
    told = {rule.remote_namespace: (rule.sync_auto, rule.override) for rule in rules}
    assert told == {target: (False, False), other: (True, True)}
    assert len({rule.id for rule in rules}) == 2
    for rule in rules:
        assert (rule.namespace, rule.repo_name, rule.remote_region_id) == (group, web, "region-2")
        assert (rule.domain_id, rule.domain_name) == (acme.id, acme.name)


def test_a_rule_for_the_same_target_is_changed(acme: Account, group: str, web: str, target: str) -> None:
    acme.swr.create_synchronization(group, web, "region-2", target, automatic=True)
    acme.swr.create_synchronization(group, web, "region-2", target, automatic=False, override=True)
    (rule,) = acme.swr.list_synchronizations(group, web)
    assert (rule.sync_auto, rule.override) == (False, True)


def test_a_rule_that_is_not_there_cannot_be_deleted(acme: Account, group: str, web: str, target: str) -> None:
    acme.swr.create_synchronization(group, web, "region-2", target)
    with unchanged(lambda: state(acme, group, web)):
        for region, organization in [("region-2", unique("missing")), ("region-9", target)]:
            with refused(400, "4001158"):
                acme.swr.delete_synchronization(group, web, region, organization)
    acme.swr.delete_synchronization(group, web, "region-2", target)
    with refused(400, "4001158"):
        acme.swr.delete_synchronization(group, web, "region-2", target)


def state(account: Account, organization: str, repository: str) -> object:
    """All that a refused request might have changed."""
    rules = [str(rule) for rule in account.swr.list_synchronizations(organization, repository)]
    return rules, [job.id for job in jobs(account, organization, repository)]


def test_an_unknown_region_is_refused(acme: Account, group: str, web: str, target: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("nowhere"))
    with unchanged(lambda: state(acme, group, web)):
        with pytest.raises(ServerResponseException) as first:
            acme.swr.create_synchronization(group, web, "region-9", target, automatic=True)
        with pytest.raises(ServerResponseException) as second:
            acme.swr.synchronize(group, web, ["v1"], "region-9", target)
    for raised in [first, second]:
        assert (raised.value.status_code, raised.value.error_code) == (500, PREFIX + "5001101")
        assert "region-9" in raised.value.error_msg


def test_the_own_region_is_refused(acme: Account, group: str, web: str) -> None:
    with unchanged(lambda: state(acme, group, web)):
        with refused(400, "4000014", saying="region-1"):
            acme.swr.create_synchronization(group, web, "region-1", group)
        with refused(400, "4000014", saying="region-1"):
            acme.swr.synchronize(group, web, ["v1"], "region-1", group)


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


def test_the_organization_of_another_account_is_not_filled(
    acme: Account, globex: Account, group: str, web: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("foreign"))
    foreign = globex.add_organization()
    with unchanged(lambda: state(acme, group, web)):
        with forbidden():
            acme.swr.synchronize(group, web, ["v1"], "region-2", foreign)
        with forbidden():
            acme.swr.create_synchronization(group, web, "region-2", foreign, automatic=True)


def test_jobs_come_in_pages_the_newest_first(acme: Account, group: str, web: str, target: str) -> None:
    tags = [f"v{number}" for number in range(1, 6)]
    for tag in tags:
        push(acme.admin, f"{group}/{web}", tag, images.image(tag))
    for tag in tags:
        acme.swr.synchronize(group, web, [tag], "region-2", target)
    assert statuses(acme, group, web) == dict.fromkeys(tags, "success")
    for order, wanted in [("|order::desc", tags[::-1]), ("", tags[::-1]), ("|order::asc", tags)]:
        seen = []
        for offset, count in [(0, 2), (2, 2), (4, 1), (6, 0)]:
            page = acme.swr.synchronization_jobs(group, web, f"limit::2|offset::{offset}{order}")
            assert page.content_range == f"{offset}-{count}/5"
            seen += [job.tag for job in page.body or []]
        assert seen == wanted
    assert acme.swr.synchronization_jobs(group, web, "limit::10|offset::100").raw_content == b"[]"


def test_the_list_of_jobs_must_be_told_its_page(acme: Account, group: str, web: str) -> None:
    target = f"/v2/manage/namespaces/{group}/repos/{web}/sync_job"
    for query in ["", "?filter=limit%3A%3A10", "?filter=offset%3A%3A0"]:
        answer = send_signed(acme.admin, "GET", target + query)
        assert (answer.status, answer.code) == (400, "4001025"), query
    for expression in ["limit::x|offset::0", "limit::-1|offset::0", "limit::1001|offset::0", "limit::1|offset::-1"]:
        with refused(400, "4001025"):
            acme.swr.synchronization_jobs(group, web, expression)
    for expression in ["limit::1|offset::0|tag::v1", "limit", "limit:1|offset:0"]:
        with refused(400, "4001035"):
            acme.swr.synchronization_jobs(group, web, expression)


def test_what_cannot_be_copied_is_refused(acme: Account, group: str, web: str, target: str) -> None:
    order = {"imageTag": ["v1"], "remoteRegionId": "region-2", "remoteNamespace": target}
    rule = {"remoteRegionId": "region-2", "remoteNamespace": target}
    wrong: list[object] = [b"", b"{", [], {}]
    orders = wrong + [{key: value for key, value in order.items() if key != missing} for missing in order]
    orders += [order | {"imageTag": tags} for tags in ["v1", [], ["a b"], [1], [None]]]
    orders.append(order | {"imageTag": [f"t{number}" for number in range(1000)]})
    orders += [order | {"override": "yes"}, order | {"remoteNamespace": "A b"}, order | {"remoteRegionId": 2}]
    rules = wrong + [{key: value for key, value in rule.items() if key != missing} for missing in rule]
    rules += [rule | {"syncAuto": "yes"}, rule | {"override": 1}, rule | {"remoteNamespace": ""}]
    base = f"/v2/manage/namespaces/{group}/repos/{web}"
    cases = [("POST", "sync_images", body) for body in orders]
    cases += [
        (method, "sync_repo", body)
        for method in ["POST", "DELETE"]
        for body in (rules if method == "POST" else rules[:6])
    ]
    with unchanged(lambda: state(acme, group, web)):
        for method, path, body in cases:
            answer = send_signed(acme.admin, method, f"{base}/{path}", body)
            shown = f"{method} {path} {str(body)[:200]}"
            assert answer.status in {400, 413}, f"{shown}: {answer.status} {answer.body!r}"
            assert answer.code in {"4000014", "4001014", "4001018", "4001028", "4009021", "4131001"}, shown


def test_a_list_of_very_many_tags_is_refused_at_once(acme: Account, group: str, web: str, target: str) -> None:
    tags = [f"t{number}" for number in range(100_000)]
    order = {"imageTag": tags, "remoteRegionId": "region-2", "remoteNamespace": target}
    with unchanged(lambda: state(acme, group, web)):
        answer = send_signed(acme.admin, "POST", f"/v2/manage/namespaces/{group}/repos/{web}/sync_images", order)
        assert answer.status in {400, 413}


def synchronization_calls(user: User, organization: str, repository: str, target: str) -> list[Callable[[], object]]:
    """The operations that look, the one that copies, then those that change rules."""
    swr = user.swr
    return [
        lambda: swr.list_synchronizations(organization, repository),
        lambda: swr.synchronization_jobs(organization, repository),
        lambda: swr.synchronize(organization, repository, ["v1"], "region-2", target),
        lambda: swr.create_synchronization(organization, repository, "region-2", target, automatic=True),
        lambda: swr.delete_synchronization(organization, repository, "region-2", target),
    ]


def test_who_may_push_copies_and_who_may_manage_makes_rules(acme: Account, group: str, web: str, target: str) -> None:
    acme.swr.create_synchronization(group, web, "region-2", target)
    reader, writer = acme.add_member(group, "read"), acme.add_member(group, "write")
    with unchanged(lambda: state(acme, group, web)):
        for user, allowed in [(reader, 2), (writer, 3)]:
            calls = synchronization_calls(user, group, web, target)
            for look in calls[:2]:
                look()
            for call in calls[allowed:]:
                with forbidden():
                    call()
    for call in synchronization_calls(acme.add_member(f"{group}/{web}", "manage"), group, web, target):
        call()


def test_a_receiver_of_a_share_copies_nothing(
    acme: Account, globex: Account, group: str, web: str, target: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("shared"))
    acme.swr.share(group, web, globex.name)
    with unchanged(lambda: state(acme, group, web)):
        for call in synchronization_calls(globex.admin, group, web, target):
            with forbidden():
                call()


def test_copies_of_what_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, group: str, web: str, target: str
) -> None:
    cases = [
        (acme.admin, group, "missing", no_repository),
        (acme.admin, "missing", web, no_organization),
        (globex.admin, group, web, no_organization),
        (acme.add_user("nobody"), group, web, forbidden),
    ]
    with unchanged(lambda: state(acme, group, web)):
        for user, organization, repository, refusal in cases:
            for call in synchronization_calls(user, organization, repository, target):
                with refusal():
                    call()


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
        return jobs(acme, group, web)[0].status in _over

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
    assert _password not in regions.first.log


def test_an_internal_address_is_not_called_unless_it_is_allowed(
    regions: Regions, start_server: Callable[..., BerthServer], target: str
) -> None:
    server = start_server("--regions", region_setting(regions.second, regions.mirror.name, _password))
    failed_copy(Account(server), target)
    with no_repository():
        regions.mirror.swr.list_tags(target, "web")


def test_without_other_regions_there_is_nothing_to_copy_to(start_server: Callable[..., BerthServer]) -> None:
    assert Account(start_server()).swr.list_regions() == []
