"""The story that the console is for: an owner lends an image, a receiver pulls it, the owner takes it back."""

from datetime import UTC, datetime, timedelta

import pytest

from console.browser import Browser, OpenBrowser
from console.moments import Moment
from console.people import Person
from console.pushing import pull, push, two_platforms
from console.shares import Share, add_share, shares
from console.steps import (
    choose_end,
    field_errors,
    fill_share_form,
    image_path,
    notice,
    offers,
    open_share_form,
    open_sharing,
    open_tab,
    press,
    send_share_form,
    sign_in_as,
    tick,
    value,
    write,
)
from console.tables import Row, names, row, rows, shows
from support.berth_server import BerthServer

SHANGHAI = "Asia/Shanghai"


def test_an_image_is_lent_pulled_and_taken_back(
    server: BerthServer, open_browser: OpenBrowser, acme: Person, globex: Person
) -> None:
    pushed = two_platforms("the story")
    push(acme, "acme-images/story:1.0", pushed)
    end = Moment.in_days(30, 18, 30, SHANGHAI)

    owner = open_browser(zone=SHANGHAI)
    sign_in_as(owner, acme)
    owner.visit("/console/images")
    assert owner.heading == "My images"
    listed = row(owner, "story")
    assert listed["Organization"] == "acme-images"
    assert listed["Tags"] == "1"
    assert listed["Visibility"] == "Private"
    assert listed["Shared with"] == "Nobody"

    press(owner, "story")
    assert owner.heading.startswith("acme-images/story")
    tag = row(owner, "1.0")
    assert "linux/amd64" in tag["Platforms"]
    assert "linux/arm64" in tag["Platforms"]
    assert pushed.digest in (tag.cell("Digest").get_attribute("innerHTML") or "")

    open_tab(owner, "Sharing")
    assert rows(owner) == []
    press(owner, "Share image")
    fill_share_form(owner, "globex", end=end, zone=SHANGHAI, description="for the trial")
    assert end.shown() + " UTC" in owner.one("#until-utc").text, "the instant is shown while it is chosen"
    send_share_form(owner)
    assert "globex" in notice(owner)
    lent = row(owner, "globex")
    assert lent.moment("Valid until") == end
    assert lent["Valid until"] == end.shown(SHANGHAI)
    assert lent.title("Valid until") == end.shown() + " UTC"
    assert lent["Status"] == "Effective"
    assert lent["Permission"] == "Pull"
    assert lent["Description"] == "for the trial"
    assert lent["Created by"].startswith("acme")
    assert shares(server, "acme-images/story") == {"globex": Share(end, "for the trial", "effective")}
    owner.visit("/console/images")
    assert row(owner, "story")["Shared with"] == "1 account"

    receiver = open_browser()
    sign_in_as(receiver, globex)
    receiver.visit("/console/images")
    open_tab(receiver, "Shared images")
    received = row(receiver, "acme-images/story")
    assert received["Owner"].split("\n") == ["acme", "for the trial"]
    assert any(unit in received["Image"] for unit in (" B", " kB", " KB", " KiB", " MB")), received["Image"]
    assert "1.0" in received["Tags"]
    assert received["Validity"].startswith("Effective")
    assert received.moment("Validity") == end
    command = f"docker pull {server.authority}/acme-images/story:1.0"
    assert command in received["Pull command"]
    press(receiver, "acme-images/story")
    assert receiver.heading.startswith("acme-images/story")
    assert "acme" in receiver.text
    assert command in receiver.text
    assert names(receiver) == ["1.0"]
    assert not offers(receiver, "Delete tag 1.0"), "a receiver only reads"
    assert not receiver.has("nav.tabs a[href*=sharing]"), "a receiver does not share on"
    assert pull(globex, "acme-images/story:1.0") == pushed.digest

    owner.visit(image_path("acme-images/story"))
    open_tab(owner, "Activity")
    owner.reload_until(lambda: pulls_by(owner, "globex/globex"), "the pull is on record")
    pulled = pulls_by(owner, "globex/globex")
    assert {found["Under"] for found in pulled} == {"Share with globex"}
    assert "1.0" in [found["Tag"].partition("\n")[0] for found in pulled]
    assert {found["Address"] for found in pulled} == {"127.0.0.1"}
    assert abs(pulled[0].moment("Time").instant - datetime.now(UTC)) < timedelta(minutes=5)

    open_sharing(owner, "acme-images/story")
    press(owner, "Cancel the share with globex")
    assert "globex" in owner.text
    assert "globex" in shares(server, "acme-images/story"), "asking is not yet cancelling"
    press(owner, "Cancel the share")
    assert "globex" in notice(owner)
    assert names(owner) == []
    assert shares(server, "acme-images/story") == {}

    receiver.refresh()
    assert receiver.heading == "There is nothing here"
    receiver.visit("/console/shared")
    assert "acme-images/story" not in names(receiver)
    assert pull(globex, "acme-images/story:1.0") == ""


def pulls_by(browser: Browser, user: str) -> list[Row]:
    """Those that the tab Activity shows."""
    return [found for found in rows(browser) if found["User"] == user and found["Action"].startswith("Pull")]


def test_the_question_before_cancelling_can_be_answered_with_no(
    server: BerthServer, owner: Browser, image: str, globex: Person
) -> None:
    add_share(image, globex)
    open_sharing(owner, image)
    press(owner, "Cancel the share with globex")
    press(owner, "Keep it")
    assert names(owner) == ["globex"]
    assert shares(server, image)["globex"].status == "effective"


def test_a_share_that_is_over_is_shown_as_expired_to_both(
    open_browser: OpenBrowser, image: str, acme: Person, globex: Person
) -> None:
    owner, receiver = open_browser(), open_browser()
    sign_in_as(owner, acme)
    sign_in_as(receiver, globex)
    add_share(image, globex, "--for", "2s")
    open_sharing(owner, image)
    owner.reload_until(lambda: shows(owner, "globex", lambda row: row["Status"] == "Expired"), "the share is over")
    receiver.visit("/console/shared")
    received = row(receiver, image)
    assert received["Validity"].startswith("Expired")
    assert "docker pull" not in received["Pull command"]
    assert pull(globex, f"{image}:1") == ""
    receiver.visit(image_path(image))
    assert receiver.heading == "There is nothing here"


def test_a_share_about_to_end_says_in_how_many_days(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex, "--for", "71h")
    open_sharing(owner, image)
    assert row(owner, "globex")["Status"] in {"Ends in 2 days", "Ends in 3 days"}


def test_a_share_is_changed(server: BerthServer, owner: Browser, image: str, globex: Person) -> None:
    end = Moment.in_days(10)
    add_share(image, globex, description="for the trial")
    open_sharing(owner, image)
    assert row(owner, "globex")["Valid until"] == "Permanently valid"
    press(owner, "Edit the share with globex")
    assert value(owner, "description") == "for the trial"
    assert owner.one("[name=forever]").is_selected()
    tick(owner, "forever", on=False)
    choose_end(owner, end)
    write(owner, "description", "for the second trial")
    send_share_form(owner)
    changed = row(owner, "globex")
    assert changed.moment("Valid until") == end
    assert changed["Description"] == "for the second trial"
    assert shares(server, image) == {"globex": Share(end, "for the second trial", "effective")}


def test_editing_shows_the_end_in_the_zone_of_who_looks(
    server: BerthServer, open_browser: OpenBrowser, acme: Person, globex: Person, image: str
) -> None:
    end = Moment.in_days(10, 1, 15, second=42)
    add_share(image, globex, "--until", str(end))
    owner = open_browser(zone="America/New_York")
    sign_in_as(owner, acme)
    open_sharing(owner, image)
    press(owner, "Edit the share with globex")
    assert value(owner, "until") == end.entered("America/New_York")
    assert "America/New_York" in owner.text
    send_share_form(owner)
    assert shares(server, image)["globex"].end == end, "saving what was not changed changes nothing"


def test_an_expired_share_is_made_effective_again_by_editing(
    server: BerthServer, owner: Browser, image: str, globex: Person
) -> None:
    add_share(image, globex, "--for", "1s")
    open_sharing(owner, image)
    owner.reload_until(lambda: shows(owner, "globex", lambda row: row["Status"] == "Expired"), "the share is over")
    press(owner, "Edit the share with globex")
    tick(owner, "forever")
    send_share_form(owner)
    assert row(owner, "globex")["Status"] == "Effective"
    assert pull(globex, f"{image}:1")


def test_an_image_is_shared_for_good_with_an_account_named_by_its_id(
    server: BerthServer, owner: Browser, image: str, globex: Person
) -> None:
    open_share_form(owner, image)
    fill_share_form(owner, globex.account_id)
    assert field_errors(owner) == {}
    send_share_form(owner)
    assert row(owner, "globex")["Valid until"] == "Permanently valid"
    assert shares(server, image) == {"globex": Share(None, "", "effective")}


def test_a_person_finds_the_id_of_the_own_account(owner: Browser, acme: Person) -> None:
    owner.visit("/console/images")
    owner.one("details.menu > summary").click()
    assert acme.account_id in owner.one("details.menu").text


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Kolkata"])
def test_the_end_is_the_instant_that_was_chosen_in_any_zone(
    server: BerthServer, open_browser: OpenBrowser, acme: Person, image: str, globex: Person, zone: str
) -> None:
    end = Moment.in_days(40, 23, 59, zone)
    owner = open_browser(zone=zone)
    sign_in_as(owner, acme)
    open_share_form(owner, image)
    fill_share_form(owner, "globex", end=end, zone=zone)
    send_share_form(owner)
    assert shares(server, image)["globex"].end == end
    assert row(owner, "globex")["Valid until"] == end.shown(zone)
