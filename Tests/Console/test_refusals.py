"""Every rule of sharing answers at the field that it is about, keeps what was typed, and nothing is shared."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from console.browser import Browser, OpenBrowser
from console.moments import Moment
from console.people import Person
from console.shares import Share, add_share, shares
from console.steps import (
    field_error,
    field_errors,
    fill_share_form,
    image_path,
    notice,
    offers,
    open_share_form,
    open_sharing,
    press,
    send_share_form,
    sign_in_as,
    tick,
    value,
    write,
    write_nonsense_as_end,
)
from console.tables import names, row
from support.berth_server import BerthServer

DESCRIPTION = "the description that was typed"


@pytest.fixture
def form(owner: Browser, image: str) -> Browser:
    """The form to share acme's image."""
    open_share_form(owner, image)
    return owner


@contextmanager
def refused(browser: Browser, image: str, *fields: str) -> Iterator[None]:
    """Sends the form that is filled in within: the answer has an error at these fields only."""
    before = shares_of(browser, image)
    yield
    typed = {field: value(browser, field) for field in ("with", "until", "description")}
    send_share_form(browser)
    assert sorted(field_errors(browser)) == sorted(fields), f"errors: {field_errors(browser)}"
    for error in field_errors(browser).values():
        assert re.fullmatch(r"[A-Z].* .*[.]", error), f"{error!r} is no sentence"
    assert notice(browser), "that nothing was shared is told"
    for field, text in typed.items():
        assert value(browser, field) == text, f"what was typed as {field} is lost"
    assert shares_of(browser, image) == before, "something was shared"


def shares_of(browser: Browser, image: str) -> dict[str, Share]:
    return shares(browser.server, image)


def test_an_account_that_does_not_exist(form: Browser, image: str) -> None:
    with refused(form, image, "with"):
        fill_share_form(form, "nobody", description=DESCRIPTION)
    assert "nobody" in field_error(form, "with")


def test_no_account_at_all(form: Browser, image: str) -> None:
    form.execute_script("document.querySelector('form:has(#with)').noValidate = true")
    with refused(form, image, "with"):
        fill_share_form(form, "", description=DESCRIPTION)


@pytest.mark.parametrize("by_id", [False, True], ids=["by its name", "by its id"])
def test_the_own_account(form: Browser, image: str, acme: Person, by_id: bool) -> None:
    named = acme.account_id if by_id else "acme"
    with refused(form, image, "with"):
        fill_share_form(form, named, description=DESCRIPTION)
    assert named in field_error(form, "with")


def test_an_account_of_another_region(form: Browser, image: str, initech: Person) -> None:
    with refused(form, image, "with"):
        fill_share_form(form, "initech", description=DESCRIPTION)
    error = field_error(form, "with")
    assert "initech" in error
    assert "region-1" in error
    assert "region-2" in error
    assert "copy" in error.lower(), "what to do instead is told"


def test_an_end_in_the_past(form: Browser, image: str, globex: Person) -> None:
    with refused(form, image, "until"):
        fill_share_form(form, "globex", end=Moment.in_days(-1), description=DESCRIPTION)


def test_an_end_in_the_past_is_kept_in_the_zone_of_who_typed_it(
    open_browser: OpenBrowser, acme: Person, image: str, globex: Person
) -> None:
    browser = open_browser(zone="Asia/Shanghai")
    sign_in_as(browser, acme)
    open_share_form(browser, image)
    with refused(browser, image, "until"):
        fill_share_form(browser, "globex", end=Moment.in_days(-1), zone="Asia/Shanghai")


@pytest.mark.parametrize("text", ["soon", "31.12.2099", "2099-02-30T10:00", "2099-13-01T10:00", "99999999"])
def test_an_end_that_is_no_date(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, image: str, globex: Person, text: str
) -> None:
    browser = open_browser(script=False)
    sign_in_as(browser, acme)
    open_share_form(browser, image)
    fill_share_form(browser, "globex", description=DESCRIPTION)
    tick(browser, "forever", on=False)
    write_nonsense_as_end(browser, text)
    send_share_form(browser)
    assert list(field_errors(browser)) == ["until"]
    assert value(browser, "with") == "globex"
    assert value(browser, "description") == DESCRIPTION
    assert shares(server, image) == {}


def test_neither_an_end_nor_for_good(form: Browser, server: BerthServer, image: str, globex: Person) -> None:
    fill_share_form(form, "globex", description=DESCRIPTION)
    tick(form, "forever", on=False)
    write(form, "until", "")
    send_share_form(form)
    assert list(field_errors(form)) == ["until"]
    assert not form.one("[name=forever]").is_selected()
    assert shares(server, image) == {}


@pytest.mark.parametrize("character", ["a", "像", "🚢"])
def test_a_description_of_1001_characters(form: Browser, image: str, globex: Person, character: str) -> None:
    with refused(form, image, "description"):
        fill_share_form(form, "globex", description=character * 1001)
        assert form.one("#description-count").text == "1,001 / 1,000"
    assert "1,000" in field_error(form, "description")


@pytest.mark.parametrize("character", ["a", "像", "🚢"])
def test_a_description_of_1000_characters_is_taken(
    form: Browser, server: BerthServer, image: str, globex: Person, character: str
) -> None:
    fill_share_form(form, "globex", description=character * 1000)
    assert form.one("#description-count").text == "1,000 / 1,000"
    send_share_form(form)
    assert names(form) == ["globex"]
    assert shares(server, image)["globex"].description == character * 1000


def test_the_end_of_a_line_is_one_character_of_a_description(
    form: Browser, server: BerthServer, image: str, globex: Person
) -> None:
    description = "\n".join(["a"] * 500) + "b"
    fill_share_form(form, "globex", description=description)
    assert form.one("#description-count").text == "1,000 / 1,000"
    send_share_form(form)
    assert names(form) == ["globex"]
    assert shares(server, image)["globex"].description == description


def test_an_account_that_has_the_image_already(form: Browser, image: str, globex: Person) -> None:
    add_share(image, globex, description="the first")
    with refused(form, image, "with"):
        fill_share_form(form, "globex", description="the second")
    assert "globex" in field_error(form, "with")


def test_the_501st_account(form: Browser, server: BerthServer, image: str, globex: Person) -> None:
    def share_with(number: int) -> None:
        server.run("account", "add", f"crowd{number}")
        server.run("share", "add", image, "--with", f"crowd{number}", "--forever")

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(share_with, range(500)))
    with refused(form, image):
        fill_share_form(form, "globex", description=DESCRIPTION)
    assert "500" in notice(form)


def test_everything_wrong_is_told_at_once(form: Browser, image: str) -> None:
    with refused(form, image, "with", "until", "description"):
        fill_share_form(form, "nobody", end=Moment.in_days(-1), description="a" * 1001)


def test_a_refused_form_is_mended_and_sent_again(
    form: Browser, server: BerthServer, image: str, globex: Person
) -> None:
    with refused(form, image, "with"):
        fill_share_form(form, "nobody", end=Moment.in_days(3), description=DESCRIPTION)
    write(form, "with", "globex")
    send_share_form(form)
    assert row(form, "globex")["Description"] == DESCRIPTION
    assert shares(server, image)["globex"].end == Moment.in_days(3)


def test_a_change_for_the_worse_is_refused_at_its_field(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex, description="as it was")
    open_sharing(owner, image)
    press(owner, "Edit the share with globex")
    before = shares_of(owner, image)
    tick(owner, "forever", on=False)
    owner.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        owner.one("[name=until]"),
        Moment.in_days(-1).entered(),
    )
    write(owner, "description", "a" * 1001)
    send_share_form(owner)
    assert field_error(owner, "until")
    assert field_error(owner, "description")
    assert shares_of(owner, image) == before


def test_a_public_image_offers_no_sharing(owner: Browser, server: BerthServer, image: str) -> None:
    server.run("repo", "set", image, "--public")
    open_sharing(owner, image)
    assert "public" in owner.one("main").text.lower()
    assert not offers(owner, "Share image")


def test_an_image_made_public_meanwhile_is_not_shared(
    form: Browser, server: BerthServer, image: str, globex: Person
) -> None:
    fill_share_form(form, "globex", description=DESCRIPTION)
    server.run("repo", "set", image, "--public")
    send_share_form(form)
    assert "public" in notice(form).lower()
    assert shares(server, image) == {}


def test_who_may_only_pull_is_offered_no_sharing(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, image: str, globex: Person
) -> None:
    reader = acme.add_colleague("reader")
    server.run("grant", "set", image, reader.full_name, "read")
    browser = open_browser()
    sign_in_as(browser, reader)
    open_sharing(browser, image)
    assert not offers(browser, "Share image")
    browser.visit(image_path(image, tab="sharing", do="share"))
    assert not browser.has("main form [name=with]")
