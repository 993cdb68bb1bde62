"""What an owner sees of what was done with an image: who pulled what, when, under which share."""

import re
from collections.abc import Iterator

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.pushing import index_of, pull, push
from console.shares import add_share
from console.steps import choose, image_path, notice, offers, open_tab, press, sign_in_as, tick
from console.tables import names, rows
from support.berth_server import BerthServer
from support.images import image as new_image


def open_activity(browser: Browser, image: str) -> None:
    browser.visit(image_path(image))
    open_tab(browser, "Activity")


def done(browser: Browser) -> list[tuple[str, str]]:
    """Who did what, the newest first, however many times."""
    return [(row["User"], re.sub(r"\n\d+ times$", "", row["Action"]).replace("\n", " ")) for row in rows(browser)]


def see(browser: Browser, who: str, what: str) -> None:
    """Reloads the page until it tells of that: pulls and refusals are written a moment later."""
    browser.reload_until(lambda: (who, what) in done(browser), f"{who}: {what} is on record")


def test_a_pull_is_seen_under_its_share(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex)
    digest = pull(globex, f"{image}:1")
    open_activity(owner, image)
    see(owner, "globex/globex", "Pull")
    pulled = next(row for row in rows(owner) if row["User"] == "globex/globex")
    assert pulled["Under"] == "Share with globex"
    assert pulled["Address"] == "127.0.0.1"
    assert digest in (pulled.cell("Tag").get_attribute("innerHTML") or "")
    assert done(owner)[-1] == ("acme/acme", "Push"), "the newest stands first"
    assert ("Operator of the registry", "Share") in done(owner)


def test_each_layer_is_told_only_where_that_is_asked_for(owner: Browser, image: str, acme: Person) -> None:
    pull(acme, f"{image}:1")
    open_activity(owner, image)
    see(owner, "acme/acme", "Pull")
    assert "blob" not in [row["Details"] for row in rows(owner)]
    with owner.new_page():
        tick(owner, "blobs")
    assert "blob" in [row["Details"] for row in rows(owner)]
    assert owner.one("[name=blobs]").is_selected()


def test_one_kind_of_action_is_chosen(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex)
    pull(globex, f"{image}:1")
    open_activity(owner, image)
    see(owner, "globex/globex", "Pull")
    for kind, actions in {"Pulls": {"Pull"}, "Pushes": {"Push"}, "Sharing": {"Share"}, "Deletions": set()}.items():
        choose(owner, "kind", kind)
        press(owner, "Apply")
        assert {what for _, what in done(owner)} == actions, kind
    assert "Nothing of this kind is on record." in owner.text


def test_who_was_refused_is_marked(owner: Browser, image: str, globex: Person) -> None:
    assert pull(globex, f"{image}:1") == ""
    open_activity(owner, image)
    see(owner, "globex/globex", "Pull Refused")
    refused = next(row for row in rows(owner) if row["User"] == "globex/globex")
    assert refused["Under"] == ""


def test_older_records_are_pages_further(owner: Browser, acme: Person, image: str) -> None:
    many = index_of({f"linux/{number}": new_image(f"{image} {number}") for number in range(2)})
    for number in range(30):
        push(acme, f"{image}:many-{number}", many)
    open_activity(owner, image)
    choose(owner, "kind", "Pushes")
    press(owner, "Apply")
    newest = [row["Tag"].partition("\n")[0] for row in rows(owner)]
    assert len(newest) == 25
    assert "many-29" in newest
    seen = set(newest)
    while offers(owner, "Older"):
        press(owner, "Older")
        seen |= {row["Tag"].partition("\n")[0] for row in rows(owner)}
    assert {"1", *(f"many-{number}" for number in range(30))} <= seen
    press(owner, "Newest")
    assert [row["Tag"].partition("\n")[0] for row in rows(owner)] == newest


def test_who_may_not_manage_the_image_is_told_whom_to_ask(
    open_browser: OpenBrowser, server: BerthServer, acme: Person, image: str
) -> None:
    reader = acme.add_colleague("activity-reader")
    server.run("grant", "set", image, reader.full_name, "read")
    browser = open_browser()
    sign_in_as(browser, reader)
    open_activity(browser, image)
    assert rows(browser) == []
    assert "permission manage" in browser.text


def test_a_receiver_learns_nothing_of_others(open_browser: OpenBrowser, image: str, globex: Person) -> None:
    add_share(image, globex)
    browser = open_browser()
    sign_in_as(browser, globex)
    browser.visit(image_path(image, tab="activity"))
    assert names(browser) == ["1"], "it is the list of tags"
    assert not browser.has("nav.tabs a[href*=activity]")


def test_without_scripts_and_in_chinese(open_browser: OpenBrowser, acme: Person, image: str, globex: Person) -> None:
    add_share(image, globex)
    pull(globex, f"{image}:1")
    browser = open_browser(script=False, language="zh-CN", zone="Asia/Shanghai")
    sign_in_as(browser, acme)
    browser.visit(image_path(image, tab="activity", kind="pulls"))
    browser.reload_until(lambda: rows(browser), "the pull is on record")
    pulled = rows(browser)[0]
    assert pulled["操作"] == "下载"
    assert pulled["依据"] == "共享给 globex"
    assert pulled["时间"].endswith(" UTC")
    choose(browser, "kind", "共享")
    tick(browser, "blobs")
    press(browser, "应用")
    assert [row["操作"] for row in rows(browser)] == ["共享镜像"]
    assert browser.one("[name=blobs]").is_selected()


@pytest.fixture(scope="module")
def forgetful() -> Iterator[BerthServer]:
    """A server that keeps no audit log."""
    server = BerthServer("--audit-days", "0").start()
    yield server
    server.remove()


def test_a_registry_without_an_audit_log_says_so(forgetful: BerthServer) -> None:
    acme = Person.add_account(forgetful, "acme")
    acme.add_organization("acme-images")
    push(acme, "acme-images/web:1", new_image("web"))
    browser = Browser(forgetful)
    try:
        sign_in_as(browser, acme)
        open_activity(browser, "acme-images/web")
        assert "keeps no audit log" in browser.text
        assert not browser.has("main table")
        assert notice(browser) == ""
    finally:
        browser.quit()
