"""Tags: sections 7.1 to 7.5 of the contract."""

import json
from collections.abc import Callable

import pytest
from huaweicloudsdkswr.v2 import ListRepositoryTagsResponse

from support import images
from support.berth_server import BerthServer
from support.people import Account, User
from support.plain_http import send_signed
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.registry import can_pull, pull, push


def names(response: ListRepositoryTagsResponse) -> list[str]:
    return [tag.tag for tag in response.body or []]


def all_tags(account: Account, organization: str, repository: str) -> dict[str, str]:
    """The digest of each tag."""
    return {tag.tag: tag.digest for tag in account.swr.list_tags(organization, repository).body or []}


@pytest.fixture
def five(acme: Account, group: str, web: str) -> list[str]:
    """Five tags, in the order of their pushes."""
    pushed = ["v1", "v2", "v3", "beta", "v10"]
    for tag in pushed:
        push(acme.admin, f"{group}/{web}", tag, images.image(tag))
    return pushed


def test_a_record_describes_the_image(acme: Account, group: str, web: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("described"))
    repository = acme.swr.show_repository(group, web)
    (record,) = acme.swr.list_tags(group, web).body
    assert (record.tag, record.digest, record.image_id) == ("v1", image.digest, image.config_hex)
    assert record.manifest == image.content.decode()
    assert (record.schema, record.tag_type, record.repo_id) == (2, 0, repository.id)
    assert record.path == record.internal_path == f"{repository.path}:v1"
    assert sum(map(len, image.blobs[1:])) <= record.size <= image.blob_bytes
    assert (record.is_trusted, record.scanned, record.deleted) == (False, False, None)
    assert record.domain_id == acme.id


def test_the_three_ways_to_look_at_a_tag_agree(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("agreed"))
    (listed,) = acme.swr.list_tags(group, web).body
    (v3,) = acme.swr.list_tags_v3(group, web, with_manifest=True).tags
    shown = acme.swr.show_tag(group, web, "v1")
    keys = shown.attribute_map.keys() - {"deleted", "scanned"}
    for key in keys:
        assert getattr(listed, key) == getattr(v3, key) == getattr(shown, key), key


def test_v3_gives_manifests_only_when_asked(acme: Account, group: str, web: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("manifest"))
    for query in [{}, {"with_manifest": False}]:
        assert acme.swr.list_tags_v3(group, web, **query).tags[0].manifest == ""
    (tag,) = acme.swr.list_tags_v3(group, web, with_manifest=True).tags
    assert json.loads(tag.manifest) == image.fields


def test_an_index_and_a_signature_are_told_from_images(acme: Account, group: str, web: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "image", images.image("typed"))
    index = push(acme.admin, f"{group}/{web}", "index", images.index(images.image("a"), images.image("b", "arm64")))
    push(acme.admin, f"{group}/{web}", images.signature_tag(image), images.signature(image))
    shown = {tag.tag: tag for tag in acme.swr.list_tags(group, web).body}
    assert [shown[tag].tag_type for tag in ["image", "index", images.signature_tag(image)]] == [0, 1, 2]
    assert shown["index"].digest == index.digest
    assert shown["index"].image_id == ""
    layers = sum(len(child.blobs[1]) for child in index.children)
    assert layers <= shown["index"].size <= index.blob_bytes


def test_pushing_a_tag_again_moves_it(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "latest", images.image("first"))
    before = acme.swr.show_tag(group, web, "latest")
    image = push(acme.admin, f"{group}/{web}", "latest", images.image("second"))
    after = acme.swr.show_tag(group, web, "latest")
    assert after.digest == image.digest
    assert after.updated > before.updated


def test_a_repository_without_tags_lists_none(acme: Account, group: str, web: str) -> None:
    response = acme.swr.list_tags(group, web)
    assert (response.raw_content, response.content_range) == (b"[]", "0-0/0")
    page = acme.swr.list_tags_v3(group, web)
    assert (page.tags, page.has_more, page.next_marker) == ([], False, None)


def test_pages_hold_every_tag_once(acme: Account, group: str, web: str, five: list[str]) -> None:
    seen = []
    for offset, count in [(0, 2), (2, 2), (4, 1), (6, 0)]:
        page = acme.swr.list_tags(group, web, limit="2", offset=str(offset))
        assert page.content_range == f"{offset}-{count}/5"
        seen += names(page)
    assert sorted(seen) == sorted(five)
    page = acme.swr.list_tags(group, web, filter="limit::2|offset::1|order_column::tag|order_type::asc")
    assert names(page) == sorted(five)[1:3]
    assert page.content_range == "1-2/5"


def test_tags_are_found_and_ordered(acme: Account, group: str, web: str, five: list[str]) -> None:
    assert set(names(acme.swr.list_tags(group, web, tag="v1"))) == {"v1", "v10"}
    assert names(acme.swr.list_tags(group, web, filter="tag::eta")) == ["beta"]
    assert names(acme.swr.list_tags(group, web, filter="tag::eta", tag="v1")) == ["beta"], "filter wins"
    assert names(acme.swr.list_tags(group, web, tag="nothing")) == []
    assert names(acme.swr.list_tags(group, web, order_column="tag", order_type="desc")) == sorted(five)[::-1]
    for column in ["updated_at", "updated_time"]:
        assert names(acme.swr.list_tags(group, web, order_column=column, order_type="asc")) == five
        assert names(acme.swr.list_tags(group, web, order_column=column, order_type="desc")) == five[::-1]


def test_v3_pages_follow_the_marker(acme: Account, group: str, web: str, five: list[str]) -> None:
    seen, marker, pages = [], None, 0
    while marker is not None or pages == 0:
        query = {"limit": 2} if marker is None else {"limit": 2, "marker": marker}
        page = acme.swr.list_tags_v3(group, web, order_column="tag", order_type="asc", **query)
        seen += [tag.tag for tag in page.tags]
        marker, pages = page.next_marker, pages + 1
        assert page.has_more == (marker is not None)
        assert json.loads(page.raw_content).get("next_marker") == marker, "both spellings of the marker"
    assert seen == sorted(five)
    assert pages == 3
    assert {tag.tag for tag in acme.swr.list_tags_v3(group, web, tag="v1").tags} == {"v1", "v10"}


def test_lists_refuse_what_they_cannot_read(acme: Account, group: str, web: str) -> None:
    for page in [{"limit": "1001"}, {"limit": "-1"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "x"}]:
        with refused(400, "4001025"):
            acme.swr.list_tags(group, web, **page)
    for expression in ["name::v1", "tag", "tag:v1"]:
        with refused(400, "4001035"):
            acme.swr.list_tags(group, web, filter=expression)
    with refused(400, "4001096"):
        acme.swr.list_tags(group, web, order_column="size", order_type="asc")
    for query in ["limit=1001", "limit=-1", "limit=x", "marker=%00", "marker=nonsense", "with_manifest=maybe"]:
        answer = send_signed(acme.admin, "GET", f"/v3/manage/namespaces/{group}/repos/{web}/tags?{query}")
        assert (answer.status, answer.code) == (400, "4001025"), query


def test_a_copied_tag_names_the_same_image(acme: Account, group: str, web: str, five: list[str]) -> None:
    acme.swr.copy_tag(group, web, "v1", "stable")
    tags = all_tags(acme, group, web)
    assert tags["stable"] == tags["v1"]
    assert pull(acme.admin, f"{group}/{web}", "stable").headers["Docker-Content-Digest"] == tags["v1"]


def test_a_copy_replaces_a_tag_only_when_told_to(acme: Account, group: str, web: str, five: list[str]) -> None:
    with unchanged(lambda: all_tags(acme, group, web)):
        for override in [None, False]:
            with refused(409, "4090006"):
                acme.swr.copy_tag(group, web, "v1", "v2", override)
    acme.swr.copy_tag(group, web, "v1", "v2", override=True)
    tags = all_tags(acme, group, web)
    assert tags["v2"] == tags["v1"]


def test_a_copy_needs_a_source_and_two_names(acme: Account, group: str, web: str, five: list[str]) -> None:
    with unchanged(lambda: all_tags(acme, group, web)):
        with refused(404, "4040048"):
            acme.swr.copy_tag(group, web, "missing", "stable")
        for name in ["-a", "a b", "a/b", "é", "a" * 129]:
            with refused(400, None):
                acme.swr.copy_tag(group, web, "v1", name)
        bodies: list[object] = [{"source_tag": "v1"}, {"destination_tag": "v"}, [], b"{", b""]
        bodies.append({"source_tag": "v1", "destination_tag": "v", "override": "yes"})
        bodies.append({"source_tag": 1, "destination_tag": "v"})
        for body in bodies:
            answer = send_signed(acme.admin, "POST", f"/v2/manage/namespaces/{group}/repos/{web}/tags", body)
            assert answer.status == 400, body
            assert answer.code in {"4001014", "4001018", "4000014"}, body


def test_the_operator_sets_how_many_tags_there_are(start_server: Callable[..., BerthServer]) -> None:
    account = Account(start_server("--quota-tags", "1"))
    group = account.add_organization()
    push(account.admin, f"{group}/web", "v1", images.image("only"))
    with refused(400, "4000099"):
        account.swr.copy_tag(group, "web", "v1", "v2")
    assert list(all_tags(account, group, "web")) == ["v1"]


def test_deleting_a_tag_leaves_other_tags_of_the_image(acme: Account, group: str, web: str) -> None:
    for tag in ["v1", "latest"]:
        push(acme.admin, f"{group}/{web}", tag, images.image("twice"))
    acme.swr.delete_tag(group, web, "v1")
    assert list(all_tags(acme, group, web)) == ["latest"]
    assert can_pull(acme.admin, f"{group}/{web}", "latest")
    assert not can_pull(acme.admin, f"{group}/{web}", "v1")
    with refused(404, "4040048"):
        acme.swr.delete_tag(group, web, "v1")
    with refused(404, "4040048"):
        acme.swr.show_tag(group, web, "v1")


def test_a_tag_of_a_shared_repository_is_deleted_all_the_same(
    acme: Account, globex: Account, group: str, web: str, five: list[str]
) -> None:
    acme.swr.share(group, web, globex.name)
    acme.swr.delete_tag(group, web, "v1")
    assert not can_pull(globex.admin, f"{group}/{web}", "v1")
    assert can_pull(globex.admin, f"{group}/{web}", "v2")


def test_copying_needs_write_and_deleting_needs_manage(acme: Account, group: str, web: str, five: list[str]) -> None:
    reader, writer = acme.add_member(group, "read"), acme.add_member(group, "write")
    with unchanged(lambda: all_tags(acme, group, web)):
        with forbidden():
            reader.swr.copy_tag(group, web, "v1", "stable")
        for user in [reader, writer]:
            with forbidden():
                user.swr.delete_tag(group, web, "v1")
    writer.swr.copy_tag(group, web, "v1", "stable")
    assert sorted(names(reader.swr.list_tags(group, web))) == sorted([*five, "stable"])
    acme.add_member(f"{group}/{web}", "manage").swr.delete_tag(group, web, "stable")


def test_a_receiver_sees_the_tags_and_changes_none(
    acme: Account, globex: Account, group: str, web: str, five: list[str]
) -> None:
    acme.swr.share(group, web, globex.name)
    bob = globex.add_user("bob")
    assert sorted(names(bob.swr.list_tags(group, web))) == sorted(five)
    assert bob.swr.show_tag(group, web, "v1").path.endswith(f"/{group}/{web}:v1")
    assert len(bob.swr.list_tags_v3(group, web).tags) == 5
    with unchanged(lambda: all_tags(acme, group, web)):
        with forbidden():
            globex.swr.copy_tag(group, web, "v1", "stable")
        with forbidden():
            globex.swr.delete_tag(group, web, "v1")


def tag_calls(user: User, organization: str, repository: str) -> list[Callable[[], object]]:
    """Every operation on tags, ready to be called."""
    swr = user.swr
    return [
        lambda: swr.list_tags(organization, repository),
        lambda: swr.list_tags_v3(organization, repository),
        lambda: swr.show_tag(organization, repository, "v1"),
        lambda: swr.copy_tag(organization, repository, "v1", "v9"),
        lambda: swr.delete_tag(organization, repository, "v1"),
    ]


def test_tags_of_what_is_not_there_or_not_ones_own(
    acme: Account, globex: Account, group: str, web: str, five: list[str]
) -> None:
    cases = [
        (acme.admin, group, "missing", no_repository),
        (acme.admin, "missing", web, no_organization),
        (globex.admin, group, web, no_organization),
        (globex.admin, group, "missing", no_organization),
        (acme.add_user("nobody"), group, web, forbidden),
    ]
    with unchanged(lambda: all_tags(acme, group, web)):
        for user, organization, repository, refusal in cases:
            for call in tag_calls(user, organization, repository):
                with refusal():
                    call()


def test_a_tag_that_cannot_be_one_is_refused_in_the_path(acme: Account, group: str, web: str) -> None:
    for name in ["a b", "é", "-a", "a" * 129]:
        with refused(400, "4009021"):
            acme.swr.show_tag(group, web, name)
        with refused(400, "4009021"):
            acme.swr.delete_tag(group, web, name)
