"""Shares with other accounts: section 8 of the contract."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support import images
from support.berth_server import unique
from support.expiry import day, expired_share
from support.people import Account
from support.plain_http import send_signed
from support.refusals import no_organization, no_repository, refused, unchanged
from support.registry import can_pull, can_push, push


def shares(account: Account, organization: str, repository: str) -> dict[str, tuple[str, str, bool]]:
    """Deadline, description and validity, by receiver."""
    found = account.swr.list_shares(organization, repository)
    return {share.access_domain: (share.deadline, share.description, share.status) for share in found}


@pytest.fixture
def image(acme: Account, group: str, web: str) -> str:
    """The name of a repository that has an image with tag 1."""
    push(acme.admin, f"{group}/{web}", "1", images.image("shared"))
    return f"{group}/{web}"


def test_a_share_is_listed_and_shown_as_made(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name, description="for the trial")
    (listed,) = acme.swr.list_shares(group, web)
    assert (listed.namespace, listed.repository, listed.access_domain) == (group, web, globex.name)
    assert (listed.permit, listed.deadline, listed.description) == ("read", "forever", "for the trial")
    assert (listed.creator_id, listed.creator_name) == (acme.admin.id, acme.admin.name)
    assert listed.status
    shown = acme.swr.show_share(group, web, globex.name)
    assert shown.exist
    for key in listed.attribute_map:
        assert getattr(shown, key) == getattr(listed, key), key


def test_a_share_without_description_has_an_empty_one(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name)
    assert shares(acme, group, web) == {globex.name: ("forever", "", True)}


def test_the_receiver_pulls_while_it_holds_a_share(
    acme: Account, globex: Account, initech: Account, group: str, web: str, image: str
) -> None:
    bob = globex.add_user("bob")
    assert not can_pull(globex.admin, image, "1")
    acme.swr.share(group, web, globex.name)
    assert can_pull(globex.admin, image, "1")
    assert can_pull(bob, image, "1"), "every user of the receiving account pulls"
    assert not can_pull(initech.admin, image, "1")
    assert not can_push(globex.admin, image)
    push(acme.admin, image, "2", images.image("newer"))
    assert can_pull(globex.admin, image, "2")
    acme.swr.unshare(group, web, globex.name)
    assert not can_pull(globex.admin, image, "1")
    assert not can_pull(bob, image, "2")
    assert shares(acme, group, web) == {}


def test_the_receiver_does_not_see_the_organization(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name)
    assert globex.swr.list_organizations() == []
    assert globex.swr.list_organizations(filter="mode::visible") == []
    with no_organization():
        globex.swr.show_organization(group)


def test_a_name_with_a_slash_is_shared_by_either_path(acme: Account, globex: Account, group: str) -> None:
    acme.swr.create_repository(group, "team/web")
    acme.swr.share(group, "team$web", globex.name)
    assert acme.swr.show_share(group, "team/web", globex.name).repository == "team/web"
    older = send_signed(acme.admin, "GET", f"/v2/manage/namespaces/{group}/repos/team%24web/access-domains")
    assert older.json[0]["access_domain"] == globex.name


@pytest.mark.parametrize("time", ["T00:00:00Z", "T16:00:00.000Z", "T23:59:59.999999Z"])
def test_a_deadline_counts_to_the_end_of_its_day(
    acme: Account, globex: Account, group: str, web: str, image: str, time: str
) -> None:
    today = day()
    acme.swr.share(group, web, globex.name, deadline=today + time)
    shown = acme.swr.show_share(group, web, globex.name)
    assert shown.status
    assert shown.deadline.startswith(today)
    assert can_pull(globex.admin, image, "1")


@pytest.mark.parametrize("days", [1, 30, 36500])
def test_a_deadline_is_given_back_with_its_date(
    acme: Account, globex: Account, group: str, web: str, days: int
) -> None:
    date = day(days)
    acme.swr.share(group, web, globex.name, deadline=f"{date}T16:00:00.000Z")
    assert shares(acme, group, web)[globex.name][0].startswith(f"{date}T")
    assert acme.swr.show_share(group, web, globex.name).deadline.startswith(f"{date}T")


@pytest.mark.parametrize(
    "deadline",
    [
        *["", "tomorrow", "Forever", "never", "1e9", "2020-01-01T00:00:00Z", "0000-00-00T00:00:00Z"],
        *["2099-13-01T00:00:00Z", "2099-02-30T00:00:00Z", "2099-01-01T25:00:00Z", "99999-01-01T00:00:00Z"],
        "2099-01-01T00:00:00Z x",
    ],
)
def test_a_deadline_that_cannot_be_or_is_past_is_refused(
    acme: Account, globex: Account, group: str, web: str, deadline: str
) -> None:
    with refused(400, "4000014"):
        acme.swr.share(group, web, globex.name, deadline=deadline)
    assert shares(acme, group, web) == {}
    acme.swr.share(group, web, globex.name)
    with unchanged(lambda: shares(acme, group, web)), refused(400, "4000014"):
        acme.swr.update_share(group, web, globex.name, deadline=deadline)


def test_yesterday_is_past(acme: Account, globex: Account, group: str, web: str) -> None:
    with refused(400, "4000014"):
        acme.swr.share(group, web, globex.name, deadline=f"{day(-1)}T23:59:59Z")
    assert shares(acme, group, web) == {}


def test_a_description_has_1000_characters_of_any_script(acme: Account, globex: Account, group: str, web: str) -> None:
    text = "é概🚢x" * 250
    acme.swr.share(group, web, globex.name, description=text)
    assert acme.swr.show_share(group, web, globex.name).description == text
    target = f"/v2/manage/namespaces/{group}/repositories/{web}/access-domains"
    body = {"permit": "read", "deadline": "forever", "description": text + "x"}
    with unchanged(lambda: shares(acme, group, web)):
        for method, path in [("POST", target), ("PATCH", f"{target}/{globex.name}")]:
            answer = send_signed(acme.admin, method, path, {"access_domain": globex.name, **body})
            assert (answer.status, answer.code) in {(400, "4000014"), (413, "4131012")}


@pytest.mark.parametrize("permit", ["write", "push", "READ", "", "read,write", "7"])
def test_pull_is_the_only_permission_of_a_share(
    acme: Account, globex: Account, group: str, web: str, permit: str
) -> None:
    with refused(400, "4001091"):
        acme.swr.share(group, web, globex.name, permit=permit)
    assert shares(acme, group, web) == {}
    acme.swr.share(group, web, globex.name)
    with unchanged(lambda: shares(acme, group, web)), refused(400, "4001091"):
        acme.swr.update_share(group, web, globex.name, permit=permit)


def test_a_share_is_with_another_account_that_exists(acme: Account, group: str, web: str) -> None:
    for name in [acme.name, unique("nobody"), "", "a b", "x" * 5000]:
        with refused(400, "4001041"):
            acme.swr.share(group, web, name)
    assert shares(acme, group, web) == {}


def test_a_receiver_may_be_named_by_its_id(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.id)
    assert list(shares(acme, group, web)) == [globex.name]


def test_a_receiver_of_another_region_is_refused_with_both_regions(acme: Account, group: str, web: str) -> None:
    elsewhere = Account(acme.server, "overseas", region="region-2")
    for region in ["region-1", "region-2"]:
        with refused(400, None, saying=region):
            acme.swr.share(group, web, elsewhere.name)
    assert shares(acme, group, web) == {}


def test_a_public_repository_is_not_shared(acme: Account, globex: Account, group: str) -> None:
    acme.swr.create_repository(group, "open", is_public=True)
    with refused(400, "4000014"):
        acme.swr.share(group, "open", globex.name)
    assert shares(acme, group, "open") == {}


def test_an_account_gets_one_share_of_a_repository(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name, description="first")
    with unchanged(lambda: shares(acme, group, web)), refused(409, "4090089"):
        acme.swr.share(group, web, globex.name, description="second")


def test_an_image_is_shared_with_500_accounts_at_most(acme: Account, group: str, web: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        accounts = list(pool.map(lambda _: Account(acme.server, "receiver").name, range(501)))
    for name in accounts[:500]:
        acme.swr.share(group, web, name)
    assert len(acme.swr.list_shares(group, web)) == 100, "the list is bounded"
    with refused(400, "4000014"):
        acme.swr.share(group, web, accounts[500])
    assert acme.swr.show_share(group, web, accounts[500]).exist is False
    acme.swr.unshare(group, web, accounts[0])
    acme.swr.share(group, web, accounts[500])


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"[]", b"{", b"{}", b'{"access_domain": 5, "permit": "read", "deadline": "forever"}'],
        *[b'{"access_domain": "NAME", "permit": "read"}', b'{"access_domain": "NAME", "deadline": "forever"}'],
        *[b'{"permit": "read", "deadline": "forever"}', b'{"access_domain": "NAME", "permit": "read", "deadline": 1}'],
        b'{"access_domain": "NAME", "permit": "read", "deadline": "forever", "description": []}',
    ],
)
def test_a_body_that_is_not_as_documented_shares_nothing(
    acme: Account, globex: Account, group: str, web: str, body: bytes
) -> None:
    target = f"/v2/manage/namespaces/{group}/repositories/{web}/access-domains"
    answer = send_signed(acme.admin, "POST", target, body.replace(b"NAME", globex.name.encode()))
    assert answer.status == 400
    assert answer.code in {"4001014", "4001018", "4001041", "4001091", "4000014"}
    assert shares(acme, group, web) == {}


def test_no_share_is_an_answer_and_no_refusal(acme: Account, globex: Account, group: str, web: str) -> None:
    for name in [globex.name, unique("nobody"), acme.name]:
        assert acme.swr.show_share(group, web, name).exist is False


def test_an_update_changes_deadline_and_description(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name, description="kept")
    before = acme.swr.show_share(group, web, globex.name)
    deadline = f"{day(7)}T00:00:00Z"
    acme.swr.update_share(group, web, globex.name, deadline=deadline)
    after = acme.swr.show_share(group, web, globex.name)
    assert (after.deadline[:10], after.description) == (deadline[:10], "kept")
    assert after.created == before.created
    assert after.updated > before.updated
    acme.swr.update_share(group, web, globex.name, description="")
    assert shares(acme, group, web) == {globex.name: ("forever", "", True)}


def test_a_missing_share_is_neither_updated_nor_removed(acme: Account, globex: Account, group: str, web: str) -> None:
    for name in [globex.name, unique("nobody")]:
        with refused(404, "4040091"):
            acme.swr.update_share(group, web, name)
        with refused(404, "4040091"):
            acme.swr.unshare(group, web, name)


def test_an_expired_share_stays_listed_lets_nobody_pull_and_can_be_revived(
    acme: Account, globex: Account, group: str, web: str, image: str
) -> None:
    expired_share(acme, group, web, globex)
    assert not can_pull(globex.admin, image, "1")
    assert [share.status for share in acme.swr.list_shares(group, web)] == [False]
    shown = acme.swr.show_share(group, web, globex.name)
    assert (shown.exist, shown.status) == (True, False)
    with no_organization():
        globex.swr.show_repository(group, web)
    with no_organization():
        globex.swr.list_tags(group, web)
    acme.swr.update_share(group, web, globex.name, deadline=f"{day()}T00:00:00Z")
    assert can_pull(globex.admin, image, "1")
    assert globex.swr.show_repository(group, web).name == web


def test_expired_shares_are_in_nobodys_way(acme: Account, globex: Account, group: str, web: str) -> None:
    expired_share(acme, group, web, globex)
    acme.swr.update_repository(group, web, is_public=True)
    acme.swr.update_repository(group, web, is_public=False)
    acme.swr.delete_repository(group, web)
    acme.swr.create_repository(group, web)
    assert shares(acme, group, web) == {}
    assert acme.swr.show_share(group, web, globex.name).exist is False


def test_only_who_manages_the_image_shares_it(acme: Account, globex: Account, group: str, web: str) -> None:
    users = [acme.add_user("nobody"), acme.add_member(group, "read"), acme.add_member(group, "write")]
    acme.swr.share(group, web, globex.name)
    other = Account(acme.server, "other")
    with unchanged(lambda: shares(acme, group, web)):
        for user in [*users, globex.admin]:
            with refused(403, "4030170"):
                user.swr.share(group, web, other.name)
            with refused(403, "4030170"):
                user.swr.update_share(group, web, globex.name, deadline=f"{day(1)}T00:00:00Z")
            with refused(403, "4030170"):
                user.swr.unshare(group, web, globex.name)
    manager = acme.add_member(f"{group}/{web}", "manage")
    manager.swr.share(group, web, other.name)
    assert acme.swr.show_share(group, web, other.name).creator_name == manager.name


def test_a_receiver_does_not_learn_of_other_receivers(
    acme: Account, globex: Account, initech: Account, group: str, web: str
) -> None:
    for receiver in [globex, initech]:
        acme.swr.share(group, web, receiver.name)
    with refused(403, "4030170"):
        globex.swr.list_shares(group, web)
    with refused(403, "4030170"):
        globex.swr.show_share(group, web, initech.name)


def test_shares_of_what_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, initech: Account, group: str, web: str
) -> None:
    cases = [
        (acme, group, "missing", no_repository),
        (acme, unique("missing"), web, no_organization),
        (globex, group, web, no_organization),
        (globex, group, "missing", no_organization),
    ]
    for account, organization, repository, refusal in cases:
        with refusal():
            account.swr.share(organization, repository, initech.name)
        with refusal():
            account.swr.list_shares(organization, repository)
        with refusal():
            account.swr.show_share(organization, repository, initech.name)
        with refusal():
            account.swr.update_share(organization, repository, initech.name)
        with refusal():
            account.swr.unshare(organization, repository, initech.name)
    assert shares(acme, group, web) == {}
