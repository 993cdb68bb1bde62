"""What is called when a tag is pushed: section 11 of the contract, and how Berth signs and delivers it."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from support import images
from support.berth_server import BerthServer
from support.people import Account
from support.polling import wait_until
from support.receiver import Delivery, Receiver
from support.registry import push
from support.triggers import trigger

_secret = "a secret that both sides know"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def settings(receiver: Receiver) -> list[str]:
    return ["--triggers-endpoint", receiver.url, "--triggers-secret", _secret]


@pytest.fixture(scope="module")
def server(receiver: Receiver) -> Iterator[BerthServer]:
    """A server that calls the receiver."""
    server = BerthServer(*settings(receiver), "--outbound-allow", "127.0.0.1").start()
    yield server
    server.remove()


def is_genuine(delivery: Delivery) -> bool:
    """Whether it is signed as the documents tell receivers to check it."""
    expected = "sha256=" + hmac.new(_secret.encode(), delivery.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, delivery.headers["X-Berth-Signature"])


def called_tags(receiver: Receiver, repository: str) -> list[str]:
    return [one.fields["tag"] for one in receiver.of(repository)]


def test_a_push_calls_the_receiver(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    acme.swr.create_trigger(group, web, trigger())
    bob = acme.add_member(group, "write", "bob")
    image = push(bob, f"{group}/{web}", "v1", images.image("called"))
    wait_until(lambda: len(receiver.of(f"{group}/{web}")) == 1, "the receiver is called")
    (delivery,) = receiver.of(f"{group}/{web}")
    assert delivery.path == "/hook"
    assert delivery.headers["Content-Type"].startswith("application/json")
    assert is_genuine(delivery)
    fields = delivery.fields
    assert fields["trigger"] == "deploy"
    assert fields["repository"] == f"{group}/{web}"
    assert (fields["tag"], fields["digest"]) == ("v1", image.digest)
    assert (fields["pusher"], fields["region"]) == (bob.full_name, "region-1")
    workload = ["action", "app_type", "application", "cluster_id", "cluster_name", "cluster_ns", "container"]
    assert {key: fields[key] for key in workload} == {key: trigger()[key] for key in workload}
    pushed = datetime.fromisoformat(fields["pushed_at"])
    assert abs((datetime.now(UTC) - pushed).total_seconds()) < 60
    assert delivery.headers["X-Berth-Delivery"] == fields["delivery_id"]


def test_the_history_tells_of_the_call(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    acme.swr.create_trigger(group, web, trigger())
    assert acme.swr.show_trigger(group, web, "deploy").trigger_history == []
    push(acme.admin, f"{group}/{web}", "v1", images.image("told"))
    until_finished(acme, group, web, [("v1", "success")])
    (entry,) = acme.swr.show_trigger(group, web, "deploy").trigger_history
    for key in ["action", "app_type", "application", "cluster_id", "cluster_name", "cluster_ns", "condition"]:
        assert getattr(entry, key) == trigger()[key], key
    assert (entry.container, entry.creator_name) == ("main", acme.admin.name)


def finished(account: Account, organization: str, repository: str, name: str = "deploy") -> list[tuple[str, str]]:
    """Tag and result of each call that is over, the oldest first."""
    shown = account.swr.show_trigger(organization, repository, name).trigger_history
    ordered = sorted(shown, key=lambda entry: entry.created_at)
    return [(entry.tag, entry.result) for entry in ordered]


@pytest.mark.parametrize(
    ("kind", "condition", "wanted"),
    [
        ("all", ".*", ["v1", "v10", "beta", "last"]),
        ("tag", "v1;last", ["v1", "last"]),
        ("regular", "^v[0-9]+$|^last$", ["v1", "v10", "last"]),
    ],
)
def test_only_matching_tags_call(
    acme: Account, group: str, web: str, receiver: Receiver, kind: str, condition: str, wanted: list[str]
) -> None:
    acme.swr.create_trigger(group, web, trigger(trigger_type=kind, condition=condition))
    for tag in ["v1", "v10", "beta", "last"]:
        push(acme.admin, f"{group}/{web}", tag, images.image(tag))
    wait_until(lambda: "last" in called_tags(receiver, f"{group}/{web}"), "the last push is told")
    wait_until(lambda: len(finished(acme, group, web)) == len(wanted), "the history is whole")
    assert sorted(called_tags(receiver, f"{group}/{web}")) == sorted(wanted)


def test_a_push_without_tag_or_to_another_repository_calls_nobody(
    acme: Account, group: str, web: str, receiver: Receiver
) -> None:
    acme.swr.create_trigger(group, web, trigger())
    untagged = images.image("untagged")
    push(acme.admin, f"{group}/{web}", untagged.digest, untagged)
    push(acme.admin, f"{group}/other", "v1", images.image("elsewhere"))
    index = push(acme.admin, f"{group}/{web}", "index", images.index(images.image("a"), images.image("b", "arm64")))
    wait_until(lambda: called_tags(receiver, f"{group}/{web}") == ["index"], "the index is told")
    assert receiver.of(f"{group}/{web}")[0].fields["digest"] == index.digest
    assert receiver.of(f"{group}/other") == []


def test_a_copied_tag_is_told_like_a_pushed_one(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("copied"))
    acme.swr.create_trigger(group, web, trigger())
    acme.swr.copy_tag(group, web, "v1", "stable")
    wait_until(lambda: called_tags(receiver, f"{group}/{web}") == ["stable"], "the copy is told")
    assert receiver.of(f"{group}/{web}")[0].fields["digest"] == image.digest


def test_several_triggers_are_each_told(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    for name in ["first", "second"]:
        acme.swr.create_trigger(group, web, trigger(name))
    push(acme.admin, f"{group}/{web}", "v1", images.image("twice"))
    wait_until(lambda: len(receiver.of(f"{group}/{web}")) == 2, "both are told")
    deliveries = receiver.of(f"{group}/{web}")
    assert {one.fields["trigger"] for one in deliveries} == {"first", "second"}
    assert len({one.fields["delivery_id"] for one in deliveries}) == 2


def two_calls(receiver: Receiver, repository: str) -> list[Delivery]:
    """Waits for the second call about a repository, which comes ten seconds after the first failed."""
    wait_until(lambda: len(receiver.of(repository)) == 2, "it is called again", seconds=40)
    return receiver.of(repository)


def until_finished(account: Account, organization: str, repository: str, wanted: list[tuple[str, str]]) -> None:
    wait_until(lambda: finished(account, organization, repository) == wanted, f"the history tells {wanted}", seconds=30)


def test_a_refused_call_is_made_again_and_redirects_are_not_followed(
    acme: Account, group: str, receiver: Receiver
) -> None:
    for repository, status in [("failing", 500), ("moved", 302)]:
        receiver.script(f"{group}/{repository}", status)
        acme.swr.create_repository(group, repository)
        acme.swr.create_trigger(group, repository, trigger())
        push(acme.admin, f"{group}/{repository}", "v1", images.image("again"))
    for repository in ["failing", "moved"]:
        first, second = two_calls(receiver, f"{group}/{repository}")
        assert is_genuine(first)
        assert is_genuine(second)
        assert first.fields["delivery_id"] == second.fields["delivery_id"]
        until_finished(acme, group, repository, [("v1", "success")])
    assert receiver.paths() == {"/hook"}


def test_calls_that_wait_survive_a_restart(start_server: Callable[..., BerthServer], receiver: Receiver) -> None:
    server = start_server(*settings(receiver), "--outbound-allow", "127.0.0.1")
    account = Account(server)
    group = account.add_organization()
    account.swr.create_repository(group, "web")
    account.swr.create_trigger(group, "web", trigger())
    receiver.script(f"{group}/web", 503)
    push(account.admin, f"{group}/web", "v1", images.image("restart"))
    wait_until(lambda: len(receiver.of(f"{group}/web")) == 1, "it is called")
    server.stop()
    server.start()
    first, second = two_calls(receiver, f"{group}/web")
    assert first.fields["delivery_id"] == second.fields["delivery_id"]


def test_a_trigger_that_is_off_calls_nobody(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    acme.swr.create_trigger(group, web, trigger(enable="false"))
    push(acme.admin, f"{group}/{web}", "off", images.image("off"))
    acme.swr.enable_trigger(group, web, "deploy", "true")
    assert acme.swr.show_trigger(group, web, "deploy").enable == "true"
    push(acme.admin, f"{group}/{web}", "on", images.image("on"))
    wait_until(lambda: "on" in called_tags(receiver, f"{group}/{web}"), "the push is told")
    acme.swr.enable_trigger(group, web, "deploy", "false")
    assert acme.swr.show_trigger(group, web, "deploy").enable == "false"
    push(acme.admin, f"{group}/{web}", "off-again", images.image("off again"))
    wait_until(lambda: len(finished(acme, group, web)) == 1, "the history is whole")
    assert called_tags(receiver, f"{group}/{web}") == ["on"]


def test_a_deleted_trigger_calls_nobody(acme: Account, group: str, web: str, receiver: Receiver) -> None:
    acme.swr.create_trigger(group, web, trigger("gone"))
    acme.swr.create_trigger(group, web, trigger("kept"))
    acme.swr.delete_trigger(group, web, "gone")
    push(acme.admin, f"{group}/{web}", "v1", images.image("after"))
    wait_until(lambda: bool(finished(acme, group, web, "kept")), "the other is told")
    assert [one.fields["trigger"] for one in receiver.of(f"{group}/{web}")] == ["kept"]
    assert [one.name for one in acme.swr.list_triggers(group, web)] == ["kept"]


def told_failure(account: Account) -> str:
    """Pushes to a repository with a trigger, and gives back why the call failed."""
    group = account.add_organization()
    account.swr.create_repository(group, "web")
    account.swr.create_trigger(group, "web", trigger())
    push(account.admin, f"{group}/web", "v1", images.image("failed"))
    until_finished(account, group, "web", [("v1", "failed")])
    (entry,) = account.swr.show_trigger(group, "web", "deploy").trigger_history
    return entry.detail


def test_without_a_receiver_each_push_is_told_as_failed(start_server: Callable[..., BerthServer]) -> None:
    assert "triggers.endpoint" in told_failure(Account(start_server()))


def test_an_internal_address_is_not_called_unless_it_is_allowed(start_server: Callable[..., BerthServer]) -> None:
    receiver = Receiver()
    server = start_server(*settings(receiver))
    detail = told_failure(Account(server))
    assert detail
    assert _secret not in detail + server.log
    assert receiver.paths() == set()
    receiver.stop()


def test_a_receiver_without_a_long_secret_is_no_setting(start_server: Callable[..., BerthServer]) -> None:
    endpoint = ["--triggers-endpoint", "http://203.0.113.1/hook"]
    for arguments in [endpoint, [*endpoint, "--triggers-secret", "short"]]:
        with pytest.raises(RuntimeError, match="triggers"):
            start_server(*arguments)
