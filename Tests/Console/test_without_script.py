"""The console with scripts switched off: all of it works, and times are UTC."""

import pytest

from console.browser import Browser, OpenBrowser
from console.moments import Moment
from console.people import Person
from console.pushing import pull
from console.shares import Share, add_share, shares
from console.steps import (
    choose_language,
    field_error,
    fill_share_form,
    image_path,
    is_signed_in,
    open_share_form,
    open_tab,
    press,
    send_share_form,
    sign_in_as,
    sign_out,
    tick,
    value,
    write,
)
from console.tables import names, row
from support.berth_server import BerthServer


@pytest.fixture
def owner(open_browser: OpenBrowser, acme: Person) -> Browser:
    """A browser without scripts, in Shanghai, in which acme is signed in."""
    browser = open_browser(script=False, zone="Asia/Shanghai")
    sign_in_as(browser, acme)
    return browser


def test_an_image_is_lent_and_taken_back(
    owner: Browser, open_browser: OpenBrowser, server: BerthServer, image: str, globex: Person
) -> None:
    end = Moment.in_days(30)
    owner.visit("/console/images")
    press(owner, image.partition("/")[2])
    open_tab(owner, "Sharing")
    press(owner, "Share image")
    assert "UTC" in owner.one("#until-hint").text
    fill_share_form(owner, "globex", end=end, description="for the trial")
    send_share_form(owner)
    assert row(owner, "globex").moment("Valid until") == end
    assert row(owner, "globex")["Valid until"] == end.shown() + " UTC"
    assert shares(server, image) == {"globex": Share(end, "for the trial", "effective")}

    receiver = open_browser(script=False)
    sign_in_as(receiver, globex)
    receiver.visit("/console/images")
    open_tab(receiver, "Shared images")
    assert f"docker pull {server.authority}/{image}:1" in row(receiver, image)["Pull command"]
    assert pull(globex, f"{image}:1")

    press(owner, "Cancel the share with globex")
    press(owner, "Cancel the share")
    assert names(owner) == []
    assert pull(globex, f"{image}:1") == ""
    receiver.refresh()
    assert image not in names(receiver)


def test_a_share_is_changed(owner: Browser, server: BerthServer, image: str, globex: Person) -> None:
    end = Moment.in_days(20, 7, 45, second=42)
    add_share(image, globex, "--until", str(end))
    owner.visit(image_path(image, tab="sharing"))
    press(owner, "Edit the share with globex")
    assert value(owner, "until") == end.entered(), "without scripts the field is UTC"
    write(owner, "description", "described later")
    send_share_form(owner)
    assert shares(server, image)["globex"] == Share(end, "described later", "effective")


def test_a_refusal_keeps_what_was_typed(owner: Browser, server: BerthServer, image: str, globex: Person) -> None:
    past = Moment.in_days(-1)
    open_share_form(owner, image)
    fill_share_form(owner, "globex", end=past, description="for the trial")
    send_share_form(owner)
    assert field_error(owner, "until")
    assert value(owner, "until") == past.entered()
    assert value(owner, "description") == "for the trial"
    assert shares(server, image) == {}


def test_for_good_wins_over_an_end(owner: Browser, server: BerthServer, image: str, globex: Person) -> None:
    """Without scripts nothing switches the field off."""
    open_share_form(owner, image)
    fill_share_form(owner, "globex", end=Moment.in_days(3))
    tick(owner, "forever")
    send_share_form(owner)
    assert shares(server, image)["globex"].end is None


def test_images_are_searched_and_filtered(owner: Browser, image: str, globex: Person) -> None:
    name = image.partition("/")[2]
    add_share(image, globex)
    owner.visit("/console/images")
    write(owner, "q", name)
    tick(owner, "shared")
    press(owner, "Search")
    assert names(owner) == [name]
    assert value(owner, "q") == name
    assert owner.one("[name=shared]").is_selected()


def test_the_language_is_changed(owner: Browser) -> None:
    owner.visit("/console/images")
    choose_language(owner, "中文")
    assert owner.heading == "我的镜像"


def test_nothing_is_shown_that_needs_scripts(owner: Browser, image: str) -> None:
    owner.visit(image_path(image))
    needing = owner.all("button[data-copy], button[data-theme-switch]")
    assert needing
    assert not [button.text for button in needing if button.is_displayed()]


def test_signing_out(owner: Browser) -> None:
    owner.visit("/console/images")
    sign_out(owner)
    assert not is_signed_in(owner)
