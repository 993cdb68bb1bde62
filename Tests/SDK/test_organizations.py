"""Organizations: sections 3 of the contract."""

from collections.abc import Callable

import pytest

from support.berth_server import BerthServer, unique
from support.people import Account
from support.permissions import MANAGE, READ, WRITE
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, refused, unchanged


def names(account: Account, **query: str) -> set[str]:
    return {organization.name for organization in account.swr.list_organizations(**query)}


def test_who_creates_an_organization_manages_it(acme: Account) -> None:
    name = unique("group")
    acme.swr.create_organization(name)
    shown = acme.swr.show_organization(name)
    assert (shown.name, shown.auth, shown.creator_name) == (name, MANAGE, acme.admin.name)


@pytest.mark.parametrize(
    "name", ["a", "a1", "b-2", "b--c", "b_c", "b__c", "b.c", "b-c_d.e", "c" * 64], ids=lambda name: name[:10]
)
def test_every_documented_form_of_a_name_is_taken(acme: Account, name: str) -> None:
    acme.swr.create_organization(name)
    assert names(acme) == {name}


@pytest.mark.parametrize(
    "name",
    [
        *["A", "Group", "1a", "-a", "a-", ".a", "a.", "a_", "a..b", "a___b", "a.-b", "a_-b"],
        *["a b", "a/b", "a$b", "é", "a" * 65, "library", "manage"],
    ],
    ids=lambda name: name[:10],
)
def test_a_name_of_another_form_or_a_reserved_one_is_refused(visitor: Account, name: str) -> None:
    with unchanged(lambda: names(visitor)), refused(400, "4001028"):
        visitor.swr.create_organization(name)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b"", {"4001014", "4001018", "4000014"}),
        (b"{}", {"4001014", "4000014"}),
        (b'{"namespace": null}', {"4001014", "4001018", "4000014"}),
        (b'{"namespace": 5}', {"4001018", "4000014"}),
        (b'{"namespace": ["a"]}', {"4001018", "4000014"}),
        (b'["a"]', {"4001018", "4000014"}),
        (b'{"namespace": "a"', {"4001018", "4000014"}),
        (b"\xff\xfe", {"4001018", "4000014"}),
    ],
)
def test_a_body_without_a_name_is_refused(visitor: Account, body: bytes, codes: set[str]) -> None:
    answer = send_signed(visitor.admin, "POST", "/v2/manage/namespaces", body)
    assert answer.status == 400
    assert answer.code in codes
    assert names(visitor) == set()


def test_a_name_is_taken_once_in_the_region_by_whomever(acme: Account, globex: Account, group: str) -> None:
    with refused(409, "4090060"):
        acme.swr.create_organization(group)
    with unchanged(lambda: names(globex)), refused(409, "4090060"):
        globex.swr.create_organization(group)
    assert acme.swr.show_organization(group).creator_name == acme.admin.name


def test_who_meets_a_taken_name_is_not_told_whose_it_is(acme: Account, globex: Account, group: str) -> None:
    answer = send_signed(globex.admin, "POST", "/v2/manage/namespaces", {"namespace": group})
    assert answer.status == 409
    assert acme.name.encode() not in answer.body
    assert acme.id.encode() not in answer.body


def test_an_account_has_a_hundred_organizations_at_most(acme: Account) -> None:
    for _ in range(100):
        last = acme.add_organization()
    with unchanged(lambda: names(acme)), refused(400, "4000097"):
        acme.add_organization()
    acme.swr.delete_organization(last)
    acme.add_organization()


def test_the_operator_sets_how_many_organizations_an_account_has(start_server: Callable[..., BerthServer]) -> None:
    server = start_server("--quota-organizations", "1")
    for account in [Account(server), Account(server)]:
        account.add_organization()
        with refused(400, "4000097"):
            account.add_organization()


def test_people_list_the_organizations_of_their_account_and_no_others(acme: Account, globex: Account) -> None:
    own = {acme.add_organization(), acme.add_organization()}
    globex.add_organization()
    assert names(acme) == own


def test_an_account_without_organizations_lists_none(visitor: Account) -> None:
    assert visitor.swr.list_organizations() == []


@pytest.mark.parametrize(("permission", "auth"), [("read", READ), ("write", WRITE), ("manage", MANAGE)])
def test_a_user_sees_its_permission_in_list_and_detail(acme: Account, group: str, permission: str, auth: int) -> None:
    acme.add_organization()
    member = acme.add_member(group, permission)
    assert [(one.name, one.auth) for one in member.swr.list_organizations()] == [(group, auth)]
    assert member.swr.show_organization(group).auth == auth


def test_every_admin_user_manages_all_organizations_of_the_account(acme: Account, group: str) -> None:
    eve = acme.add_user("eve", admin=True)
    assert [(one.name, one.auth) for one in eve.swr.list_organizations()] == [(group, MANAGE)]


def test_organizations_are_found_by_their_whole_name(acme: Account) -> None:
    first, second = acme.add_organization("alpha"), acme.add_organization("beta")
    assert names(acme, name=first) == {first}
    assert names(acme, filter=f"namespace::{second}") == {second}
    assert names(acme, name=first, filter=f"namespace::{second}") == {second}, "filter wins over namespace"
    assert names(acme, name="alph") == set()
    assert names(acme, name=unique("nothing")) == set()


def test_mode_visible_adds_organizations_of_which_a_user_may_see_a_repository(
    acme: Account, group: str, web: str
) -> None:
    bob = acme.add_member(f"{group}/{web}", "read")
    assert bob.swr.list_organizations() == []
    assert [(one.name, one.auth) for one in bob.swr.list_organizations(filter="mode::visible")] == [(group, 0)]
    assert bob.swr.list_organizations(filter=f"mode::visible|namespace::{unique('other')}") == []


def test_the_list_counts_repositories_and_people(acme: Account, group: str, web: str) -> None:
    acme.add_member(group, "read")
    (listed,) = send_signed(acme.admin, "GET", "/v2/manage/namespaces").json["namespaces"]
    assert listed["repo_count"] == 1
    assert listed["access_user_count"] == 2


@pytest.mark.parametrize(
    "expression", ["unknown::a", "namespace", "namespace:a", "mode::hidden", "|", "namespace::a|x"]
)
def test_a_filter_that_cannot_be_read_is_refused(visitor: Account, expression: str) -> None:
    with refused(400, "4001035"):
        visitor.swr.list_organizations(filter=expression)


def test_an_organization_of_others_looks_like_none(acme: Account, globex: Account, group: str) -> None:
    missing = unique("missing")
    for name in [group, missing]:
        with no_organization():
            globex.swr.show_organization(name)
    there, not_there = (
        send_signed(globex.admin, "GET", f"/v2/manage/namespaces/{name}").body.replace(name.encode(), b"NAME")
        for name in [group, missing]
    )
    assert there == not_there


def test_a_name_that_cannot_be_one_is_refused_in_the_path(visitor: Account) -> None:
    for name in ["BAD", "a..b", "a" * 65]:
        with refused(400, "4001028"):
            visitor.swr.show_organization(name)
        with refused(400, "4001028"):
            visitor.swr.delete_organization(name)


def test_a_user_without_permission_is_refused_the_organization_of_its_account(acme: Account, group: str) -> None:
    with forbidden():
        acme.add_user().swr.show_organization(group)


def test_an_empty_organization_is_deleted_and_its_name_is_free(acme: Account, globex: Account, group: str) -> None:
    acme.swr.delete_organization(group)
    with no_organization():
        acme.swr.show_organization(group)
    with no_organization():
        acme.swr.delete_organization(group)
    globex.swr.create_organization(group)
    assert globex.swr.show_organization(group).creator_name == globex.admin.name


def test_a_user_with_manage_deletes_the_organization(acme: Account, group: str) -> None:
    acme.add_member(group, "manage").swr.delete_organization(group)
    assert names(acme) == set()


def test_an_organization_with_a_repository_is_not_deleted(acme: Account, group: str, web: str) -> None:
    with refused(406, "4060074"):
        acme.swr.delete_organization(group)
    assert acme.swr.show_repository(group, web).name == web
    acme.swr.delete_repository(group, web)
    acme.swr.delete_organization(group)


@pytest.mark.parametrize("permission", ["read", "write"])
def test_deleting_an_organization_needs_manage(acme: Account, group: str, permission: str) -> None:
    with unchanged(lambda: names(acme)), forbidden():
        acme.add_member(group, permission).swr.delete_organization(group)


def test_nobody_deletes_an_organization_of_others(acme: Account, globex: Account, group: str) -> None:
    with unchanged(lambda: names(acme)), no_organization():
        globex.swr.delete_organization(group)
