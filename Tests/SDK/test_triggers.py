"""Triggers, who makes them and who sees them: section 11 of the contract. What they call has tests of its own."""

from collections.abc import Callable

from support.berth_server import unique
from support.people import Account, User
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.triggers import trigger


def state(account: Account, organization: str, repository: str) -> list[str]:
    return [str(one) for one in account.swr.list_triggers(organization, repository)]


def test_a_trigger_is_listed_and_shown_as_it_was_made(acme: Account, group: str, web: str) -> None:
    assert acme.swr.list_triggers(group, web) == []
    acme.swr.create_trigger(group, web, trigger())
    (listed,) = acme.swr.list_triggers(group, web)
    shown = acme.swr.show_trigger(group, web, "deploy")
    for one in [listed, shown]:
        assert {key: getattr(one, key) for key in trigger()} == trigger()
        assert one.creator_name == acme.admin.name
    assert listed.trigger_history is None
    assert shown.trigger_history == []


def test_what_is_not_given_has_a_default(acme: Account, group: str, web: str) -> None:
    fields = trigger(enable="false")
    for key in ["cluster_name", "container", "trigger_mode"]:
        del fields[key]
    acme.swr.create_trigger(group, web, fields)
    shown = acme.swr.show_trigger(group, web, "deploy")
    assert (shown.cluster_name, shown.container, shown.trigger_mode) == ("", "", "cce")


def test_without_clusters_none_is_named(acme: Account, group: str, web: str) -> None:
    fields = trigger(trigger_mode="cci", app_type="statefulsets", cluster_id="", cluster_name="")
    acme.swr.create_trigger(group, web, fields)
    del fields["cluster_id"], fields["cluster_name"]
    acme.swr.create_trigger(group, web, fields | {"name": "second"})
    for name in ["deploy", "second"]:
        shown = acme.swr.show_trigger(group, web, name)
        assert (shown.trigger_mode, shown.cluster_id, shown.cluster_name) == ("cci", "", "")


def test_a_name_is_used_once_in_a_repository(acme: Account, group: str, web: str) -> None:
    acme.swr.create_trigger(group, web, trigger())
    with unchanged(lambda: state(acme, group, web)), refused(400, "4000014"):
        acme.swr.create_trigger(group, web, trigger(application="other"))
    acme.swr.create_repository(group, "other")
    acme.swr.create_trigger(group, "other", trigger())


def test_a_trigger_that_is_not_there(acme: Account, group: str, web: str) -> None:
    acme.swr.create_trigger(group, web, trigger())
    with unchanged(lambda: state(acme, group, web)):
        for name in ["missing", "DEPLOY", "a b", "é", "x" * 300, "deploy/history"]:
            with refused(404, "4040126"):
                acme.swr.show_trigger(group, web, name)
            with refused(404, "4040126"):
                acme.swr.enable_trigger(group, web, name, "false")
            with refused(404, "4040126"):
                acme.swr.delete_trigger(group, web, name)


_wrong = [
    trigger(action="restart"),
    trigger(action=""),
    trigger(app_type="daemonsets"),
    trigger(application=""),
    trigger(cluster_id=""),
    trigger(cluster_ns=""),
    trigger(trigger_mode="cluster"),
    trigger(trigger_mode="cci"),
    trigger(trigger_type="regexp"),
    trigger(trigger_type="all", condition="v1"),
    trigger(trigger_type="tag", condition=""),
    trigger(trigger_type="tag", condition="a b"),
    trigger(trigger_type="tag", condition="v1;;v2"),
    trigger(trigger_type="tag", condition=";".join(f"t{number}" for number in range(1000))),
    trigger(trigger_type="regular", condition="("),
    trigger(trigger_type="regular", condition="(?=a)"),
    trigger(trigger_type="regular", condition="a" * 10_000),
    trigger(enable="yes"),
    trigger(enable=""),
    trigger(name=""),
    trigger(name="a/b"),
    trigger(name="a" * 300),
    trigger(application="a" * 10_000),
    trigger(application="a\nb"),
]


def test_triggers_that_cannot_be_are_refused(acme: Account, group: str, web: str) -> None:
    target = f"/v2/manage/namespaces/{group}/repos/{web}/triggers"
    required = ["name", "action", "app_type", "application", "cluster_ns", "trigger_type", "condition", "enable"]
    bodies: list[object] = [*_wrong, b"", b"{", b"[]", {}, trigger() | {"enable": True}, trigger() | {"name": 1}]
    bodies += [{key: value for key, value in trigger().items() if key != missing} for missing in required]
    with unchanged(lambda: state(acme, group, web)):
        for body in bodies:
            answer = send_signed(acme.admin, "POST", target, body)
            shown = str(body)[:300]
            assert answer.status == 400, f"{shown}: {answer.status} {answer.body!r}"
            assert answer.code in {"4000014", "4001014", "4001018"}, f"{shown}: {answer.body!r}"
    acme.swr.create_trigger(group, web, trigger())
    with unchanged(lambda: state(acme, group, web)):
        for body in [{"enable": "yes"}, {"enable": False}, {"enable": ""}, {}, b"", b"[]", b"{"]:
            answer = send_signed(acme.admin, "PATCH", f"{target}/deploy", body)
            assert (answer.status, answer.code in {"4000014", "4001014", "4001018"}) == (400, True), body


def trigger_calls(user: User, organization: str, repository: str) -> list[Callable[[], object]]:
    """The operations that look, then those that change."""
    swr = user.swr
    return [
        lambda: swr.list_triggers(organization, repository),
        lambda: swr.show_trigger(organization, repository, "deploy"),
        lambda: swr.create_trigger(organization, repository, trigger(unique("more"))),
        lambda: swr.enable_trigger(organization, repository, "deploy", "false"),
        lambda: swr.delete_trigger(organization, repository, "deploy"),
    ]


def test_triggers_need_manage_and_everyone_with_a_permission_sees_them(acme: Account, group: str, web: str) -> None:
    acme.swr.create_trigger(group, web, trigger())
    with unchanged(lambda: state(acme, group, web)):
        for permission in ["read", "write"]:
            calls = trigger_calls(acme.add_member(group, permission), group, web)
            for look in calls[:2]:
                look()
            for change in calls[2:]:
                with forbidden():
                    change()
    for call in trigger_calls(acme.add_member(f"{group}/{web}", "manage"), group, web):
        call()


def test_a_receiver_of_a_share_learns_nothing_of_triggers(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.create_trigger(group, web, trigger())
    acme.swr.share(group, web, globex.name)
    with unchanged(lambda: state(acme, group, web)):
        for call in trigger_calls(globex.admin, group, web):
            with forbidden():
                call()


def test_triggers_of_what_is_not_there_or_not_ones_own(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.create_trigger(group, web, trigger())
    cases = [
        (acme.admin, group, "missing", no_repository),
        (acme.admin, "missing", web, no_organization),
        (globex.admin, group, web, no_organization),
        (acme.add_user("nobody"), group, web, forbidden),
    ]
    with unchanged(lambda: state(acme, group, web)):
        for user, organization, repository, refusal in cases:
            for call in trigger_calls(user, organization, repository):
                with refusal():
                    call()
