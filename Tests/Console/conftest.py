"""A server for each file of tests, with accounts and images, and a browser for each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.pushing import push
from console.steps import sign_in_as
from support.berth_server import BerthServer, unique
from support.images import image as new_image


@pytest.fixture(scope="module")
def server() -> Iterator[BerthServer]:
    server = BerthServer().start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def acme(server: BerthServer) -> Person:
    """Owns the images."""
    person = Person.add_account(server, "acme")
    person.add_organization("acme-images")
    return person


@pytest.fixture(scope="module")
def globex(server: BerthServer) -> Person:
    """Receives shares."""
    return Person.add_account(server, "globex")


@pytest.fixture(scope="module")
def initech(server: BerthServer) -> Person:
    """Is at home in another region."""
    return Person.add_account(server, "initech", region="region-2")


@pytest.fixture
def image(acme: Person) -> str:
    """A private image of acme that no other test uses, with tag 1."""
    name = f"acme-images/{unique('web')}"
    push(acme, f"{name}:1", new_image(name))
    return name


@pytest.fixture
def open_browser(server: BerthServer) -> Iterator[OpenBrowser]:
    """Opens browsers with a language, a zone, … of their own, for one test."""
    opened: list[Browser] = []

    def open_one(**wishes: Any) -> Browser:
        opened.append(Browser(server, **wishes))
        return opened[-1]

    yield open_one
    for browser in opened:
        browser.quit()


@pytest.fixture
def browser(open_browser: OpenBrowser) -> Browser:
    """A browser in which nobody is signed in."""
    return open_browser()


@pytest.fixture
def owner(browser: Browser, acme: Person) -> Browser:
    """A browser in which acme is signed in."""
    sign_in_as(browser, acme)
    return browser
