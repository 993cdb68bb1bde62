"""What people read about an image, its category, and whether everyone may pull it."""

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.pushing import pull
from console.shares import add_share
from console.steps import (
    choose,
    field_error,
    image_path,
    notice,
    offers,
    open_tab,
    press,
    sign_in_as,
    value,
    write,
)
from support.berth_server import BerthServer

TEXT = "Storefront of acme.\n\n  Tags: X.Y.Z is a release.\n<b>Markup</b> is shown as typed: 镜像 🚢"


def open_description(browser: Browser, image: str) -> None:
    browser.visit(image_path(image))
    open_tab(browser, "Description")


def repository(server: BerthServer, image: str) -> dict[str, object]:
    """As the command line has it."""
    return server.run("repo", "show", image)


def test_an_image_is_described(
    owner: Browser, open_browser: OpenBrowser, server: BerthServer, image: str, globex: Person
) -> None:
    open_description(owner, image)
    assert "Nobody has described this image yet." in owner.text
    press(owner, "Edit")
    write(owner, "description", TEXT)
    assert owner.one("#description-count").text == f"{len(TEXT)} / 30,000"
    choose(owner, "category", "Framework and application")
    press(owner, "Save")
    assert notice(owner) == "The description was saved."
    assert owner.one("main .prose").get_property("textContent") == TEXT
    assert "Framework and application" in owner.text
    assert repository(server, image)["description"] == TEXT
    add_share(image, globex)
    receiver = open_browser()
    sign_in_as(receiver, globex)
    open_description(receiver, image)
    assert receiver.one("main .prose").get_property("textContent") == TEXT
    assert not offers(receiver, "Edit"), "a receiver only reads"
    assert not offers(receiver, "Change visibility")
    owner.refresh()
    press(owner, "Edit")
    assert value(owner, "description") == TEXT
    assert value(owner, "category") == "framework_app"


def test_a_text_that_is_too_long_is_refused_at_its_field(owner: Browser, server: BerthServer, image: str) -> None:
    open_description(owner, image)
    press(owner, "Edit")
    write(owner, "description", "像" * 30_001)
    assert owner.one("#description-count").text == "30,001 / 30,000"
    press(owner, "Save")
    assert "Shorten it by 1." in field_error(owner, "description")
    assert notice(owner)
    assert value(owner, "description") == "像" * 30_001
    assert not repository(server, image)["description"]
    write(owner, "description", "像" * 30_000)
    press(owner, "Save")
    assert repository(server, image)["description"] == "像" * 30_000


def test_an_image_is_made_public_and_private_again(
    owner: Browser, server: BerthServer, image: str, globex: Person
) -> None:
    open_description(owner, image)
    press(owner, "Change visibility")
    owner.one("[name=visibility][value=public]").click()
    press(owner, "Save")
    assert notice(owner) == "The image is public now. Everyone can pull it."
    assert owner.heading.endswith("Public")
    assert pull(globex, f"{image}:1")
    press(owner, "Change visibility")
    owner.one("[name=visibility][value=private]").click()
    press(owner, "Save")
    assert notice(owner) == "The image is private now."
    assert pull(globex, f"{image}:1") == ""


def test_a_shared_image_is_not_made_public(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex)
    open_description(owner, image)
    press(owner, "Change visibility")
    assert "Cancel each share on the tab Sharing first" in owner.text, "it is said before"
    owner.one("[name=visibility][value=public]").click()
    press(owner, "Save")
    assert "Cancel each share on the tab Sharing first" in field_error(owner, "visibility")
    assert notice(owner)
    assert owner.heading.endswith("Private")
    press(owner, "Back")
    assert owner.heading.endswith("Private")


@pytest.mark.parametrize(("permission", "edits"), [("read", False), ("write", True)])
def test_only_who_may_push_edits(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, image: str, permission: str, edits: bool
) -> None:
    colleague = acme.add_colleague(f"description-{permission}")
    server.run("grant", "set", image, colleague.full_name, permission)
    browser = open_browser()
    sign_in_as(browser, colleague)
    open_description(browser, image)
    assert offers(browser, "Edit") == edits
    assert not offers(browser, "Change visibility")
    browser.visit(image_path(image, tab="description", do="describe"))
    assert browser.has("textarea") == edits
    browser.visit(image_path(image, tab="description", do="set-visibility"))
    assert not browser.has("[name=visibility]")


def test_without_scripts_and_in_chinese(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, image: str
) -> None:
    browser = open_browser(script=False, language="zh-CN")
    sign_in_as(browser, acme)
    browser.visit(image_path(image))
    open_tab(browser, "描述")
    press(browser, "编辑")
    write(browser, "description", "a" * 30_001)
    press(browser, "保存")
    assert "30,001" in field_error(browser, "description")
    assert browser.one("#description-count").text == "30,001 / 30,000"
    write(browser, "description", "网站前端")
    choose(browser, "category", "框架与应用")
    press(browser, "保存")
    assert notice(browser) == "描述已保存。"
    assert "框架与应用" in browser.text
    assert repository(server, image)["description"] == "网站前端"
