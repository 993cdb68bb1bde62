"""Lists of shared repositories: section 9 of the contract."""

from dataclasses import dataclass

import pytest
from huaweicloudsdkswr.v2 import ListSharedReposDetailsResponse

from support import images
from support.berth_server import BerthServer
from support.expiry import expired_share
from support.people import Account
from support.plain_http import send_signed
from support.refusals import refused
from support.registry import push


def names(response: ListSharedReposDetailsResponse) -> list[str]:
    return [repository.name for repository in response.body or []]


@dataclass
class Story:
    """acme shares `tools`, `web` and, until it ended, `old`; initech shares `web`, all of them with globex."""

    acme: Account
    initech: Account
    globex: Account
    group: str
    other: str


@pytest.fixture(scope="module")
def story(server: BerthServer) -> Story:
    acme, initech, globex = Account(server, "acme"), Account(server, "initech"), Account(server, "globex")
    group, other = acme.add_organization("tools"), initech.add_organization("lab")
    for name in ["old", "secret", "tools", "web"]:
        acme.swr.create_repository(group, name)
    expired_share(acme, group, "old", globex)
    for tag in ["v1", "v2"]:
        push(acme.admin, f"{group}/tools", tag, images.image(tag))
    initech.swr.create_repository(other, "web")
    for name in ["tools", "web"]:
        acme.swr.share(group, name, globex.name)
    initech.swr.share(other, "web", globex.name)
    return Story(acme, initech, globex, group, other)


def test_the_receiver_sees_what_it_was_given(story: Story) -> None:
    response = story.globex.swr.list_shared("thirdparty", order_column="name", order_type="asc")
    assert names(response) == ["old", "tools", "web", "web"]
    assert response.content_range == "0-4/4"
    tools = response.body[1]
    shown = story.acme.swr.show_repository(story.group, "tools")
    assert (tools.namespace, tools.domain_name, tools.total_range) == (story.group, story.acme.name, 4)
    assert (tools.size, tools.num_images, tools.path) == (shown.size, 2, shown.path)
    assert sorted(tools.tags) == ["v1", "v2"]


def test_every_user_of_the_receiver_sees_it(story: Story) -> None:
    bob = story.globex.add_user("bob")
    assert len(names(bob.swr.list_shared("thirdparty"))) == 4
    assert len(bob.swr.list_shared_v3("thirdparty").repos) == 4


def test_the_receiver_is_told_which_have_expired(story: Story) -> None:
    listed = story.globex.swr.list_shared("thirdparty").body
    assert {(one.namespace, one.name, one.status) for one in listed} == {
        (story.group, "old", False),
        (story.group, "tools", True),
        (story.group, "web", True),
        (story.other, "web", True),
    }
    v3 = story.globex.swr.list_shared_v3("thirdparty").repos
    assert {(one.namespace_name, one.name, one.status) for one in v3} == {
        (one.namespace, one.name, one.status) for one in listed
    }


def test_the_owner_sees_what_it_shares_once_and_without_status(story: Story) -> None:
    receiver = Account(story.acme.server, "another")
    story.acme.swr.share(story.group, "web", receiver.name)
    listed = story.acme.swr.list_shared("self", order_column="name", order_type="asc").body
    assert [(one.name, one.status) for one in listed] == [("old", False), ("tools", False), ("web", False)]
    assert {one.domain_name for one in listed} == {story.acme.name}
    assert sorted(one.name for one in story.acme.swr.list_shared_v3("self").repos) == ["old", "tools", "web"]
    story.acme.swr.unshare(story.group, "web", receiver.name)
    assert names(receiver.swr.list_shared("thirdparty")) == []


def test_who_shares_nothing_and_was_given_nothing_lists_nothing(story: Story) -> None:
    account = Account(story.acme.server, "stranger")
    for center in ["self", "thirdparty"]:
        response = account.swr.list_shared(center)
        assert (response.raw_content, response.content_range) == (b"[]", "0-0/0")
        assert account.swr.list_shared_v3(center).repos == []
    assert names(story.globex.swr.list_shared("self")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "we"}, ["web", "web"]),
        ({"name": "tools"}, ["tools"]),
        ({"name": "nothing"}, []),
        ({"namespace": "GROUP"}, ["old", "tools", "web"]),
        ({"namespace": "OTHER"}, ["web"]),
        ({"namespace": "OTHER", "name": "tools"}, []),
    ],
)
def test_shared_repositories_are_found(story: Story, query: dict[str, str], expected: list[str]) -> None:
    words = {"GROUP": story.group, "OTHER": story.other}
    query = {key: words.get(value, value) for key, value in query.items()}
    assert sorted(names(story.globex.swr.list_shared("thirdparty", **query))) == expected
    expression = "|".join(f"{key}::{value}" for key, value in {"center": "thirdparty", **query}.items())
    assert sorted(names(story.globex.swr.list_shared(None, filter=expression))) == expected
    assert sorted(one.name for one in story.globex.swr.list_shared_v3("thirdparty", **query).repos) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=true", ["tools", "web", "web"]),
        ("status=false", ["old"]),
        ("domain_name=OWNER", ["web"]),
        ("domain_name=nobody", []),
    ],
)
def test_shared_repositories_are_found_by_validity_and_owner(story: Story, query: str, expected: list[str]) -> None:
    query = query.replace("OWNER", story.initech.name)
    answer = send_signed(story.globex.admin, "GET", f"/v2/manage/shared-repositories?center=thirdparty&{query}")
    assert sorted(one["name"] for one in answer.json) == expected
    assert answer.headers["Content-Range"] == f"0-{len(expected)}/{len(expected)}"


def test_v3_finds_by_validity(story: Story) -> None:
    for status, expected in [(True, ["tools", "web", "web"]), (False, ["old"])]:
        page = story.globex.swr.list_shared_v3("thirdparty", status=status)
        assert sorted(one.name for one in page.repos) == expected


def test_pages_hold_every_record_once(story: Story) -> None:
    seen = []
    for offset, count in [(0, 3), (3, 1), (6, 0)]:
        page = story.globex.swr.list_shared("thirdparty", limit="3", offset=str(offset))
        assert page.content_range == f"{offset}-{count}/4"
        seen += [(one.namespace, one.name) for one in page.body or []]
    assert len(set(seen)) == 4


def test_v3_pages_follow_the_marker_and_zero_is_the_beginning(story: Story) -> None:
    first = story.globex.swr.list_shared_v3("thirdparty", limit=3)
    assert story.globex.swr.list_shared_v3("thirdparty", limit=3, marker=0).repos == first.repos
    second = story.globex.swr.list_shared_v3("thirdparty", limit=3, marker=first.next_marker)
    assert len({one.id for one in first.repos + second.repos}) == 4
    assert second.next_marker is None
    assert story.globex.swr.list_shared_v3("thirdparty", limit=4).next_marker is None


def test_records_are_ordered_as_asked(story: Story) -> None:
    def ordered(column: str, direction: str) -> list[str]:
        found = story.globex.swr.list_shared("thirdparty", order_column=column, order_type=direction).body
        return [f"{one.namespace}/{one.name}" for one in found]

    tools, lab = f"{story.group}/tools", f"{story.other}/web"
    assert ordered("tag_count", "desc")[0] == tools
    assert ordered("namespace", "asc")[0] == lab
    assert ordered("namespace", "desc")[-1] == lab
    assert ordered("domain_name", "desc")[0] == lab
    for column in ["updated_at", "updated_time"]:
        assert ordered(column, "asc") == ordered(column, "desc")[::-1]


def test_a_list_needs_a_side(story: Story) -> None:
    for query in ["", "?center=", "?center=both", "?center=SELF", "?name=web"]:
        answer = send_signed(story.globex.admin, "GET", f"/v2/manage/shared-repositories{query}")
        assert (answer.status, answer.code) == (400, "4001025"), query
    for query in ["", "?shared_by=", "?shared_by=both", "?center=self"]:
        answer = send_signed(story.globex.admin, "GET", f"/v3/manage/shared-repositories{query}")
        assert (answer.status, answer.code) == (400, "4001025"), query


def test_a_query_that_cannot_be_is_refused(story: Story) -> None:
    for page in [{"limit": "1001"}, {"limit": "-1"}, {"limit": "x"}, {"offset": "-1"}]:
        with refused(400, "4001025"):
            story.globex.swr.list_shared("thirdparty", **page)
    for expression in ["center", "center::self|colour::red", "center:self"]:
        with refused(400, "4001035"):
            story.globex.swr.list_shared(None, filter=expression)
    with refused(400, "4001096"):
        story.globex.swr.list_shared("thirdparty", order_column="size", order_type="asc")
    for query in ["limit=1001", "limit=x", "marker=-1", "marker=x", "status=perhaps"]:
        answer = send_signed(story.globex.admin, "GET", f"/v3/manage/shared-repositories?shared_by=self&{query}")
        assert (answer.status, answer.code) == (400, "4001025"), query


def test_a_revoked_share_is_listed_to_nobody(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name)
    assert names(globex.swr.list_shared("thirdparty")) == [web]
    acme.swr.unshare(group, web, globex.name)
    assert names(globex.swr.list_shared("thirdparty")) == []
    assert names(acme.swr.list_shared("self")) == []
