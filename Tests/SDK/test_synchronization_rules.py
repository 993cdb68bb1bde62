"""Rules for copies in other regions and lists of jobs: section 12 of the contract, who may and what is refused."""

from collections.abc import Callable

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ServerResponseException

from support import images
from support.berth_server import BerthServer, unique
from support.error_codes import PREFIX
from support.people import Account, User
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.regions import Regions, jobs, statuses
from support.registry import push


@pytest.fixture
def server(regions: Regions) -> BerthServer:
    """The accounts of a test are in the first region."""
    return regions.first


def test_the_other_regions_are_listed(regions: Regions, acme: Account) -> None:
    assert acme.swr.list_regions() == ["region-2"]
    assert acme.add_user("bob").swr.list_regions() == ["region-2"]
    assert regions.mirror.swr.list_regions() == []


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


def test_without_other_regions_there_is_nothing_to_copy_to(start_server: Callable[..., BerthServer]) -> None:
    assert Account(start_server()).swr.list_regions() == []
