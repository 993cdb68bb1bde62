"""Users of an account and their access keys: an administrator's screens, and each user's own page."""

import shlex

import pytest
import requests

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.steps import (
    asks_to_sign_in,
    enter_credentials,
    field_error,
    is_signed_in,
    notice,
    offers,
    open_menu,
    press,
    sign_in,
    sign_in_as,
    tick,
    value,
    write,
)
from console.tables import names, row
from support.berth_server import BerthServer, unique


@pytest.fixture
def colleague(acme: Person) -> Person:
    """A user of acme without any permission, whom no other test knows."""
    return acme.add_colleague(unique("colleague"))


def open_user(browser: Browser, person: Person) -> None:
    browser.visit("/console/users")
    press(browser, person.full_name)


def boxes(browser: Browser) -> list[str]:
    return [code.text for code in browser.all("main .code code")]


def signs_in(server: BerthServer, line: str) -> bool:
    """Whether the registry takes the name and the password of a `docker login` line."""
    words = shlex.split(line)
    assert words[:3] == ["docker", "login", "-u"]
    assert words[4] == "-p"
    assert words[6] == server.authority
    return requests.get(f"{server.url}/token", auth=(words[3], words[5]), timeout=30).status_code == 200


def test_a_user_is_added_and_signs_in(owner: Browser, open_browser: OpenBrowser) -> None:
    name = unique("new")
    owner.visit("/console/images")
    press_in_head(owner, "Users")
    assert row(owner, "acme/acme")["Role"] == "Administrator"
    press(owner, "Add user")
    write(owner, "name", name)
    write(owner, "password", "the first password")
    write(owner, "repeat", "the first password")
    press(owner, "Add user")
    assert f"The user acme/{name} was added." in notice(owner)
    owner.visit("/console/users")
    added = row(owner, f"acme/{name}")
    assert added["Role"] == "User"
    assert added["Status"] == "Active"
    assert added["Access keys"] == "0"
    user = open_browser()
    sign_in(user, f"acme/{name}", "the first password")
    assert not user.has("nav.mainnav a[href$='/users']"), "it does not administer"
    user.visit("/console/users")
    assert user.heading == "You may not do this"


def press_in_head(browser: Browser, text: str) -> None:
    link = next(link for link in browser.all("nav.mainnav a") if link.text == text)
    with browser.new_page():
        link.click()


def test_an_administrator_is_added(owner: Browser, open_browser: OpenBrowser) -> None:
    name = unique("chief")
    owner.visit("/console/users?do=add-user")
    write(owner, "name", name)
    write(owner, "password", "the first password")
    write(owner, "repeat", "the first password")
    tick(owner, "admin")
    press(owner, "Add user")
    user = open_browser()
    sign_in(user, f"acme/{name}", "the first password")
    user.visit("/console/users")
    assert f"acme/{name}" in names(user)


@pytest.mark.parametrize(
    ("name", "password", "again", "wrong"),
    [
        ("acme", "long enough", "long enough", {"name"}),
        ("two words", "long enough", "long enough", {"name"}),
        ("<b>bold</b>", "short", "short", {"name", "password"}),
        ("new", "short", "short", {"password"}),
        ("new", "long enough", "long enouph", {"repeat"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    owner: Browser, name: str, password: str, again: str, wrong: set[str]
) -> None:
    owner.visit("/console/users?do=add-user")
    before = notice(owner)
    write(owner, "name", name)
    write(owner, "password", password)
    write(owner, "repeat", again)
    tick(owner, "admin")
    press(owner, "Add user")
    errors = {field: field_error(owner, field) for field in ("name", "password", "repeat")}
    assert {field for field, error in errors.items() if error} == wrong
    assert notice(owner) != before
    assert value(owner, "name") == name
    assert value(owner, "password") == value(owner, "repeat") == "", "passwords are not shown again"
    assert owner.one("[name=admin]").is_selected()
    owner.visit("/console/users")
    assert "acme/new" not in names(owner)


def test_a_key_is_shown_once_and_signs_docker_in(owner: Browser, server: BerthServer, colleague: Person) -> None:
    open_user(owner, colleague)
    assert names(owner) == []
    press(owner, "Add access key")
    assert owner.heading == "Access key added"
    key, secret, line = boxes(owner)
    assert len(secret) == 40
    assert signs_in(server, line)
    assert secret not in owner.current_url

    owner.refresh()
    assert secret not in owner.page_source, "reloading does not show it again"
    assert names(owner) == [key], "and makes no other"
    owner.visit("/console/users")
    assert row(owner, colleague.full_name)["Access keys"] == "1"

    open_user(owner, colleague)
    press(owner, f"Disable {key}")
    assert signs_in(server, line), "asking is not yet disabling"
    press(owner, "Disable the key")
    assert row(owner, key)["Status"] == "Disabled"
    assert not signs_in(server, line)
    press(owner, f"Delete {key}")
    press(owner, "Keep it")
    assert names(owner) == [key]
    press(owner, f"Delete {key}")
    press(owner, "Delete the key")
    assert names(owner) == []
    assert notice(owner) == "The access key was deleted."


def test_a_user_has_its_own_keys_only(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, colleague: Person
) -> None:
    browser = open_browser()
    sign_in_as(browser, colleague)
    browser.visit("/console/images")
    open_menu(browser)
    with browser.new_page():
        browser.one("details.menu a[href*='/users/']").click()
    assert browser.heading.startswith(colleague.full_name)
    assert not browser.has("[name=password]")
    assert not offers(browser, "Disable user")
    press(browser, "Add access key")
    key, _, line = boxes(browser)
    assert signs_in(server, line)
    press(browser, "I have saved it")
    browser.visit("/console/users/acme")
    assert browser.heading == "You may not do this"

    browser.visit(f"/console/users/{colleague.name}")
    press(browser, f"Delete {key}")
    assert "your own" in browser.text
    press(browser, "Delete the key")
    assert asks_to_sign_in(browser)
    assert "signed you out" in notice(browser)
    enter_credentials(browser, colleague.full_name, colleague.password)
    assert browser.heading.startswith(colleague.full_name), "signing in leads back"
    assert names(browser) == []


def test_a_user_gets_another_password_and_is_disabled_and_deleted(
    owner: Browser, open_browser: OpenBrowser, colleague: Person
) -> None:
    user = open_browser()
    sign_in_as(user, colleague)
    open_user(owner, colleague)
    write(owner, "password", "the next password")
    write(owner, "repeat", "the next one")
    press(owner, "Set password")
    assert field_error(owner, "repeat")
    write(owner, "password", "the next password")
    write(owner, "repeat", "the next password")
    press(owner, "Set password")
    assert colleague.full_name in notice(owner)
    user.visit("/console/images")
    assert asks_to_sign_in(user), "what was signed in before is signed out"
    enter_credentials(user, colleague.full_name, "the next password")
    assert is_signed_in(user)

    press(owner, "Disable user")
    press(owner, "Disable the user")
    assert owner.heading.endswith("Disabled")
    user.visit("/console/images")
    assert asks_to_sign_in(user)
    press(owner, "Enable user")
    assert owner.heading.endswith("Active")
    sign_in(user, colleague.full_name, "the next password")

    press(owner, "Delete user")
    press(owner, "Delete the user")
    assert colleague.full_name in notice(owner)
    assert colleague.full_name not in names(owner)
    user.visit("/console/images")
    assert asks_to_sign_in(user)


def test_an_administrator_sets_its_own_password(open_browser: OpenBrowser, server: BerthServer) -> None:
    chief = Person.add_account(server, unique("company"))
    browser = open_browser()
    sign_in_as(browser, chief)
    browser.visit(f"/console/users/{chief.name}")
    assert not offers(browser, "Disable user")
    assert not offers(browser, "Delete user")
    assert "you are signed out at once" in browser.text
    write(browser, "password", "the next password")
    write(browser, "repeat", "the next password")
    press(browser, "Set password")
    assert asks_to_sign_in(browser)
    assert "Sign in with the new one." in notice(browser)
    enter_credentials(browser, chief.full_name, "the next password")
    assert browser.heading.startswith(chief.full_name)


def test_without_scripts_and_in_chinese(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, colleague: Person
) -> None:
    browser = open_browser(script=False, language="zh-CN")
    sign_in_as(browser, acme)
    open_user(browser, colleague)
    press(browser, "添加访问密钥")
    assert browser.heading == "已添加访问密钥"
    key, _, line = boxes(browser)
    assert signs_in(server, line)
    press(browser, "我已保存")
    press(browser, f"停用 {key}")
    press(browser, "停用密钥")
    assert row(browser, key)["状态"] == "停用"
    assert not signs_in(server, line)
    browser.visit("/console/users")
    press(browser, "添加用户")
    write(browser, "name", colleague.name)
    press(browser, "添加用户")
    assert "已存在" in field_error(browser, "name")
