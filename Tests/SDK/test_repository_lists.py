"""Lists of one's repositories: sections 5.5 and 5.6 of the contract, and 1.6 and 1.7 of paging."""

import pytest
from huaweicloudsdkswr.v2 import ListReposDetailsResponse

from support import images
from support.berth_server import unique
from support.people import Account
from support.plain_http import send_signed
from support.refusals import refused
from support.registry import push


def names(response: ListReposDetailsResponse) -> list[str]:
    return [repository.name for repository in response.body or []]


@pytest.fixture
def five(acme: Account, group: str) -> list[str]:
    """Five repositories, named in the order of their creation."""
    created = ["alpha", "beta", "gamma", "delta", "team/alpha"]
    for name in created:
        acme.swr.create_repository(group, name, category="linux" if "alpha" in name else None)
    return created


def test_a_record_tells_what_the_detail_tells(acme: Account, group: str, web: str) -> None:
    for tag in ["v1", "v2"]:
        push(acme.admin, f"{group}/{web}", tag, images.image(tag))
    acme.swr.update_repository(group, web, category="lang", description="words")
    shown = acme.swr.show_repository(group, web)
    (record,) = acme.swr.list_repositories().body
    assert (record.name, record.namespace, record.domain_name) == (web, group, acme.name)
    assert (record.category, record.description, record.is_public) == ("lang", "words", False)
    assert (record.size, record.num_images, record.num_download) == (shown.size, 2, shown.num_download)
    assert (record.path, record.internal_path) == (shown.path, shown.internal_path)
    assert (record.created_at, record.updated_at) == (shown.created, shown.updated)
    assert (record.logo, record.url, record.status, record.total_range) == ("", "", False, 1)
    assert sorted(record.tags) == ["v1", "v2"]


def test_the_v3_record_tells_the_same_with_its_own_keys(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("v3"))
    shown = acme.swr.show_repository(group, web)
    (record,) = acme.swr.list_repositories_v3().repos
    assert (record.id, record.name, record.namespace_name) == (shown.id, web, group)
    assert (record.domain_name, record.size, record.num_images) == (acme.name, shown.size, 1)
    assert (record.created_at, record.updated_at) == (shown.created, shown.updated)


def test_an_account_without_repositories_lists_none(visitor: Account) -> None:
    response = visitor.swr.list_repositories()
    assert response.raw_content == b"[]"
    assert response.content_range == "0-0/0"
    assert visitor.swr.list_repositories_v3().repos == []


def test_the_lists_hold_ones_own_repositories_only(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.create_repository(group, "open", is_public=True)
    acme.swr.share(group, web, globex.name)
    assert names(globex.swr.list_repositories()) == []
    assert globex.swr.list_repositories_v3().repos == []
    assert names(globex.swr.list_repositories(namespace=group)) == []


def test_a_user_lists_what_it_has_a_permission_on(acme: Account, group: str, five: list[str]) -> None:
    nobody, one, all_of_them = (
        acme.add_user("nobody"),
        acme.add_member(f"{group}/beta", "read"),
        acme.add_member(group, "read"),
    )
    for user, expected in [(nobody, []), (one, ["beta"]), (all_of_them, sorted(five))]:
        assert sorted(names(user.swr.list_repositories())) == expected
        assert sorted(found.name for found in user.swr.list_repositories_v3().repos) == expected


def test_the_newest_change_comes_first(acme: Account, group: str, five: list[str]) -> None:
    assert names(acme.swr.list_repositories()) == five[::-1]
    acme.swr.update_repository(group, "beta", description="touched")
    assert names(acme.swr.list_repositories())[0] == "beta"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "alpha"}, {"alpha", "team/alpha"}),
        ({"name": "lph"}, {"alpha", "team/alpha"}),
        ({"name": "team$alpha"}, {"team/alpha"}),
        ({"name": "team/alpha"}, {"team/alpha"}),
        ({"name": "%"}, set()),
        ({"name": "_"}, set()),
        ({"category": "linux"}, {"alpha", "team/alpha"}),
        ({"category": "windows"}, set()),
        ({"filter": "name::alpha|category::linux"}, {"alpha", "team/alpha"}),
        ({"filter": "name::beta", "name": "alpha"}, {"beta"}),
        ({"filter": "is_public::true"}, set()),
        ({"filter": "is_public::false|name::gamma"}, {"gamma"}),
    ],
)
def test_repositories_are_found_by_what_they_are(
    acme: Account, group: str, five: list[str], query: dict[str, str], expected: set[str]
) -> None:
    response = acme.swr.list_repositories(**query)
    assert set(names(response)) == expected
    assert response.content_range == f"0-{len(expected)}/{len(expected)}"


def test_repositories_are_found_by_their_organization(acme: Account, group: str, five: list[str]) -> None:
    other = acme.add_organization("elsewhere")
    acme.swr.create_repository(other, "alpha")
    assert names(acme.swr.list_repositories(namespace=other)) == ["alpha"]
    assert len(names(acme.swr.list_repositories(namespace=group))) == 5
    assert names(acme.swr.list_repositories(filter=f"namespace::{other}")) == ["alpha"]
    assert names(acme.swr.list_repositories(namespace=unique("missing"))) == []
    assert [one.namespace_name for one in acme.swr.list_repositories_v3(namespace=other).repos] == [other]


def test_repositories_are_found_by_their_visibility(acme: Account, group: str, five: list[str]) -> None:
    acme.swr.update_repository(group, "beta", is_public=True)
    listed = send_signed(acme.admin, "GET", "/v2/manage/repos?is_public=true").json
    assert [repository["name"] for repository in listed] == ["beta"]
    assert [one.name for one in acme.swr.list_repositories_v3(is_public=True).repos] == ["beta"]
    assert len(acme.swr.list_repositories_v3(is_public=False).repos) == 4


def test_pages_hold_every_record_once(acme: Account, five: list[str]) -> None:
    seen = []
    for offset, count in [(0, 2), (2, 2), (4, 1), (6, 0)]:
        page = acme.swr.list_repositories(limit="2", offset=str(offset))
        assert page.content_range == f"{offset}-{count}/5"
        assert all(record.total_range == 5 for record in page.body or [])
        seen += names(page)
    assert seen == five[::-1]
    page = acme.swr.list_repositories(filter="limit::2|offset::2|order_column::name|order_type::asc")
    assert names(page) == sorted(five)[2:4]
    assert page.content_range == "2-2/5"


def test_a_limit_alone_begins_at_the_beginning_and_an_offset_alone_goes_to_the_end(
    acme: Account, five: list[str]
) -> None:
    assert names(acme.swr.list_repositories(limit="2")) == five[:2:-1]
    assert names(acme.swr.list_repositories(offset="3")) == five[1::-1]


def test_without_a_limit_every_record_is_listed(acme: Account, group: str) -> None:
    for number in range(101):
        acme.swr.create_repository(group, f"r{number}")
    response = acme.swr.list_repositories()
    assert len(response.body) == 101
    assert response.content_range == "0-101/101"
    page = acme.swr.list_repositories_v3()
    assert len(page.repos) == 100
    rest = acme.swr.list_repositories_v3(marker=page.next_marker)
    assert len(rest.repos) == 1
    assert rest.next_marker is None
    assert len({one.id for one in page.repos + rest.repos}) == 101


def test_records_are_ordered_as_asked(acme: Account, group: str, five: list[str]) -> None:
    for tag in ["v1", "v2"]:
        push(acme.admin, f"{group}/gamma", tag, images.image(tag))
    push(acme.admin, f"{group}/alpha", "v1", images.image("alpha"))
    acme.swr.update_repository(group, "delta", is_public=True)

    def ordered(column: str, direction: str) -> list[str]:
        return names(acme.swr.list_repositories(order_column=column, order_type=direction))

    assert ordered("name", "asc") == sorted(five)
    assert ordered("name", "desc") == sorted(five, reverse=True)
    for column in ["updated_at", "updated_time"]:
        assert ordered(column, "asc")[-3:] == ["gamma", "alpha", "delta"]
        assert ordered(column, "desc")[:3] == ["delta", "alpha", "gamma"]
    assert ordered("tag_count", "desc")[:2] == ["gamma", "alpha"]
    assert ordered("is_public", "desc")[0] == "delta"
    assert len(ordered("namespace", "asc")) == 5


def test_an_unknown_order_is_refused(visitor: Account) -> None:
    for column in ["size", "NAME", "name; drop table repositories"]:
        with refused(400, "4001096"):
            visitor.swr.list_repositories(order_column=column, order_type="asc")
    with refused(400, "4001096"):
        visitor.swr.list_repositories(filter="order_column::size|order_type::asc")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "1001", "offset": "0"},
        {"limit": "-1", "offset": "0"},
        {"limit": "ten", "offset": "0"},
        {"limit": "1e2", "offset": "0"},
        {"limit": "9" * 30, "offset": "0"},
        {"limit": "10", "offset": "-1"},
        {"limit": "10", "offset": "x"},
    ],
)
def test_a_page_that_cannot_be_is_refused(visitor: Account, query: dict[str, str]) -> None:
    with refused(400, "4001025"):
        visitor.swr.list_repositories(**query)


@pytest.mark.parametrize(
    "expression", ["colour::red", "name", "name:web", "name::a|", "::", "name::a||category::linux"]
)
def test_a_filter_that_cannot_be_read_is_refused(visitor: Account, expression: str) -> None:
    with refused(400, "4001035"):
        visitor.swr.list_repositories(filter=expression)


def test_v3_pages_follow_the_marker(acme: Account, five: list[str]) -> None:
    seen, marker, pages = [], None, 0
    while marker is not None or pages == 0:
        query = {"limit": 2} if marker is None else {"limit": 2, "marker": marker}
        page = acme.swr.list_repositories_v3(**query)
        seen += [record.name for record in page.repos]
        marker, pages = page.next_marker, pages + 1
    assert sorted(seen) == sorted(five)
    assert pages == 3
    exact = acme.swr.list_repositories_v3(limit=5)
    assert (len(exact.repos), exact.next_marker) == (5, None)


def test_v3_filters_as_v2_does(acme: Account, five: list[str]) -> None:
    assert {one.name for one in acme.swr.list_repositories_v3(name="alpha").repos} == {"alpha", "team/alpha"}
    assert {one.name for one in acme.swr.list_repositories_v3(category="linux").repos} == {"alpha", "team/alpha"}
    page = acme.swr.list_repositories_v3(name="alpha", limit=1)
    rest = acme.swr.list_repositories_v3(name="alpha", limit=1, marker=page.next_marker)
    assert {page.repos[0].name, rest.repos[0].name} == {"alpha", "team/alpha"}
    assert rest.next_marker is None


@pytest.mark.parametrize("query", ["limit=1001", "limit=-1", "limit=x", "marker=x", "marker=-1", "is_public=maybe"])
def test_a_v3_query_that_cannot_be_is_refused(visitor: Account, query: str) -> None:
    answer = send_signed(visitor.admin, "GET", f"/v3/manage/repos?{query}")
    assert (answer.status, answer.code) == (400, "4001025")
