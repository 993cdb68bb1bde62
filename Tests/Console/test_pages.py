"""What holds for every page: its headers, its size, its structure, its colors, and that it fits a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from selenium.webdriver.support import expected_conditions

from console.browser import Browser
from console.pages import HOSTILE, PAGES, Page, Readers, World
from console.people import Person
from console.steps import image_path
from console.tables import names, row
from support.berth_server import BerthServer

_checks = (Path(__file__).parent / "console" / "checks.js").read_text()

every_page = pytest.mark.parametrize("page", PAGES, ids=str)
every_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def world(acme: Person, globex: Person) -> World:
    return World.make(acme, globex)


@pytest.fixture(scope="module")
def readers(world: World) -> Iterator[Readers]:
    readers = Readers(world)
    yield readers
    readers.close()


def check(browser: Browser, name: str, *arguments: object) -> list[Any]:
    """What a function of checks.js finds wrong."""
    return browser.execute_script(f"{_checks}; return {name}(...arguments)", *arguments)


@every_page
def test_what_is_sent(readers: Readers, page: Page) -> None:
    browser = readers.show(page)
    browser.network()
    browser.complaints()
    browser = readers.show(page)
    events = browser.network()
    document = browser.document(events)

    policy = directives(document.headers["Content-Security-Policy"])
    assert "'unsafe-inline'" not in str(policy)
    assert "'unsafe-eval'" not in str(policy)
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["default-src"] in (["'none'"], ["'self'"])
    assert policy["form-action"] == ["'self'"]
    assert policy["base-uri"] in (["'none'"], ["'self'"])
    assert not [source for sources in policy.values() for source in sources if source in {"*", "http:", "https:"}]
    assert document.headers["X-Content-Type-Options"] == "nosniff"
    assert document.headers["Referrer-Policy"] in {"no-referrer", "same-origin", "strict-origin"}
    assert document.headers["Content-Type"].lower() == "text/html; charset=utf-8"
    assert "no-store" in document.headers["Cache-Control"]
    refused = {"not-found": 404, "sign-in-refused": 401}
    expected = refused.get(page.name, 422 if page.name.endswith("-refused") else 200)
    assert document.status == expected
    assert len(document.body.encode()) < 100_000

    asked = {event["request"]["url"] for name, event in events if name == "Network.requestWillBeSent"}
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {readers.world.server.authority}
    refusal = f"the server responded with a status of {document.status}"
    assert [told for told in browser.complaints() if refusal not in told] == []


def directives(policy: str) -> dict[str, list[str]]:
    words = [directive.split() for directive in policy.split(";") if directive.strip()]
    return {name: sources for name, *sources in words}


@every_page
def test_it_is_built_for_all(readers: Readers, page: Page) -> None:
    """For screen readers and for the keyboard."""
    browser = readers.show(page)
    for name in (
        "wrongHeadings",
        "unlabelledFields",
        "namelessControls",
        "brokenReferences",
        "silentPictures",
        "tablesWithoutHeads",
        "inlineCode",
    ):
        assert check(browser, name) == [], name
    assert browser.title
    assert browser.has("html[lang]")
    assert len(browser.all("main")) == 1
    assert browser.has("head meta[name=viewport][content*='width=device-width']")
    assert browser.all("body a")[0].get_attribute("href") == f"{browser.current_url.partition('#')[0]}#main"


@every_page
@every_scheme
def test_its_text_stands_out(readers: Readers, page: Page, scheme: str) -> None:
    browser = readers.show(page)
    browser.prefer(scheme)
    assert check(browser, "faintTexts", 4.5) == []
    dark = browser.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches")
    background = browser.execute_script(f"{_checks}; return luminance(backgroundOf(document.body))")
    assert (background < 0.2) == dark == (scheme == "dark")


@every_page
@pytest.mark.parametrize("width", [390, 320])
def test_it_fits_a_phone(readers: Readers, page: Page, width: int) -> None:
    browser = readers.show(page)
    browser.resize(width, 844)
    try:
        assert check(browser, "overflowing") == []
        assert check(browser, "tinyTargets") == []
    finally:
        browser.resize(1280, 900)


def test_the_theme_is_switched_and_remembered(readers: Readers) -> None:
    page = next(page for page in PAGES if page.name == "images")
    browser = readers.show(page)
    browser.prefer("light")
    light = browser.one("body").value_of_css_property("background-color")
    browser.one("[data-theme-switch]").click()
    dark = browser.one("body").value_of_css_property("background-color")
    assert dark != light
    browser.refresh()
    assert browser.one("body").value_of_css_property("background-color") == dark
    assert browser.one("[data-theme-switch]").get_attribute("aria-label") == "Light theme"
    browser.one("[data-theme-switch]").click()
    assert browser.one("body").value_of_css_property("background-color") == light
    browser.execute_script("localStorage.clear()")
    browser.refresh()


@every_page
def test_signs_of_html_are_shown_as_text(readers: Readers, page: Page) -> None:
    browser = readers.show(page)
    assert not expected_conditions.alert_is_present()(browser)
    assert not browser.has("main img, main script, main b")


def test_a_hostile_description_is_shown_as_it_is(readers: Readers, world: World) -> None:
    browser = readers.show(next(page for page in PAGES if page.name == "image-sharing"))
    assert row(browser, "globex")["Description"] == HOSTILE
    browser = readers.show(next(page for page in PAGES if page.name == "share-edit"))
    assert browser.one("textarea").get_property("value") == HOSTILE


def test_a_hostile_image_is_listed(readers: Readers, world: World) -> None:
    browser = readers.show(next(page for page in PAGES if page.name == "image-tags"))
    assert "hostile" in names(browser)
    assert row(browser, "hostile")["Platforms"] == "<script>alert(1)</script>/<b>amd64</b>"


def test_style_and_script_are_small_and_kept(server: BerthServer) -> None:
    page = requests.get(f"{server.url}/console/sign-in", timeout=30).text
    for name, kind in (("style.css", "text/css"), ("console.js", "javascript"), ("logo.svg", "image/svg+xml")):
        (address,) = re.findall(rf'"(/console/{re.escape(name)}[^"]*)"', page)
        answer = requests.get(server.url + address, timeout=30)
        assert answer.status_code == 200
        assert kind in answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"], "another content has another address"
        assert len(answer.content) < 100_000
        other = requests.get(f"{server.url}/console/{name}?v=other", timeout=30)
        assert "immutable" not in other.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/console/nothing",
        "/console/images/acme-images",
        "/console/images/acme-images/nothing",
        "/console/images/..%2f..%2fetc%2fpasswd",
        "/console/images/acme-images/%00",
        "/console/images/ACME/UPPER",
        "/console/images/acme-images/web%2Ffrontend%2F..%2F..",
        image_path(World.lonely, tab="sharing", do="edit") + "&with=nobody",
        image_path(World.lonely, tab="sharing", do="cancel") + "&with=nobody",
    ],
)
def test_what_is_not_there_leads_back(readers: Readers, path: str) -> None:
    missing = Page(path, "acme", lambda browser, _: browser.visit(path))
    readers.show(missing)
    browser = readers.show(missing)
    assert browser.document(browser.network()).status in {400, 404}
    assert browser.one("h1").text
    assert browser.has("main a[href^='/console']"), "there is a way back"


def test_the_bare_path_leads_to_the_console(readers: Readers, server: BerthServer) -> None:
    answer = requests.get(f"{server.url}/console", allow_redirects=False, timeout=30)
    assert answer.status_code in {301, 302, 303, 307, 308}
    assert answer.headers["Location"].removeprefix(server.url).startswith("/console/")
    browser = readers.show(Page("start", "acme", lambda browser, _: browser.visit("/console/")))
    assert browser.one("h1").text
