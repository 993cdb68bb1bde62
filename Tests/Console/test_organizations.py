"""Organizations: listed, created, seen and deleted, each by who may."""

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.permissions import give, organization_path, organizations, permissions
from console.pushing import push
from console.steps import controls, field_error, notice, offers, press, sign_in_as, value, write
from console.tables import names, row
from support.berth_server import BerthServer, unique
from support.images import image as new_image

LIST = "/console/organizations"


@pytest.fixture
def colleague(acme: Person) -> Person:
    """A user of acme without any permission."""
    return acme.add_colleague(unique("colleague"))


def create(browser: Browser, name: str) -> None:
    write(browser, "name", name)
    press(browser, "Create organization")


def test_an_organization_is_created_used_and_deleted(owner: Browser, server: BerthServer, acme: Person) -> None:
    name = unique("team")
    owner.visit("/console/images")
    with owner.new_page():
        controls(owner, "Organizations", owner.one(".mainnav"))[0].click()
    assert owner.heading == "Organizations"
    assert owner.one(".mainnav [aria-current]").text == "Organizations"
    create(owner, name)
    assert owner.path.startswith(organization_path(name))
    assert owner.heading == name
    assert name in notice(owner)
    assert name in organizations(server)
    assert permissions(server, name) == {"acme/acme": "manage"}, "who creates it, manages it"
    assert f"docker push {server.authority}/{name}/my-image:1.0" in owner.text

    for image in ("web", "base"):
        push(acme, f"{name}/{image}:1", new_image(image))
    owner.visit(LIST)
    listed = row(owner, name)
    assert listed["Images"].split()[0] == "2"
    assert listed["Users with a permission"] == "1"
    assert listed.moment("Created")
    press(owner, name)
    assert "docker push" not in owner.text
    press(owner, "2 images")
    assert sorted(names(owner)) == ["base", "web"]

    owner.visit(organization_path(name))
    assert f"{name} has images: 2" in owner.text
    assert not owner.has("details.confirm")
    for image in ("web", "base"):
        server.run("repo", "remove", f"{name}/{image}")
    owner.refresh()
    owner.one("details.confirm summary").click()
    assert "cannot be undone" in owner.one("details.confirm").text
    press(owner, f"Delete {name}")
    assert owner.heading == "Organizations"
    assert f"{name} was deleted" in notice(owner)
    assert name not in names(owner)
    assert name not in organizations(server)


def test_an_image_pushed_meanwhile_keeps_its_organization(owner: Browser, server: BerthServer, acme: Person) -> None:
    name = acme.add_organization(unique("team"))
    owner.visit(organization_path(name))
    owner.one("details.confirm summary").click()
    push(acme, f"{name}/web:1", new_image("web"))
    press(owner, f"Delete {name}")
    assert "not deleted" in notice(owner)
    assert f"{name} has images: 1" in notice(owner)
    assert name in organizations(server)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Acme Team", "such as acme-team."),
        ("1st", "beginning with a letter"),
        ("a..b", "This is no name for an organization."),
        ("组织", "This is no name for an organization."),
        ("library", "reserved"),
        ("acme-images", "There is an organization acme-images already"),
        ("x" * 65, "1 to 64"),
    ],
)
def test_a_name_that_cannot_be_is_told_at_its_field(
    owner: Browser, server: BerthServer, typed: str, told: str
) -> None:
    before = organizations(server)
    owner.visit(LIST)
    create(owner, typed)
    assert told in field_error(owner, "name")
    assert notice(owner)
    assert value(owner, "name") == typed, "what was typed stays"
    assert organizations(server) == before


def test_a_refused_name_is_mended(owner: Browser, server: BerthServer) -> None:
    name = unique("mended")
    owner.visit(LIST)
    create(owner, name.upper())
    assert field_error(owner, "name")
    create(owner, name)
    assert owner.heading == name
    assert name in organizations(server)


def test_a_name_of_another_account_is_taken_too(owner: Browser, globex: Person) -> None:
    name = globex.add_organization(unique("globex-team"))
    owner.visit(LIST)
    assert name not in names(owner)
    create(owner, name)
    assert "already" in field_error(owner, "name")
    owner.visit(organization_path(name))
    assert owner.heading == "There is nothing here"


def test_who_has_none_is_told_what_to_do(
    browser: Browser, open_browser: OpenBrowser, server: BerthServer, colleague: Person
) -> None:
    newcomer = Person.add_account(server, unique("newcomer"))
    sign_in_as(browser, newcomer)
    browser.visit(LIST)
    assert names(browser) == []
    assert "No organizations yet" in browser.text
    assert browser.has("input[name=name]")

    other = open_browser()
    sign_in_as(other, colleague)
    other.visit(LIST)
    assert names(other) == []
    assert "ask acme/acme" in other.text
    assert not other.has("main form")


@pytest.mark.parametrize("permission", ["read", "write", None])
def test_who_may_not_manage_it_sees_it_without_forms(
    browser: Browser, acme: Person, colleague: Person, image: str, permission: str | None
) -> None:
    """With `None`, the user has a permission on one of its images only."""
    organization = image.partition("/")[0]
    give(image if permission is None else organization, colleague, permission or "read")
    sign_in_as(browser, colleague)
    browser.visit(LIST)
    press(browser, organization)
    assert browser.heading == organization
    assert names(browser) == []
    assert not browser.has("main form")
    assert "Ask acme/acme." in browser.text
    assert not offers(browser, "Delete…")


def test_who_was_given_manage_needs_no_administrator(
    browser: Browser, server: BerthServer, acme: Person, colleague: Person
) -> None:
    name = acme.add_organization(unique("team"))
    give(name, colleague, "manage")
    sign_in_as(browser, colleague)
    browser.visit(organization_path(name))
    assert names(browser) == [colleague.full_name]
    browser.one("details.confirm summary").click()
    press(browser, f"Delete {name}")
    assert name not in organizations(server)


def test_it_works_without_scripts(open_browser: OpenBrowser, server: BerthServer, acme: Person) -> None:
    name = unique("plain")
    browser = open_browser(script=False)
    sign_in_as(browser, acme)
    browser.visit(LIST)
    create(browser, name)
    assert browser.heading == name
    browser.one("details.confirm summary").click()
    press(browser, f"Delete {name}")
    assert name not in organizations(server)


def test_in_chinese_the_words_are_those_that_people_know(open_browser: OpenBrowser, acme: Person) -> None:
    name = unique("zuzhi")
    browser = open_browser(language="zh-CN")
    sign_in_as(browser, acme)
    browser.visit(LIST)
    assert browser.heading == "组织管理"
    write(browser, "name", name)
    press(browser, "创建组织")
    assert f"已创建组织 {name}" in notice(browser)
    browser.one("details.confirm summary").click()
    press(browser, f"删除 {name}")
    assert f"已删除组织 {name}" in notice(browser)
