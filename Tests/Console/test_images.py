"""The lists of images and of tags: searching, sorting, filtering, and what is told when there is nothing."""

import pytest

from console.browser import Browser
from console.people import Person
from console.pushing import pull, push
from console.shares import add_share
from console.steps import controls, image_path, open_tab, press, sign_in_as, tick, value, write
from console.tables import names, row
from support.berth_server import BerthServer, unique
from support.images import image as new_image


@pytest.fixture
def newcomer(server: BerthServer) -> Person:
    """An account that has nothing and was lent nothing."""
    return Person.add_account(server, unique("newcomer"))


def test_who_has_no_image_is_led_to_the_first_one(browser: Browser, server: BerthServer, newcomer: Person) -> None:
    sign_in_as(browser, newcomer)
    browser.visit("/console/images")
    assert "docker" not in browser.text, "a push to no organization can only fail"
    press(browser, "Create an organization")
    assert browser.path == "/console/organizations"
    organization = unique("first")
    newcomer.add_organization(organization)
    browser.visit("/console/images")
    assert names(browser) == []
    assert f"docker login {server.authority}" in browser.text
    assert f"docker push {server.authority}/{organization}/" in browser.text


def test_who_was_lent_nothing_is_told_how_to_receive(browser: Browser, newcomer: Person) -> None:
    sign_in_as(browser, newcomer)
    browser.visit("/console/images")
    open_tab(browser, "Shared images")
    assert names(browser) == []
    assert newcomer.account in browser.text
    assert newcomer.account_id in browser.text


def test_images_are_found_by_name(owner: Browser, image: str) -> None:
    name = image.partition("/")[2]
    owner.visit("/console/images")
    write(owner, "q", name)
    press(owner, "Search")
    assert names(owner) == [name]
    assert value(owner, "q") == name


def test_images_are_found_by_any_part_of_their_full_name(owner: Browser, image: str) -> None:
    organization, _, name = image.partition("/")
    for text in (image, image.upper(), f"{organization[-2:]}/{name}", f"{organization}/{name[:-1]}"):
        owner.visit("/console/images")
        write(owner, "q", text)
        press(owner, "Search")
        assert name in names(owner), text


def test_a_search_without_result_says_so(owner: Browser, image: str) -> None:
    owner.visit("/console/images?q=there-is-no-such-image")
    assert names(owner) == []
    assert value(owner, "q") == "there-is-no-such-image"
    assert "No image matches" in owner.text


@pytest.mark.parametrize(("column", "order"), [("Image", ["sorted-a", "sorted-b"]), ("Tags", ["sorted-a", "sorted-b"])])
def test_images_are_sorted_by_a_column_both_ways(owner: Browser, acme: Person, column: str, order: list[str]) -> None:
    for reference in ("sorted-a:1", "sorted-a:2", "sorted-b:1"):
        push(acme, f"acme-images/{reference}", new_image(reference))
    owner.visit("/console/images?q=sorted-")
    seen = []
    for _ in range(2):
        (head,) = controls(owner, column, owner.one("main thead"))
        with owner.new_page():
            head.click()
        seen.append(names(owner))
        assert owner.has("main thead [aria-sort]")
    assert seen == [order, order[::-1]]


def test_only_shared_images_are_displayed_on_demand(owner: Browser, image: str, acme: Person, globex: Person) -> None:
    private = f"acme-images/{unique('private')}"
    push(acme, f"{private}:1", new_image(private))
    add_share(image, globex)
    owner.visit("/console/images")
    assert private.partition("/")[2] in names(owner)
    with owner.new_page():
        tick(owner, "shared")
    assert private.partition("/")[2] not in names(owner)
    shared = row(owner, image.partition("/")[2])
    assert shared["Shared with"] == "1 account"
    (badge,) = controls(owner, "1 account", shared.element)
    with owner.new_page():
        badge.click()
    assert names(owner) == ["globex"], "the badge leads to the shares"


def test_an_expired_share_does_not_count(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex, "--for", "1s")
    name = image.partition("/")[2]
    owner.visit(f"/console/images?q={name}")
    owner.reload_until(lambda: row(owner, name)["Shared with"] == "Nobody", "the share counts no more")
    with owner.new_page():
        tick(owner, "shared")
    assert names(owner) == []


def test_many_images_are_shown_in_pages(browser: Browser, server: BerthServer) -> None:
    many = Person.add_account(server, unique("many"))
    organization = many.add_organization(unique("many-images"))
    pushed = {f"image{number:02}" for number in range(55)}
    for name in pushed:
        push(many, f"{organization}/{name}:1", new_image("all the same"))
    sign_in_as(browser, many)
    browser.visit("/console/images?sort=name")
    seen = names(browser)
    while browser.has("a[rel=next][href]"):
        with browser.new_page():
            browser.one("a[rel=next][href]").click()
        seen += names(browser)
        assert len(seen) <= 55
    assert seen in (sorted(pushed), sorted(pushed, reverse=True))


def test_a_page_beyond_the_last_is_no_accident(owner: Browser, image: str) -> None:
    for page in ("999", "0", "-1", "x", "99999999999999999999"):
        owner.visit(f"/console/images?page={page}")
        assert owner.heading == "My images"


def test_downloads_are_counted(owner: Browser, acme: Person, image: str) -> None:
    name = image.partition("/")[2]
    assert pull(acme, f"{image}:1")
    owner.visit(f"/console/images?q={name}")
    owner.reload_until(lambda: row(owner, name)["Downloads"] == "1", "the pull is counted")


def test_a_tag_shows_what_it_is(owner: Browser, server: BerthServer, acme: Person, image: str) -> None:
    manifest = new_image("the second")
    push(acme, f"{image}:2", manifest)
    owner.visit(image_path(image))
    assert sorted(names(owner)) == ["1", "2"]
    tag = row(owner, "2")
    assert manifest.hex[:12] in tag["Digest"]
    assert tag.moment("Pushed")
    assert f"docker pull {server.authority}/{image}:2" in tag["Pull command"]


def test_a_button_copies_the_digest(owner: Browser, acme: Person, image: str) -> None:
    manifest = new_image("to be copied")
    push(acme, f"{image}:copied", manifest)
    owner.execute_cdp_cmd("Browser.grantPermissions", {"origin": owner.home, "permissions": ["clipboardReadWrite"]})
    owner.visit(image_path(image))
    button = row(owner, "copied").cell("Digest").find_element("css selector", "button")
    button.click()
    owner.wait_until(lambda: button.text == "Copied", "the button says that it is done")
    assert owner.one("#live").get_attribute("textContent") == "Copied", "it is read aloud"
    copied = "navigator.clipboard.readText().then(arguments[0], error => arguments[0](String(error)))"
    assert owner.execute_async_script(copied) == manifest.digest


def test_a_name_with_slashes(owner: Browser, acme: Person, globex: Person) -> None:
    image = "acme-images/team/tools/web"
    push(acme, f"{image}:1", new_image(image))
    owner.visit("/console/images")
    press(owner, "team/tools/web")
    assert owner.heading.startswith(image)
    open_tab(owner, "Sharing")
    assert owner.path.startswith(f"/console/images/{image}?")


def test_a_public_image_says_so(owner: Browser, server: BerthServer, image: str) -> None:
    server.run("repo", "set", image, "--public")
    owner.visit(f"/console/images?q={image.partition('/')[2]}")
    assert row(owner, image.partition("/")[2])["Visibility"] == "Public"
