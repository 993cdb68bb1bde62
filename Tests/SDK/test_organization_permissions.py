"""Permissions on organizations: section 4 of the contract."""

import pytest
from huaweicloudsdkswr.v2 import UserAuth

from support import images
from support.berth_server import unique
from support.people import Account
from support.permissions import MANAGE, READ, WRITE, entries, entry
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, refused, unchanged
from support.registry import can_pull, can_push, push


def granted(account: Account, organization: str) -> dict[str, int]:
    """What users other than the account's first have."""
    return entries(account.swr.permissions_on_organization(organization).others_auths)


def test_an_organization_begins_with_its_creator_alone(acme: Account, group: str) -> None:
    shown = acme.swr.permissions_on_organization(group)
    assert shown.id == acme.swr.show_organization(group).id
    assert (shown.name, shown.creator_name) == (group, acme.admin.name)
    assert shown.self_auth == entry(acme.admin, MANAGE)
    assert shown.others_auths == []


def test_a_granted_user_is_listed_to_others_and_to_itself(acme: Account, group: str) -> None:
    bob, carol = acme.add_user("bob"), acme.add_user("carol")
    acme.swr.grant_on_organization(group, entry(bob, READ), entry(carol, WRITE))
    assert granted(acme, group) == {"bob": READ, "carol": WRITE}
    seen = bob.swr.permissions_on_organization(group)
    assert seen.self_auth == entry(bob, READ)
    assert entries(seen.others_auths) == {acme.admin.name: MANAGE, "carol": WRITE}


def test_an_admin_user_has_manage_without_being_listed(acme: Account, group: str) -> None:
    eve = acme.add_user("eve", admin=True)
    seen = eve.swr.permissions_on_organization(group)
    assert seen.self_auth == entry(eve, MANAGE)
    assert entries(seen.others_auths) == {acme.admin.name: MANAGE}


def test_permissions_take_effect_at_once(acme: Account, group: str) -> None:
    repository = f"{group}/web"
    push(acme.admin, repository, "1", images.image("permissions"))
    bob = acme.add_user("bob")
    assert not can_pull(bob, repository, "1")
    acme.swr.grant_on_organization(group, entry(bob, READ))
    assert can_pull(bob, repository, "1")
    assert not can_push(bob, repository)
    acme.swr.change_on_organization(group, entry(bob, WRITE))
    assert can_push(bob, repository)
    acme.swr.change_on_organization(group, entry(bob, READ))
    assert not can_push(bob, repository)
    acme.swr.revoke_on_organization(group, bob.id)
    assert not can_pull(bob, repository, "1")
    assert granted(acme, group) == {}


def test_who_manages_an_organization_grants_on_it(acme: Account, group: str) -> None:
    manager, bob = acme.add_member(group, "manage"), acme.add_user("bob")
    manager.swr.grant_on_organization(group, entry(bob, MANAGE))
    bob.swr.revoke_on_organization(group, manager.id)
    assert granted(acme, group) == {"bob": MANAGE}


def test_an_organizations_permission_covers_repositories_that_come_later(acme: Account, group: str) -> None:
    bob = acme.add_member(group, "read")
    acme.swr.create_repository(group, "later")
    assert bob.swr.show_repository(group, "later").name == "later"


def test_a_permission_on_a_repository_outlives_that_on_its_organization(acme: Account, group: str, web: str) -> None:
    bob = acme.add_member(group, "write")
    acme.swr.grant_on_repository(group, web, entry(bob, READ))
    acme.swr.revoke_on_organization(group, bob.id)
    assert bob.swr.show_repository(group, web).name == web
    assert not can_push(bob, f"{group}/{web}")


@pytest.mark.parametrize("auth", [0, 2, 4, 5, 6, 8, -1, 2**40])
def test_a_permission_of_another_value_is_refused(acme: Account, group: str, auth: int) -> None:
    bob, carol = acme.add_member(group, "read", "bob"), acme.add_user("carol")
    with unchanged(lambda: granted(acme, group)):
        with refused(400, "4001065"):
            acme.swr.grant_on_organization(group, entry(carol, auth))
        with refused(400, "4001065"):
            acme.swr.change_on_organization(group, entry(bob, auth))


def test_an_existing_permission_is_changed_and_not_granted_again(acme: Account, group: str) -> None:
    bob = acme.add_member(group, "read", "bob")
    with unchanged(lambda: granted(acme, group)), refused(409, "4090076"):
        acme.swr.grant_on_organization(group, entry(bob, WRITE))


def test_a_missing_permission_is_neither_changed_nor_revoked(acme: Account, group: str) -> None:
    bob = acme.add_user("bob")
    with unchanged(lambda: granted(acme, group)):
        with refused(404, "4040078"):
            acme.swr.change_on_organization(group, entry(bob, READ))
        with refused(404, "4040078"):
            acme.swr.revoke_on_organization(group, bob.id)


def test_only_users_of_the_account_get_permissions(acme: Account, globex: Account, group: str) -> None:
    nobody = UserAuth(user_id="0" * 32, user_name="nobody", auth=READ)
    with unchanged(lambda: granted(acme, group)):
        for stranger in [entry(globex.admin, READ), nobody]:
            with refused(400, "4001067"):
                acme.swr.grant_on_organization(group, stranger)


def test_a_user_of_another_account_is_refused_like_one_that_does_not_exist(
    acme: Account, globex: Account, group: str
) -> None:
    target = f"/v2/manage/namespaces/{group}/access"
    answers = []
    for user_id in [globex.admin.id, "0" * 32]:
        body = [{"user_id": user_id, "user_name": "someone", "auth": READ}]
        answers.append(send_signed(acme.admin, "POST", target, body).body.replace(user_id.encode(), b"ID"))
    assert answers[0] == answers[1]


def test_of_several_entries_all_are_taken_or_none(acme: Account, globex: Account, group: str) -> None:
    bob, carol = acme.add_member(group, "read", "bob"), acme.add_user("carol")
    with unchanged(lambda: granted(acme, group)):
        with refused(409, "4090076"):
            acme.swr.grant_on_organization(group, entry(carol, READ), entry(bob, READ))
        with refused(400, "4001067"):
            acme.swr.grant_on_organization(group, entry(carol, READ), entry(globex.admin, READ))
        with refused(404, "4040078"):
            acme.swr.change_on_organization(group, entry(bob, MANAGE), entry(carol, MANAGE))
        with refused(404, "4040078"):
            acme.swr.revoke_on_organization(group, bob.id, carol.id)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'"bob"', b"[5]", b'[{"auth": 1}]', b'[{"user_id": 5, "user_name": "b", "auth": 1}]', b"[{]"]
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_no_list_of_entries_is_refused(acme: Account, group: str, method: str, body: bytes) -> None:
    with unchanged(lambda: granted(acme, group)):
        answer = send_signed(acme.admin, method, f"/v2/manage/namespaces/{group}/access", body)
    assert answer.status == 400
    assert answer.code in {"4001014", "4001018", "4000014"}


@pytest.mark.parametrize("body", [b"", b"{}", b"[5]", b'[{"user_id": "a"}]', b"["])
def test_a_body_that_is_no_list_of_ids_revokes_nothing(acme: Account, group: str, body: bytes) -> None:
    acme.add_member(group, "read", "bob")
    with unchanged(lambda: granted(acme, group)):
        answer = send_signed(acme.admin, "DELETE", f"/v2/manage/namespaces/{group}/access", body)
    assert answer.status == 400
    assert answer.code in {"4001014", "4001018", "4000014"}


@pytest.mark.parametrize("permission", ["read", "write"])
def test_granting_on_an_organization_needs_manage(acme: Account, group: str, permission: str) -> None:
    member, bob = acme.add_member(group, permission, "member"), acme.add_user("bob")
    with unchanged(lambda: granted(acme, group)):
        with forbidden():
            member.swr.grant_on_organization(group, entry(bob, READ))
        with forbidden():
            member.swr.change_on_organization(group, entry(member, MANAGE))
        with forbidden():
            member.swr.revoke_on_organization(group, member.id)


def test_a_user_without_permission_does_not_see_who_has_some(acme: Account, group: str) -> None:
    with forbidden():
        acme.add_user().swr.permissions_on_organization(group)


def test_permissions_of_an_organization_that_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, group: str
) -> None:
    bob = acme.add_user("bob")
    for swr, name in [(globex.swr, group), (acme.swr, unique("missing"))]:
        with no_organization():
            swr.permissions_on_organization(name)
        with no_organization():
            swr.grant_on_organization(name, entry(bob, READ))
        with no_organization():
            swr.change_on_organization(name, entry(bob, READ))
        with no_organization():
            swr.revoke_on_organization(name, bob.id)
    assert granted(acme, group) == {}
