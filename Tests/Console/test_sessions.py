"""Signing in and out, what ends a session, and what a forged request can do, which is nothing."""

import re
from typing import Any

import pytest
import requests

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.shares import shares
from console.steps import (
    asks_to_sign_in,
    enter_credentials,
    image_path,
    is_signed_in,
    notice,
    open_share_form,
    sign_in,
    sign_in_as,
    sign_out,
    value,
)
from console.tables import names
from support.berth_server import BerthServer, unique


@pytest.fixture
def person(server: BerthServer) -> Person:
    """An account that the test may spoil."""
    return Person.add_account(server, unique("person"))


def session_cookie(browser: Browser) -> dict[str, Any]:
    """The one cookie that scripts cannot read."""
    (cookie,) = [cookie for cookie in browser.cookies.values() if cookie["httpOnly"] and len(cookie["value"]) >= 20]
    return cookie


# Signing in and out


def test_a_wrong_password_is_told_and_the_name_is_kept(browser: Browser, acme: Person) -> None:
    browser.visit("/console/sign-in")
    enter_credentials(browser, "acme/acme", "not the password")
    assert asks_to_sign_in(browser)
    assert "wrong" in notice(browser)
    assert value(browser, "user") == "acme/acme"
    assert value(browser, "password") == ""
    enter_credentials(browser, "acme/acme", acme.password)
    assert is_signed_in(browser)


def test_whether_a_user_exists_cannot_be_told(browser: Browser, acme: Person, person: Person) -> None:
    person.disable()
    told = set()
    for user, password in [
        ("acme/acme", "not the password"),
        ("acme/nobody", "not the password"),
        ("nobody", "not the password"),
        (person.full_name, "not the password"),
    ]:
        browser.visit("/console/sign-in")
        enter_credentials(browser, user, password)
        assert asks_to_sign_in(browser)
        told.add(notice(browser))
    assert len(told) == 1


def test_the_name_of_an_account_alone_means_its_first_user(browser: Browser, acme: Person) -> None:
    sign_in(browser, "acme", acme.password)
    assert "acme/acme" in browser.one("details.menu").text


def test_empty_fields_are_refused(browser: Browser) -> None:
    browser.visit("/console/sign-in")
    browser.execute_script("document.querySelector('form:has(#password)').noValidate = true")
    enter_credentials(browser, "", "")
    assert asks_to_sign_in(browser)
    assert notice(browser)


def test_the_cookie_goes_nowhere_else(owner: Browser) -> None:
    cookie = session_cookie(owner)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["path"] == "/console"
    assert len(cookie["value"]) >= 32


def test_signing_in_makes_a_new_cookie(open_browser: OpenBrowser, acme: Person) -> None:
    browser = open_browser()
    browser.visit("/console/sign-in")
    before = {cookie["value"] for cookie in browser.cookies.values() if cookie["httpOnly"]}
    enter_credentials(browser, acme.full_name, acme.password)
    assert session_cookie(browser)["value"] not in before


def test_signing_out_kills_the_cookie(owner: Browser) -> None:
    owner.visit("/console/images")
    old = session_cookie(owner)
    sign_out(owner)
    assert not is_signed_in(owner)
    owner.visit("/console/images")
    assert asks_to_sign_in(owner)
    owner.delete_all_cookies()
    owner.add_cookie({"name": old["name"], "value": old["value"], "path": "/console"})
    owner.visit("/console/images")
    assert asks_to_sign_in(owner), "the old cookie is good again"


def test_nothing_is_signed_out_by_following_a_link(owner: Browser) -> None:
    owner.visit("/console/sign-out")
    owner.visit("/console/images")
    assert is_signed_in(owner)


def test_a_page_from_before_is_not_shown_after_signing_out(owner: Browser, image: str) -> None:
    owner.visit("/console/images")
    assert image.partition("/")[2] in names(owner)
    sign_out(owner)
    owner.back()
    assert not owner.has("main tbody tr")


def test_one_person_signs_in_in_two_browsers(open_browser: OpenBrowser, acme: Person) -> None:
    first, second = open_browser(), open_browser()
    sign_in_as(first, acme)
    sign_in_as(second, acme)
    sign_out(first)
    second.visit("/console/images")
    assert is_signed_in(second)


# What ends a session


def test_another_password_ends_the_session(browser: Browser, person: Person) -> None:
    sign_in_as(browser, person)
    person.set_password("quite another password")
    browser.visit("/console/images")
    assert asks_to_sign_in(browser)
    sign_in(browser, person.full_name, "quite another password")


def test_disabling_the_user_ends_the_session(browser: Browser, person: Person) -> None:
    sign_in_as(browser, person)
    person.disable()
    browser.visit("/console/images")
    assert asks_to_sign_in(browser)
    enter_credentials(browser, person.full_name, person.password)
    assert not is_signed_in(browser)


def test_a_form_of_an_ended_session_changes_nothing(
    browser: Browser, server: BerthServer, acme: Person, globex: Person, image: str
) -> None:
    keeper = acme.add_colleague(unique("keeper"))
    server.run("grant", "set", image, keeper.full_name, "manage")
    sign_in_as(browser, keeper)
    open_share_form(browser, image)
    client, fields = browser.http(), share_fields(browser)
    keeper.disable()
    answer = post(client, browser, image_path(image), fields)
    assert answer.status_code in {303, 401, 403}, answer.text
    assert shares(server, image) == {}


def test_a_permission_taken_away_is_gone_at_the_next_click(
    browser: Browser, server: BerthServer, acme: Person, image: str
) -> None:
    reader = acme.add_colleague(unique("reader"))
    server.run("grant", "set", image, reader.full_name, "read")
    sign_in_as(browser, reader)
    browser.visit(image_path(image))
    assert image in browser.heading
    server.run("grant", "remove", image, reader.full_name)
    browser.refresh()
    assert image not in browser.heading
    assert names(browser) == []


# Where signing in leads


def test_signing_in_leads_to_the_page_that_was_asked_for(browser: Browser, acme: Person, image: str) -> None:
    browser.visit(image_path(image, tab="sharing"))
    assert asks_to_sign_in(browser)
    enter_credentials(browser, acme.full_name, "not the password")
    enter_credentials(browser, acme.full_name, acme.password)
    assert browser.path == image_path(image, tab="sharing"), "a wrong password makes it forget the way"


def test_the_page_to_sign_in_leads_on_when_somebody_is_signed_in(owner: Browser) -> None:
    owner.visit("/console/sign-in")
    assert is_signed_in(owner)
    assert not owner.has("input[type=password]")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/console/images",
        "https:evil.example",
        "/%5Cevil.example",
        "/%5C%5Cevil.example",
        "%5C%5Cevil.example",
        "/console/..//evil.example",
        "/console/%2e%2e//evil.example",
        "/console@evil.example",
        "javascript:alert(1)",
        "data:text/html,evil",
    ],
)
def test_signing_in_does_not_lead_away(browser: Browser, acme: Person, elsewhere: str) -> None:
    browser.visit(f"/console/sign-in?next={elsewhere}")
    enter_credentials(browser, acme.full_name, acme.password)
    assert browser.path.startswith("/console")
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "elsewhere",
    ["//%09evil.example", "/%09/evil.example", "/console/%0a/evil.example", "/console%0d%0aLocation:%20//evil.example"],
)
def test_a_way_with_control_characters_leads_nowhere(browser: Browser, elsewhere: str) -> None:
    """Browsers skip some of them, so that `/<tab>/evil.example` is another host."""
    browser.visit(f"/console/sign-in?next={elsewhere}")
    assert browser.path.startswith("/console/sign-in")
    assert not browser.has("[name=next][value*=evil]")


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "https:evil", "/console//evil.example"])
def test_changing_the_language_does_not_lead_away(owner: Browser, elsewhere: str) -> None:
    owner.visit("/console/images")
    fields = {"language": "en", "return": elsewhere}
    answer = post(owner.http(), owner, "/console/language", fields)
    assert answer.status_code == 303
    assert re.match(r"/console(/|$|\?)", answer.headers["Location"].removeprefix(owner.home)), answer.headers


# Requests that no page of the console sends


def share_fields(browser: Browser) -> dict[str, str]:
    """What the form to share, which is shown, would send."""
    do = browser.one("form:has([name=description]) [name=do]").get_property("value")
    csrf = browser.one("form:has([name=description]) [name=csrf]").get_property("value")
    return {"csrf": str(csrf), "do": str(do), "with": "globex", "forever": "1", "description": ""}


def post(
    client: requests.Session, browser: Browser, path: str, fields: dict[str, str], **headers: str
) -> requests.Response:
    """As the browser sends a form, unless the headers say otherwise."""
    sent = {"Origin": browser.home, "Sec-Fetch-Site": "same-origin"} | headers
    return client.post(browser.home + path, data=fields, headers=sent, allow_redirects=False, timeout=30)


def test_the_form_as_it_is_sent_shares(owner: Browser, server: BerthServer, image: str, globex: Person) -> None:
    """What the refusals below are compared with."""
    open_share_form(owner, image)
    answer = post(owner.http(), owner, image_path(image), share_fields(owner))
    assert answer.status_code == 303, answer.text
    assert list(shares(server, image)) == ["globex"]


@pytest.mark.parametrize("csrf", [None, "", "0" * 43, "another browser's"])
def test_a_form_without_the_right_secret_is_refused(
    owner: Browser, open_browser: OpenBrowser, server: BerthServer, image: str, globex: Person, csrf: str | None
) -> None:
    open_share_form(owner, image)
    fields = share_fields(owner)
    del fields["csrf"]
    if csrf == "another browser's":
        other = open_browser()
        sign_in_as(other, globex)
        other.visit("/console/images")
        csrf = value(other, "csrf")
    answer = post(owner.http(), owner, image_path(image), fields | ({} if csrf is None else {"csrf": csrf}))
    assert answer.status_code == 403
    assert shares(server, image) == {}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"])
def test_a_form_from_another_site_is_refused(
    owner: Browser, server: BerthServer, image: str, globex: Person, origin: str
) -> None:
    open_share_form(owner, image)
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    answer = post(owner.http(), owner, image_path(image), share_fields(owner), **headers)
    assert answer.status_code == 403
    assert shares(server, image) == {}


def test_a_share_is_not_made_by_following_a_link(
    owner: Browser, server: BerthServer, image: str, globex: Person
) -> None:
    open_share_form(owner, image)
    owner.http().get(owner.home + image_path(image), params=share_fields(owner), timeout=30)
    assert shares(server, image) == {}


def test_another_site_cannot_sign_somebody_in(browser: Browser, acme: Person) -> None:
    browser.visit("/console/sign-in")
    fields = {"user": "acme", "password": acme.password}
    answer = post(browser.http(), browser, "/console/sign-in", fields, Origin="https://evil.example")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    answer = post(browser.http(), browser, "/console/sign-in", fields)
    assert answer.status_code == 303, "the same from the page itself signs in"


def test_another_site_can_neither_sign_somebody_out_nor_change_the_language(owner: Browser) -> None:
    owner.visit("/console/images")
    client, csrf = owner.http(), value(owner, "csrf")
    elsewhere = {"Origin": "https://evil.example"}
    assert post(client, owner, "/console/sign-out", {}).status_code == 403
    assert post(client, owner, "/console/sign-out", {"csrf": csrf}, **elsewhere).status_code == 403
    answer = post(client, owner, "/console/language", {"language": "zh", "return": "/console/images"}, **elsewhere)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    owner.refresh()
    assert is_signed_in(owner)


def test_a_receiver_cannot_share_on_with_a_form_of_its_own(
    browser: Browser, server: BerthServer, image: str, acme: Person, globex: Person, initech: Person
) -> None:
    third = Person.add_account(server, unique("third"))
    server.run("share", "add", image, "--with", "globex", "--forever")
    sign_in_as(browser, globex)
    browser.visit("/console/shared")
    fields = {"csrf": value(browser, "csrf"), "do": "share", "with": third.account, "forever": "1", "description": ""}
    answer = post(browser.http(), browser, image_path(image), fields)
    assert answer.status_code in {403, 404}
    assert list(shares(server, image)) == ["globex"]


def test_a_stranger_is_told_the_same_of_a_private_image_as_of_none(
    browser: Browser, image: str, globex: Person
) -> None:
    sign_in_as(browser, globex)
    browser.visit("/console/shared")
    client = browser.http()
    csrf = value(browser, "csrf")
    told = set()
    for name in (image, image[:-1] + "x"):
        for path in (image_path(name), image_path(name, tab="sharing")):
            found = client.get(browser.home + path, timeout=30)
            told.add((found.status_code, without_names(found.text, name)))
        fields = {"csrf": csrf, "do": "share", "with": "acme", "forever": "1", "description": ""}
        tried = post(client, browser, image_path(name), fields)
        told.add((tried.status_code, without_names(tried.text, name)))
    assert {status for status, _ in told} == {404}


def without_names(page: str, name: str) -> str:
    """The page without what it must tell apart: the name that was asked for, and the number of the request."""
    return re.sub(r"Request \w+", "", page.replace(name, "NAME"))
