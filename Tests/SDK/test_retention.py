"""Policies that remove old tags: section 10 of the contract. What a date rule removes is tested with a clock of its own
beside the server's code; here are only tags of today."""

import json
from collections.abc import Callable

import pytest
from huaweicloudsdkswr.v2 import Rule

from support import images
from support.people import Account, User
from support.plain_http import send_signed
from support.polling import wait_until
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.registry import can_pull, push
from support.rules import days, label, newest, regexp


@pytest.fixture
def five(acme: Account, group: str, web: str) -> list[str]:
    """Five tags, in the order of their pushes."""
    pushed = ["v1", "v2", "v3", "rc", "v4"]
    for tag in pushed:
        push(acme.admin, f"{group}/{web}", tag, images.image(tag))
    return pushed


def tags(account: Account, organization: str, repository: str) -> set[str]:
    return {tag.tag for tag in account.swr.list_tags(organization, repository).body or []}


def state(account: Account, organization: str, repository: str) -> object:
    """All that a refused request might have changed."""
    policies = [str(one) for one in account.swr.list_retentions(organization, repository)]
    return policies, tags(account, organization, repository)


def base(organization: str, repository: str) -> str:
    return f"/v2/manage/namespaces/{organization}/repos/{repository}/retentions"


def test_a_new_policy_keeps_the_newest_tags_at_once(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, newest(2))
    wait_until(lambda: tags(acme, group, web) == {"rc", "v4"}, "the policy has run")
    assert can_pull(acme.admin, f"{group}/{web}", "v4")
    assert not can_pull(acme.admin, f"{group}/{web}", "v1")


def test_the_policy_runs_after_each_push(acme: Account, group: str, web: str) -> None:
    acme.swr.create_retention(group, web, newest(2))
    for number in range(1, 5):
        push(acme.admin, f"{group}/{web}", f"v{number}", images.image(f"pushed {number}"))
    wait_until(lambda: tags(acme, group, web) == {"v3", "v4"}, "the policy has run")


def test_a_tag_that_is_pushed_again_is_new(acme: Account, group: str, web: str, five: list[str]) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("v1 again"))
    acme.swr.create_retention(group, web, newest(2))
    wait_until(lambda: tags(acme, group, web) == {"v1", "v4"}, "the policy has run")


def test_exempt_tags_stay_and_do_not_count(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, newest(1, label("v1"), regexp("^r"), label("missing")))
    wait_until(lambda: tags(acme, group, web) == {"v1", "rc", "v4"}, "the policy has run")


def test_a_label_is_the_whole_tag_and_no_pattern(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, newest(1, label("v"), label("v."), label("V1")))
    wait_until(lambda: tags(acme, group, web) == {"v4"}, "the policy has run")


def test_tags_of_today_are_kept_by_days(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, days(1))
    push(acme.admin, f"{group}/{web}", "v5", images.image("v5"))
    assert tags(acme, group, web) == {*five, "v5"}
    assert acme.swr.retention_history(group, web).total == 0


def test_a_tag_that_one_of_several_rules_keeps_is_kept(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, newest(1), days(30))
    assert tags(acme, group, web) == set(five)


def test_other_tags_of_a_removed_tags_image_stay(acme: Account, group: str, web: str) -> None:
    for tag in ["v1", "v2", "stable"]:
        push(acme.admin, f"{group}/{web}", tag, images.image("v2" if tag == "v2" else "the same"))
    acme.swr.create_retention(group, web, newest(1))
    wait_until(lambda: tags(acme, group, web) == {"stable"}, "the policy has run")
    assert can_pull(acme.admin, f"{group}/{web}", "stable")


def test_what_a_kept_index_needs_stays(acme: Account, group: str, web: str) -> None:
    child = push(acme.admin, f"{group}/{web}", "child", images.image("child"))
    push(acme.admin, f"{group}/{web}", "index", images.index(child, images.image("other", "arm64")))
    acme.swr.create_retention(group, web, newest(1))
    wait_until(lambda: tags(acme, group, web) == {"index"}, "the policy has run")
    assert can_pull(acme.admin, f"{group}/{web}", child.digest)


def test_other_repositories_are_left_alone(acme: Account, group: str, web: str, five: list[str]) -> None:
    for tag in ["v1", "v2"]:
        push(acme.admin, f"{group}/other", tag, images.image(tag))
    acme.swr.create_retention(group, web, newest(1))
    wait_until(lambda: tags(acme, group, web) == {"v4"}, "the policy has run")
    assert tags(acme, group, "other") == {"v1", "v2"}
    assert acme.swr.list_retentions(group, "other") == []


def test_the_history_tells_of_each_removed_tag(acme: Account, group: str, web: str, five: list[str]) -> None:
    rule = newest(2, label("v1"))
    policy = acme.swr.create_retention(group, web, rule)
    wait_until(lambda: acme.swr.retention_history(group, web).total == 2, "the history is there")
    history = acme.swr.retention_history(group, web)
    assert history.content_range == "0-2/2"
    assert {entry.tag for entry in history.retention_log} == {"v2", "v3"}
    assert len({entry.id for entry in history.retention_log}) == 2
    for entry in history.retention_log:
        assert (entry.namespace, entry.repo, entry.retention_id) == (group, web, policy)
        assert json.loads(entry.rule_type) == {
            "template": "tag_rule",
            "params": {"num": "2"},
            "tag_selectors": [{"kind": "label", "pattern": "v1"}],
        }


def test_the_history_comes_in_pages_and_outlives_the_policy(
    acme: Account, group: str, web: str, five: list[str]
) -> None:
    policy = acme.swr.create_retention(group, web, newest(1))
    wait_until(lambda: acme.swr.retention_history(group, web).total == 4, "the history is there")
    acme.swr.delete_retention(group, web, policy)
    seen = []
    for offset, count in [(0, 3), (3, 1), (6, 0)]:
        page = acme.swr.retention_history(group, web, limit="3", offset=str(offset))
        assert (page.total, page.content_range) == (4, f"{offset}-{count}/4")
        seen += [entry.tag for entry in page.retention_log]
    assert sorted(seen) == sorted(set(five) - {"v4"})
    page = acme.swr.retention_history(group, web, filter="limit::2|offset::1")
    assert page.content_range == "1-2/4"


def test_pages_of_the_history_that_cannot_be_are_refused(acme: Account, group: str, web: str) -> None:
    for page in [{"limit": "1001"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "1", "offset": "-1"}]:
        with refused(400, "4001025"):
            acme.swr.retention_history(group, web, **page)
    for expression in ["tag::v1", "limit", "limit:1"]:
        with refused(400, "4001035"):
            acme.swr.retention_history(group, web, filter=expression)


def test_a_policy_is_listed_and_shown_as_it_was_made(acme: Account, group: str, web: str) -> None:
    assert acme.swr.list_retentions(group, web) == []
    rule = days(30, label("v1"), regexp("^release-[0-9]+$"))
    policy = acme.swr.create_retention(group, web, rule)
    shown = acme.swr.show_retention(group, web, policy)
    (listed,) = acme.swr.list_retentions(group, web)
    for one in [shown, listed]:
        assert (one.id, one.algorithm, one.scope, one.rules) == (policy, "or", "", [rule])


def test_numbers_may_come_as_numbers_and_are_answered_as_text(acme: Account, group: str, web: str) -> None:
    rules = [{"template": "tag_rule", "params": {"num": 7}, "tag_selectors": []}]
    answer = send_signed(acme.admin, "POST", base(group, web), {"algorithm": "or", "rules": rules})
    assert answer.status == 201
    (policy,) = acme.swr.list_retentions(group, web)
    assert policy.id == answer.json["id"]
    assert policy.rules == [newest(7)]


@pytest.mark.parametrize("rule", [days(1), days(365), newest(1), newest(1000)], ids=str)
def test_the_bounds_of_the_numbers_are_allowed(acme: Account, group: str, web: str, rule: Rule) -> None:
    acme.swr.create_retention(group, web, rule)
    assert acme.swr.list_retentions(group, web)[0].rules == [rule]


def test_a_repository_has_one_policy(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.create_retention(group, web, newest(1000))
    with unchanged(lambda: state(acme, group, web)), refused(400, "4000014"):
        acme.swr.create_retention(group, web, newest(1))


def test_a_changed_policy_runs_at_once(acme: Account, group: str, web: str, five: list[str]) -> None:
    policy = acme.swr.create_retention(group, web, newest(4))
    wait_until(lambda: len(tags(acme, group, web)) == 4, "the policy has run")
    acme.swr.update_retention(group, web, policy, newest(2, label("v2")))
    wait_until(lambda: tags(acme, group, web) == {"v2", "rc", "v4"}, "the changed policy has run")
    assert acme.swr.show_retention(group, web, policy).rules == [newest(2, label("v2"))]


def test_the_template_of_a_policy_stays(acme: Account, group: str, web: str, five: list[str]) -> None:
    policy = acme.swr.create_retention(group, web, newest(1000))
    with unchanged(lambda: state(acme, group, web)), refused(400, "4000014"):
        acme.swr.update_retention(group, web, policy, days(1))


def test_a_deleted_policy_removes_nothing_more(acme: Account, group: str, web: str, five: list[str]) -> None:
    policy = acme.swr.create_retention(group, web, newest(5))
    acme.swr.delete_retention(group, web, policy)
    assert acme.swr.list_retentions(group, web) == []
    push(acme.admin, f"{group}/{web}", "v5", images.image("v5"))
    assert tags(acme, group, web) == {*five, "v5"}
    another = acme.swr.create_retention(group, web, newest(1000))
    assert another != policy


def test_a_policy_that_is_not_there(acme: Account, group: str, web: str) -> None:
    policy = acme.swr.create_retention(group, web, newest(1))
    acme.swr.create_repository(group, "other")
    acme.swr.delete_retention(group, web, policy)
    kept = acme.swr.create_retention(group, web, newest(3))
    with unchanged(lambda: state(acme, group, web)):
        for organization, repository, missing in [(group, web, policy), (group, "other", kept), (group, web, 10**15)]:
            with refused(404, None):
                acme.swr.show_retention(organization, repository, missing)
            with refused(404, None):
                acme.swr.update_retention(organization, repository, missing, newest(1))
            with refused(400, "4000306"):
                acme.swr.delete_retention(organization, repository, missing)
    for name in ["x", "-1", "0", "9" * 40, "%2e%2e"]:
        answer = send_signed(acme.admin, "GET", f"{base(group, web)}/{name}")
        assert answer.status in {400, 404}, name


def rule_body(template: str = "tag_rule", **changed: object) -> dict[str, object]:
    rule = {"template": template, "params": {"num": "3"}, "tag_selectors": []} | changed
    return {"algorithm": "or", "rules": [{key: value for key, value in rule.items() if value is not None}]}


def selector_body(kind: object, pattern: object) -> dict[str, object]:
    return rule_body(tag_selectors=[{"kind": kind, "pattern": pattern}])


_number = [{"num": number} for number in ["0", "1001", "-1", "", "x", "1.5", " 1", "+1", "9" * 30, 0, 1001, 1.5, True]]
_days = [{"days": number} for number in ["0", "366", "-1", "", "x", "1e2", 0, 366, None]]
_bodies: list[object] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"or"',
    {},
    {"algorithm": "or"},
    {"algorithm": "or", "rules": []},
    {"algorithm": "or", "rules": {}},
    {"algorithm": "or", "rules": [None]},
    {"algorithm": "and", "rules": rule_body()["rules"]},
    {"rules": rule_body()["rules"]},
    *[rule_body(params=params) for params in _number],
    *[rule_body("date_rule", params=params) for params in _days],
    rule_body("date_rule"),
    rule_body("size_rule"),
    rule_body(""),
    rule_body(params=None),
    rule_body(params=[]),
    rule_body(params={}),
    rule_body(tag_selectors="v1"),
    rule_body(tag_selectors=["v1"]),
    selector_body("glob", "v*"),
    selector_body("", "v1"),
    selector_body("label", ""),
    selector_body("label", "a b"),
    selector_body("label", None),
    selector_body("regexp", "("),
    selector_body("regexp", "["),
    selector_body("regexp", "a{2,1}"),
    selector_body("regexp", "*"),
    selector_body("regexp", "(?=a)"),
    selector_body("regexp", r"(a)\1"),
    selector_body("regexp", "a" * 10_000),
    selector_body("regexp", "((a{1,100}){1,100}){1,100}"),
    {"algorithm": "or", "rules": [rule for _ in range(1000) for rule in rule_body()["rules"]]},  # type: ignore[attr-defined]
    rule_body(tag_selectors=[{"kind": "label", "pattern": "v1"}] * 10_000),
]


def test_rules_that_cannot_be_are_refused(acme: Account, group: str, web: str, five: list[str]) -> None:
    with unchanged(lambda: state(acme, group, web)):
        for body in _bodies:
            answer = send_signed(acme.admin, "POST", base(group, web), body)
            shown = str(body)[:200]
            assert answer.status == 400, f"{shown}: {answer.status} {answer.body!r}"
            assert answer.code in {"4000014", "4001014", "4001018"}, f"{shown}: {answer.body!r}"
    policy = acme.swr.create_retention(group, web, newest(1000))
    with unchanged(lambda: state(acme, group, web)):
        for body in [rule_body(params={"num": "0"}), rule_body("x"), selector_body("regexp", "("), b"{", {}]:
            answer = send_signed(acme.admin, "PATCH", f"{base(group, web)}/{policy}", body)
            assert (answer.status, answer.code in {"4000014", "4001014", "4001018"}) == (400, True), body


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a*)*b", "(a|a)*b", "(a|ab)*c", ".*.*.*.*.*b", "(a{0,20}){0,20}b"])
def test_a_pattern_cannot_stop_the_server(acme: Account, group: str, web: str, pattern: str) -> None:
    for number in range(3):
        push(acme.admin, f"{group}/{web}", "a" * (126 + number), images.image(str(number)))
    answer = send_signed(acme.admin, "POST", base(group, web), selector_body("regexp", pattern))
    assert answer.status in {201, 400}
    assert len(tags(acme, group, web)) == 3


def retention_calls(user: User, organization: str, repository: str, policy: int) -> list[Callable[[], object]]:
    """The operations that look, then those that change."""
    swr = user.swr
    return [
        lambda: swr.list_retentions(organization, repository),
        lambda: swr.show_retention(organization, repository, policy),
        lambda: swr.retention_history(organization, repository),
        lambda: swr.create_retention(organization, repository, newest(1)),
        lambda: swr.update_retention(organization, repository, policy, newest(1)),
        lambda: swr.delete_retention(organization, repository, policy),
    ]


def test_policies_need_manage_and_everyone_with_a_permission_sees_them(
    acme: Account, group: str, web: str, five: list[str]
) -> None:
    policy = acme.swr.create_retention(group, web, newest(1000))
    with unchanged(lambda: state(acme, group, web)):
        for permission in ["read", "write"]:
            calls = retention_calls(acme.add_member(group, permission), group, web, policy)
            for look in calls[:3]:
                look()
            for change in calls[3:]:
                with forbidden():
                    change()
    manager = acme.add_member(f"{group}/{web}", "manage")
    manager.swr.delete_retention(group, web, policy)
    manager.swr.create_retention(group, web, newest(1000))


def test_a_receiver_of_a_share_learns_nothing_of_the_policy(
    acme: Account, globex: Account, group: str, web: str, five: list[str]
) -> None:
    policy = acme.swr.create_retention(group, web, newest(1000))
    acme.swr.share(group, web, globex.name)
    with unchanged(lambda: state(acme, group, web)):
        for call in retention_calls(globex.admin, group, web, policy):
            with forbidden():
                call()


def test_policies_of_what_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, group: str, web: str, five: list[str]
) -> None:
    policy = acme.swr.create_retention(group, web, newest(1000))
    cases = [
        (acme.admin, group, "missing", no_repository),
        (acme.admin, "missing", web, no_organization),
        (globex.admin, group, web, no_organization),
        (acme.add_user("nobody"), group, web, forbidden),
    ]
    with unchanged(lambda: state(acme, group, web)):
        for user, organization, repository, refusal in cases:
            for call in retention_calls(user, organization, repository, policy):
                with refusal():
                    call()


def test_repeated_runs_of_a_policy_are_told_once(acme: Account, group: str, web: str, five: list[str]) -> None:
    policy = acme.swr.create_retention(group, web, newest(2))
    wait_until(lambda: acme.swr.retention_history(group, web).total == 3, "the policy has run")
    for _ in range(3):
        acme.swr.update_retention(group, web, policy, newest(2))
    assert acme.swr.retention_history(group, web).total == 3
