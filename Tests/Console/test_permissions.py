"""Who may do what with an image or with all images of an organization: seen, given, changed and taken back."""

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.permissions import (
    choices,
    chosen,
    give,
    offer_user,
    organization_path,
    permissions,
    permissions_path,
    save_permission,
)
from console.pushing import pull
from console.steps import choose, controls, field_error, notice, offers, open_tab, press, sign_in_as
from console.tables import names, row
from support.berth_server import BerthServer, unique

READ = "Read: pull"
WRITE = "Write: pull, push, change the description"
MANAGE = "Manage: all of that, delete, share, give permissions"


@pytest.fixture
def colleague(acme: Person) -> Person:
    """A user of acme without any permission."""
    return acme.add_colleague(unique("colleague"))


@pytest.fixture(params=["organization", "image"])
def target(request: pytest.FixtureRequest, image: str) -> str:
    return image if request.param == "image" else image.partition("/")[0]


def test_a_permission_is_given_changed_and_taken_back(
    owner: Browser, server: BerthServer, colleague: Person, target: str, image: str
) -> None:
    user = colleague.full_name
    assert pull(colleague, f"{image}:1") == ""
    owner.visit(permissions_path(target))
    choose(owner, "user", user)
    choose(owner, "permission", READ)
    save_permission(owner)
    assert user in notice(owner)
    assert row(owner, user)["Permission"] == "Read"
    assert row(owner, user)["May"] == "Pull"
    assert permissions(server, target)[user] == "read"
    assert pull(colleague, f"{image}:1")

    press(owner, f"Edit the permission of {user}")
    assert (chosen(owner, "user"), chosen(owner, "permission")) == (user, READ)
    choose(owner, "permission", MANAGE)
    save_permission(owner)
    assert row(owner, user)["Permission"] == "Manage"
    assert permissions(server, target)[user] == "manage"

    press(owner, f"Remove the permission of {user}")
    assert f"Remove the permission of {user}?" in owner.text
    press(owner, "Keep it")
    assert permissions(server, target)[user] == "manage", "nothing is taken before the answer"
    press(owner, f"Remove the permission of {user}")
    press(owner, "Remove the permission")
    assert user in notice(owner)
    assert user not in names(owner)
    assert user not in permissions(server, target)
    assert pull(colleague, f"{image}:1") == ""


def test_the_tab_of_an_image_leads_to_its_organizations_permissions(
    owner: Browser, colleague: Person, image: str
) -> None:
    organization = image.partition("/")[0]
    give(organization, colleague, "write")
    owner.visit(f"/console/images/{image}")
    open_tab(owner, "Permissions")
    inherited = row(owner, colleague.full_name)
    assert inherited["Given on"] == f"Organization {organization}"
    assert inherited["May"] == "Pull, push, change the description"
    (link,) = controls(owner, f"Edit in {organization} {colleague.full_name}", inherited.element)
    with owner.new_page():
        link.click()
    assert owner.path == organization_path(organization)
    assert row(owner, colleague.full_name)["Permission"] == "Write"


def test_users_of_the_account_alone_can_be_chosen(
    owner: Browser, colleague: Person, globex: Person, target: str
) -> None:
    owner.visit(permissions_path(target))
    offered = choices(owner, "user")
    assert offered[0] == "Choose a user"
    assert "acme/acme (administrator)" in offered
    assert colleague.full_name in offered
    assert not [user for user in offered if "globex" in user]
    assert "Administrators of acme hold manage on everything" in owner.text


def test_a_user_of_another_account_is_refused_with_what_to_do(
    owner: Browser, server: BerthServer, globex: Person, target: str
) -> None:
    before = permissions(server, target)
    owner.visit(permissions_path(target))
    offer_user(owner, "globex/globex")
    save_permission(owner)
    assert "share the image" in field_error(owner, "user")
    assert notice(owner)
    assert owner.one("[name=user]").get_property("value") == "globex/globex", "what was sent stays"
    assert permissions(server, target) == before


def test_a_user_that_is_gone_meanwhile_is_told_at_its_field(
    owner: Browser, server: BerthServer, colleague: Person, target: str
) -> None:
    owner.visit(permissions_path(target))
    choose(owner, "user", colleague.full_name)
    choose(owner, "permission", WRITE)
    server.run("user", "remove", colleague.full_name)
    save_permission(owner)
    assert colleague.full_name in field_error(owner, "user")
    assert chosen(owner, "permission") == WRITE


def test_nobody_chosen_is_told_at_the_field(owner: Browser, server: BerthServer, target: str) -> None:
    before = permissions(server, target)
    owner.visit(permissions_path(target))
    owner.execute_script("document.querySelector('#grant').noValidate = true")
    save_permission(owner)
    assert field_error(owner, "user") == "Choose the user to give a permission to."
    assert permissions(server, target) == before


def test_who_may_not_manage_an_image_sees_no_permissions(
    browser: Browser, acme: Person, colleague: Person, image: str
) -> None:
    give(image, colleague, "write")
    sign_in_as(browser, colleague)
    browser.visit(permissions_path(image))
    assert names(browser) == []
    assert not browser.has("main form")
    assert "permission manage" in browser.text


def test_who_manages_only_the_image_sees_nothing_of_its_organization(
    browser: Browser, acme: Person, colleague: Person, image: str
) -> None:
    other = acme.add_colleague(unique("other"))
    give(image.partition("/")[0], other, "read")
    give(image, colleague, "manage")
    sign_in_as(browser, colleague)
    browser.visit(permissions_path(image))
    assert names(browser) == [colleague.full_name]
    assert not offers(browser, f"Edit in {image.partition('/')[0]}")


def test_taking_back_the_own_permission_is_asked_so(
    browser: Browser, server: BerthServer, colleague: Person, target: str
) -> None:
    give(target, colleague, "manage")
    sign_in_as(browser, colleague)
    browser.visit(permissions_path(target))
    press(browser, f"Remove the permission of {colleague.full_name}")
    assert "your own permission" in browser.text
    press(browser, "Remove the permission")
    assert browser.heading in {"My images", "Organizations"}
    assert colleague.full_name not in permissions(server, target)


def test_it_works_without_scripts(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, colleague: Person, target: str
) -> None:
    browser = open_browser(script=False)
    sign_in_as(browser, acme)
    browser.visit(permissions_path(target))
    choose(browser, "user", colleague.full_name)
    choose(browser, "permission", WRITE)
    save_permission(browser)
    assert permissions(server, target)[colleague.full_name] == "write"
    press(browser, f"Remove the permission of {colleague.full_name}")
    press(browser, "Remove the permission")
    assert colleague.full_name not in permissions(server, target)


def test_in_chinese_the_words_are_those_that_people_know(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, colleague: Person, target: str
) -> None:
    browser = open_browser(language="zh-CN")
    sign_in_as(browser, acme)
    browser.visit(permissions_path(target))
    choose(browser, "user", colleague.full_name)
    choose(browser, "permission", "编辑：下载、上传、修改描述")
    save_permission(browser)
    assert f"{colleague.full_name} 现在拥有" in notice(browser)
    assert row(browser, colleague.full_name)["权限"] == "编辑"
    assert permissions(server, target)[colleague.full_name] == "write"
