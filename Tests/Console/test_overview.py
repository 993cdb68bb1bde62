"""The numbers of an account, and thirty days of them."""

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.pushing import pull, push
from console.shares import add_share
from console.steps import press, sign_in_as
from support.berth_server import BerthServer
from support.images import image as new_image


def figures(browser: Browser) -> dict[str, str]:
    """The numbers by their names."""
    boxes = [box.text.split("\n") for box in browser.all("dl.stats > div")]
    return {name: value for name, value, *_ in boxes}


def test_the_overview_tells_what_an_account_has_shares_and_gets(
    server: BerthServer, open_browser: OpenBrowser
) -> None:
    owner, receiver = (Person.add_account(server, name) for name in ("hooli", "umbrella"))
    owner.add_organization("hooli-images")
    for reference in ("one:1", "one:2", "two:1"):
        push(owner, f"hooli-images/{reference}", new_image(reference))
    add_share("hooli-images/one", receiver)
    for _ in range(3):
        assert pull(receiver, "hooli-images/one:1")
    browser, other = open_browser(), open_browser()
    sign_in_as(browser, owner)
    browser.visit("/console/")
    browser.reload_until(lambda: figures(browser)["Downloads, 30 days"] == "3", "the pulls are counted")
    shown = figures(browser)
    assert (shown["Images"], shown["Organizations"], shown["Images you share"]) == ("2", "1", "1")
    assert shown["Shared with you"] == "0"
    assert "3 tags" in browser.text
    assert len(browser.all("svg path.bars")) == 1, "today has a bar"
    sign_in_as(other, receiver)
    other.visit("/console/")
    shown = figures(other)
    assert (shown["Images"], shown["Downloads, 30 days"], shown["Shared with you"]) == ("0", "0", "1")
    press(other, "Shared with you")
    assert other.path == "/console/shared"


def test_the_plots_are_tables_for_who_cannot_see_them(owner: Browser, image: str) -> None:
    owner.visit("/console/")
    for plot in owner.all("figure.plot"):
        plot.find_element("css selector", "summary").click()
        assert len(plot.find_elements("css selector", "tbody tr")) == 30
        words = plot.find_element("css selector", "svg").get_attribute("aria-label")
        assert words
        assert words.endswith(".")
