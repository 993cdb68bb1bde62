"""Repositories, one at a time: sections 5.1 to 5.4 of the contract."""

from collections.abc import Callable

import pytest

from support import images
from support.berth_server import BerthServer, unique
from support.people import Account
from support.plain_http import send_signed
from support.polling import wait_until
from support.refusals import forbidden, no_organization, no_repository, refused, unchanged
from support.registry import can_pull, can_push, pull, push


def names(account: Account, organization: str) -> set[str]:
    return {repository.name for repository in account.swr.list_repositories(namespace=organization).body or []}


def test_a_new_repository_is_private_and_empty(acme: Account, group: str) -> None:
    acme.swr.create_repository(group, "web")
    shown = acme.swr.show_repository(group, "web")
    assert (shown.name, shown.category, shown.description) == ("web", "other", "")
    assert (shown.is_public, shown.size, shown.num_images, shown.num_download) == (False, 0, 0, 0)
    assert shown.ns_id == acme.swr.show_organization(group).id
    assert (shown.creator_id, shown.creator_name) == (acme.admin.id, acme.admin.name)
    assert shown.domain_id == acme.id
    assert shown.path == shown.internal_path == f"{acme.server.authority}/{group}/web"
    assert shown.url == ""


def test_a_repository_is_created_as_described(acme: Account, group: str) -> None:
    text = "ein Überblick, 概要\nand a second line"
    acme.swr.create_repository(group, "db", is_public=True, category="database", description=text)
    shown = acme.swr.show_repository(group, "db")
    assert (shown.is_public, shown.category, shown.description) == (True, "database", text)


@pytest.mark.parametrize(
    "category", ["app_server", "linux", "framework_app", "database", "lang", "other", "windows", "arm"]
)
def test_every_documented_category_is_taken(acme: Account, group: str, category: str) -> None:
    acme.swr.create_repository(group, "web", category=category)
    assert acme.swr.show_repository(group, "web").category == category


@pytest.mark.parametrize("name", ["a", "0a", "a-b", "a--b", "a_b", "a__b", "a.b", "a/b/c", "b" * 128])
def test_every_documented_form_of_a_name_is_taken(acme: Account, group: str, name: str) -> None:
    acme.swr.create_repository(group, name)
    assert names(acme, group) == {name}


@pytest.mark.parametrize(
    "name",
    ["A", "-a", "a-", ".a", "a/", "/a", "a//b", "a..b", "a___b", "a.-b", "a_-b", "a/.b", "a b", "a:b", "é", "b" * 129],
)
def test_a_name_of_another_form_is_refused(acme: Account, group: str, name: str) -> None:
    with refused(400, "4001029"):
        acme.swr.create_repository(group, name)
    assert names(acme, group) == set()


def test_a_dollar_sign_stands_for_a_slash_in_names_and_paths(acme: Account, group: str) -> None:
    acme.swr.create_repository(group, "team$web")
    for written in ["team$web", "team/web"]:
        assert acme.swr.show_repository(group, written).name == "team/web"
    with refused(409, "4090006"):
        acme.swr.create_repository(group, "team/web")
    assert send_signed(acme.admin, "GET", f"/v2/manage/namespaces/{group}/repos/team$web").status == 200
    acme.swr.update_repository(group, "team$web", description="both")
    assert acme.swr.show_repository(group, "team/web").description == "both"
    acme.swr.delete_repository(group, "team/web")
    assert names(acme, group) == set()


def test_a_category_that_there_is_not_is_refused(acme: Account, group: str, web: str) -> None:
    with refused(400, "4000014"):
        acme.swr.create_repository(group, "other", category="kittens")
    assert names(acme, group) == {web}
    with refused(400, "4000014"):
        acme.swr.update_repository(group, web, category="kittens")
    assert acme.swr.show_repository(group, web).category == "other"


def test_a_description_has_30000_characters_at_most(acme: Account, group: str) -> None:
    acme.swr.create_repository(group, "long", description="d" * 30000)
    assert len(acme.swr.show_repository(group, "long").description) == 30000
    with refused(413, "4131012"):
        acme.swr.create_repository(group, "longer", description="d" * 30001)
    with refused(413, "4131012"):
        acme.swr.update_repository(group, "long", description="e" * 30001)
    assert acme.swr.show_repository(group, "long").description == "d" * 30000
    assert names(acme, group) == {"long"}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b"", {"4001014", "4001018", "4000014"}),
        (b"[]", {"4001018", "4000014"}),
        (b'{"repository": "web"}', {"4001014", "4001009", "4000014"}),
        (b'{"is_public": false}', {"4001014", "4000014"}),
        (b'{"repository": "web", "is_public": "false"}', {"4001009"}),
        (b'{"repository": "web", "is_public": 0}', {"4001009"}),
        (b'{"repository": 7, "is_public": false}', {"4001018", "4000014"}),
        (b'{"repository": "web", "is_public": false, "description": {}}', {"4001018", "4000014"}),
        (b'{"repository": "web", "is_public": false, "category": 1}', {"4001018", "4000014"}),
    ],
)
def test_a_body_that_is_not_as_documented_creates_nothing(
    acme: Account, group: str, body: bytes, codes: set[str]
) -> None:
    answer = send_signed(acme.admin, "POST", f"/v2/manage/namespaces/{group}/repos", body)
    assert answer.status == 400
    assert answer.code in codes
    assert names(acme, group) == set()


def test_a_repository_is_created_once(acme: Account, group: str, web: str) -> None:
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()), refused(409, "4090006"):
        acme.swr.create_repository(group, web, is_public=True, description="another")


def test_a_repository_needs_an_organization_of_ones_own(acme: Account, globex: Account, group: str) -> None:
    with no_organization():
        acme.swr.create_repository(unique("missing"), "web")
    with no_organization():
        globex.swr.create_repository(group, "web")
    assert names(acme, group) == set()


def test_creating_a_repository_needs_write(acme: Account, group: str) -> None:
    for user in [acme.add_user("nobody"), acme.add_member(group, "read")]:
        with forbidden():
            user.swr.create_repository(group, "web")
    assert names(acme, group) == set()
    writer = acme.add_member(group, "write")
    writer.swr.create_repository(group, "web")
    assert acme.swr.show_repository(group, "web").creator_name == writer.name


def test_the_operator_sets_how_many_repositories_an_account_has(start_server: Callable[..., BerthServer]) -> None:
    server = start_server("--quota-repositories", "1")
    account = Account(server)
    group = account.add_organization()
    account.swr.create_repository(group, "first")
    with refused(400, "4000098"):
        account.swr.create_repository(group, "second")
    assert names(account, group) == {"first"}
    account.swr.delete_repository(group, "first")
    account.swr.create_repository(group, "second")


def test_a_push_creates_a_private_repository(acme: Account, group: str) -> None:
    image = push(acme.admin, f"{group}/pushed", "v1", images.image("pushed"))
    shown = acme.swr.show_repository(group, "pushed")
    assert (shown.is_public, shown.category, shown.num_images) == (False, "other", 1)
    assert sum(map(len, image.blobs[1:])) <= shown.size <= image.blob_bytes + len(image.content)


def test_a_repository_tells_its_tags_and_downloads(acme: Account, group: str, web: str) -> None:
    repository = f"{group}/{web}"
    push(acme.admin, repository, "v1", images.image("one"))
    size = acme.swr.show_repository(group, web).size
    push(acme.admin, repository, "v2", images.image("another, a little longer"))
    shown = acme.swr.show_repository(group, web)
    assert shown.num_images == 2
    assert shown.size > size
    assert pull(acme.admin, repository, "v1").status_code == 200
    wait_until(lambda: acme.swr.show_repository(group, web).num_download == 1, "the download is counted")


def test_an_update_changes_what_it_names_and_nothing_else(acme: Account, group: str, web: str) -> None:
    before = acme.swr.show_repository(group, web)
    acme.swr.update_repository(group, web, category="linux", description="words")
    acme.swr.update_repository(group, web, is_public=True)
    shown = acme.swr.show_repository(group, web)
    assert (shown.is_public, shown.category, shown.description) == (True, "linux", "words")
    acme.swr.update_repository(group, web, description="")
    shown = acme.swr.show_repository(group, web)
    assert (shown.is_public, shown.category, shown.description) == (False, "linux", "")
    assert (shown.id, shown.created, shown.creator_id) == (before.id, before.created, before.creator_id)
    assert shown.updated > before.updated


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"description": "x"}', b'{"is_public": "true"}', b'{"is_public": null}']
)
def test_an_update_without_visibility_is_refused(acme: Account, group: str, web: str, body: bytes) -> None:
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()):
        answer = send_signed(acme.admin, "PATCH", f"/v2/manage/namespaces/{group}/repos/{web}", body)
    assert answer.status == 400
    assert answer.code in {"4001009", "4001014", "4001018", "4000014"}


def test_words_need_write_and_visibility_needs_manage(acme: Account, group: str, web: str) -> None:
    reader, writer = acme.add_member(group, "read"), acme.add_member(group, "write")
    manager = acme.add_member(f"{group}/{web}", "manage")
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()):
        with forbidden():
            reader.swr.update_repository(group, web, description="by a reader")
        with forbidden():
            writer.swr.update_repository(group, web, is_public=True, description="by a writer")
    writer.swr.update_repository(group, web, category="arm", description="by a writer")
    assert acme.swr.show_repository(group, web).description == "by a writer"
    manager.swr.update_repository(group, web, is_public=True)
    assert acme.swr.show_repository(group, web).is_public


def test_everybody_sees_a_public_repository_and_only_its_owner_changes_it(
    acme: Account, globex: Account, group: str, web: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("public"))
    acme.swr.update_repository(group, web, is_public=True)
    assert globex.swr.show_repository(group, web).is_public
    assert can_pull(globex.admin, f"{group}/{web}", "v1")
    assert not can_push(globex.admin, f"{group}/{web}")
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()):
        with forbidden():
            globex.swr.update_repository(group, web, description="mine")
        with forbidden():
            globex.swr.delete_repository(group, web)


def test_a_private_repository_is_not_there_for_others(acme: Account, globex: Account, group: str, web: str) -> None:
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()):
        for name in [web, "missing"]:
            with no_organization():
                globex.swr.show_repository(group, name)
            with no_organization():
                globex.swr.update_repository(group, name, is_public=True)
            with no_organization():
                globex.swr.delete_repository(group, name)


def test_a_receiver_sees_the_shared_repository_and_no_other(
    acme: Account, globex: Account, group: str, web: str
) -> None:
    acme.swr.create_repository(group, "secret")
    acme.swr.share(group, web, globex.name)
    assert globex.swr.show_repository(group, web).name == web
    for name in ["secret", "missing"]:
        with no_organization():
            globex.swr.show_repository(group, name)
    with unchanged(lambda: acme.swr.show_repository(group, web).to_dict()):
        with forbidden():
            globex.swr.update_repository(group, web, description="mine")
        with forbidden():
            globex.swr.delete_repository(group, web)
    acme.swr.unshare(group, web, globex.name)
    with no_organization():
        globex.swr.show_repository(group, web)


def test_users_see_repositories_by_their_permissions(acme: Account, group: str, web: str) -> None:
    acme.swr.create_repository(group, "secret")
    reader = acme.add_member(f"{group}/{web}", "read")
    assert reader.swr.show_repository(group, web).name == web
    for name in ["secret", "missing"]:
        with forbidden():
            reader.swr.show_repository(group, name)


def test_a_shared_repository_is_not_made_public(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name)
    with (
        unchanged(lambda: acme.swr.show_repository(group, web).to_dict()),
        refused(409, None, saying=globex.name),
    ):
        acme.swr.update_repository(group, web, is_public=True, description="for all")
    acme.swr.update_repository(group, web, description="still private")
    acme.swr.unshare(group, web, globex.name)
    acme.swr.update_repository(group, web, is_public=True)


def test_an_empty_repository_is_deleted(acme: Account, group: str, web: str) -> None:
    acme.swr.delete_repository(group, web)
    with no_repository():
        acme.swr.show_repository(group, web)
    with no_repository():
        acme.swr.delete_repository(group, web)
    with no_repository():
        acme.swr.update_repository(group, web)
    assert names(acme, group) == set()


def test_a_repository_with_tags_is_not_deleted(acme: Account, group: str, web: str) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("kept"))
    with refused(406, "4060012"):
        acme.swr.delete_repository(group, web)
    assert can_pull(acme.admin, f"{group}/{web}", "v1")
    acme.swr.delete_tag(group, web, "v1")
    acme.swr.delete_repository(group, web)
    assert names(acme, group) == set()


@pytest.mark.parametrize("permission", ["read", "write"])
def test_deleting_a_repository_needs_manage(acme: Account, group: str, web: str, permission: str) -> None:
    with forbidden():
        acme.add_member(group, permission).swr.delete_repository(group, web)
    assert names(acme, group) == {web}
    acme.add_member(f"{group}/{web}", "manage").swr.delete_repository(group, web)
    assert names(acme, group) == set()


def test_a_shared_repository_is_not_deleted(acme: Account, globex: Account, group: str, web: str) -> None:
    acme.swr.share(group, web, globex.name)
    with refused(409, "4090023", saying=globex.name):
        acme.swr.delete_repository(group, web)
    assert globex.swr.show_repository(group, web).name == web
    acme.swr.unshare(group, web, globex.name)
    acme.swr.delete_repository(group, web)


def test_names_that_cannot_be_are_refused_in_the_path(acme: Account, group: str) -> None:
    for name in ["BAD", "a..b", "b" * 129]:
        with refused(400, "4001029"):
            acme.swr.show_repository(group, name)
        with refused(400, "4001029"):
            acme.swr.delete_repository(group, name)
    with refused(400, "4001028"):
        acme.swr.show_repository("BAD", "web")


def test_a_repository_of_a_missing_organization_is_told_as_such(acme: Account) -> None:
    with no_organization():
        acme.swr.show_repository(unique("missing"), "web")


def test_a_new_repository_of_an_old_name_has_no_image_of_the_old_one(acme: Account, group: str, web: str) -> None:
    image = push(acme.admin, f"{group}/{web}", "v1", images.image("old"))
    acme.swr.delete_tag(group, web, "v1")
    acme.swr.delete_repository(group, web)
    acme.swr.create_repository(group, web)
    assert not can_pull(acme.admin, f"{group}/{web}", image.digest)
    assert acme.swr.show_repository(group, web).num_images == 0
