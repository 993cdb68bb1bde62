"""Permissions on repositories: section 6 of the contract."""

import pytest

from support import images
from support.berth_server import unique
from support.people import Account
from support.permissions import MANAGE, READ, WRITE, entries, entry
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.registry import can_pull, can_push, push


def granted(account: Account, organization: str, repository: str) -> dict[str, int]:
    """What users other than the account's first have."""
    return entries(account.swr.permissions_on_repository(organization, repository).others_auths)


def test_a_granted_user_is_listed_to_others_and_to_itself(acme: Account, group: str, web: str) -> None:
    bob, carol = acme.add_user("bob"), acme.add_user("carol")
    acme.swr.grant_on_repository(group, web, entry(bob, READ), entry(carol, MANAGE))
    shown = acme.swr.permissions_on_repository(group, web)
    assert (shown.id, shown.name) == (acme.swr.show_repository(group, web).id, web)
    assert shown.self_auth == entry(acme.admin, MANAGE)
    assert entries(shown.others_auths) == {"bob": READ, "carol": MANAGE}
    assert bob.swr.permissions_on_repository(group, web).self_auth == entry(bob, READ)


def test_the_name_of_a_nested_repository_has_its_slash(acme: Account, group: str) -> None:
    acme.swr.create_repository(group, "team/web")
    assert acme.swr.permissions_on_repository(group, "team$web").name == "team/web"


def test_permissions_take_effect_at_once_and_on_this_repository_only(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "1", images.image("permissions"))
    push(acme.admin, f"{group}/other", "1", images.image("permissions"))
    bob = acme.add_user("bob")
    assert not can_pull(bob, f"{group}/{web}", "1")
    acme.swr.grant_on_repository(group, web, entry(bob, READ))
    assert can_pull(bob, f"{group}/{web}", "1")
    assert not can_push(bob, f"{group}/{web}")
    acme.swr.change_on_repository(group, web, entry(bob, WRITE))
    assert can_push(bob, f"{group}/{web}")
    assert not can_pull(bob, f"{group}/other", "1")
    acme.swr.revoke_on_repository(group, web, bob.id)
    assert not can_pull(bob, f"{group}/{web}", "1")
    assert granted(acme, group, web) == {}


def test_the_larger_of_both_permissions_counts(acme: Account, group: str, web: str) -> None:
    bob = acme.add_member(group, "write")
    acme.swr.grant_on_repository(group, web, entry(bob, READ))
    assert can_push(bob, f"{group}/{web}")
    assert bob.swr.permissions_on_repository(group, web).self_auth.auth == WRITE


def test_write_on_the_organization_or_manage_on_the_repository_grants(acme: Account, group: str, web: str) -> None:
    granters = [acme.add_member(group, "write"), acme.add_member(f"{group}/{web}", "manage")]
    for number, granter in enumerate(granters):
        guest = acme.add_user(f"guest{number}")
        granter.swr.grant_on_repository(group, web, entry(guest, READ))
        granter.swr.change_on_repository(group, web, entry(guest, WRITE))
        assert granted(acme, group, web)[guest.name] == WRITE
        granter.swr.revoke_on_repository(group, web, guest.id)
        assert guest.name not in granted(acme, group, web)


@pytest.mark.parametrize(
    ("on", "permission"), [("organization", "read"), ("repository", "read"), ("repository", "write")]
)
def test_less_does_not_grant(acme: Account, group: str, web: str, on: str, permission: str) -> None:
    target = group if on == "organization" else f"{group}/{web}"
    member, guest = acme.add_member(target, permission), acme.add_user("guest")
    acme.swr.grant_on_repository(group, web, entry(guest, READ))
    with unchanged(lambda: granted(acme, group, web)):
        with forbidden():
            member.swr.grant_on_repository(group, web, entry(acme.add_user("late"), READ))
        with forbidden():
            member.swr.change_on_repository(group, web, entry(guest, MANAGE))
        with forbidden():
            member.swr.revoke_on_repository(group, web, guest.id)


def test_nobody_grants_to_oneself(acme: Account, group: str, web: str) -> None:
    writer = acme.add_member(group, "write")
    with unchanged(lambda: granted(acme, group, web)):
        with refused(400, None):
            writer.swr.grant_on_repository(group, web, entry(writer, MANAGE))
        with refused(400, None):
            acme.swr.grant_on_repository(group, web, entry(acme.admin, MANAGE))


@pytest.mark.parametrize("auth", [0, 2, 4, 8, -7, 2**40])
def test_a_permission_of_another_value_is_refused(acme: Account, group: str, web: str, auth: int) -> None:
    bob, carol = acme.add_member(f"{group}/{web}", "read", "bob"), acme.add_user("carol")
    with unchanged(lambda: granted(acme, group, web)):
        with refused(400, "4001066"):
            acme.swr.grant_on_repository(group, web, entry(carol, auth))
        with refused(400, "4001066"):
            acme.swr.change_on_repository(group, web, entry(bob, auth))


def test_an_existing_permission_is_changed_and_not_granted_again(acme: Account, group: str, web: str) -> None:
    bob = acme.add_member(f"{group}/{web}", "read", "bob")
    with unchanged(lambda: granted(acme, group, web)), refused(409, "4090089"):
        acme.swr.grant_on_repository(group, web, entry(bob, MANAGE))


def test_a_missing_permission_is_neither_changed_nor_revoked(acme: Account, group: str, web: str) -> None:
    bob = acme.add_member(group, "read")
    with unchanged(lambda: granted(acme, group, web)):
        with refused(404, "4040091"):
            acme.swr.change_on_repository(group, web, entry(bob, READ))
        with refused(404, "4040091"):
            acme.swr.revoke_on_repository(group, web, bob.id)


def test_of_several_entries_all_are_taken_or_none(acme: Account, globex: Account, group: str, web: str) -> None:
    bob, carol = acme.add_member(f"{group}/{web}", "read", "bob"), acme.add_user("carol")
    with unchanged(lambda: granted(acme, group, web)):
        with refused(409, "4090089"):
            acme.swr.grant_on_repository(group, web, entry(carol, READ), entry(bob, READ))
        with refused(400, "4001067"):
            acme.swr.grant_on_repository(group, web, entry(carol, READ), entry(globex.admin, READ))
        with refused(404, "4040091"):
            acme.swr.change_on_repository(group, web, entry(bob, WRITE), entry(carol, WRITE))
        with refused(404, "4040091"):
            acme.swr.revoke_on_repository(group, web, bob.id, carol.id)


@pytest.mark.parametrize("body", [b"", b"{}", b"[5]", b'[{"auth": 1}]', b'[{"user_id": "a", "user_name": "b"}]', b"["])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_no_list_of_entries_is_refused(
    acme: Account, group: str, web: str, method: str, body: bytes
) -> None:
    with unchanged(lambda: granted(acme, group, web)):
        answer = send_signed(acme.admin, method, f"/v2/manage/namespaces/{group}/repos/{web}/access", body)
    assert answer.status == 400
    assert answer.code in {"4001014", "4001018", "4000014"}


def test_a_receiver_of_a_share_neither_sees_nor_grants_permissions(
    acme: Account, globex: Account, group: str, web: str
) -> None:
    acme.swr.share(group, web, globex.name)
    guest = globex.add_user("guest")
    with unchanged(lambda: granted(acme, group, web)):
        with forbidden():
            globex.swr.grant_on_repository(group, web, entry(guest, READ))
        with forbidden():
            globex.swr.change_on_repository(group, web, entry(guest, READ))
        with forbidden():
            globex.swr.revoke_on_repository(group, web, acme.admin.id)
        with forbidden():
            globex.swr.permissions_on_repository(group, web)


def test_permissions_of_what_is_not_there_or_not_ones_own(acme: Account, globex: Account, group: str, web: str) -> None:
    bob = acme.add_user("bob")
    cases = [
        (acme, group, "missing", no_repository),
        (acme, unique("missing"), web, no_organization),
        (globex, group, web, no_organization),
        (globex, group, "missing", no_organization),
    ]
    for account, organization, repository, refusal in cases:
        with refusal():
            account.swr.permissions_on_repository(organization, repository)
        with refusal():
            account.swr.grant_on_repository(organization, repository, entry(bob, READ))
        with refusal():
            account.swr.change_on_repository(organization, repository, entry(bob, READ))
        with refusal():
            account.swr.revoke_on_repository(organization, repository, bob.id)
    assert granted(acme, group, web) == {}


def test_a_user_without_permission_does_not_see_who_has_some(acme: Account, group: str, web: str) -> None:
    with forbidden():
        acme.add_user().swr.permissions_on_repository(group, web)


def test_a_new_repository_of_an_old_name_has_no_permissions_of_the_old_one(acme: Account, group: str, web: str) -> None:
    bob = acme.add_member(f"{group}/{web}", "manage", "bob")
    acme.swr.delete_repository(group, web)
    acme.swr.create_repository(group, web)
    assert granted(acme, group, web) == {}
    with forbidden():
        bob.swr.show_repository(group, web)
