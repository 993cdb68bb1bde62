"""Every page of the console that a person can come to, with something on it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from console.browser import Browser
from console.moments import Moment
from console.people import Person
from console.permissions import give, offer_user, permissions_path, save_permission
from console.pushing import index_of, pull, push, two_platforms
from console.shares import add_share, shares
from console.steps import (
    asks_to_sign_in,
    enter_credentials,
    fill_share_form,
    follow,
    image_path,
    open_share_form,
    open_sharing,
    send_share_form,
    write,
)
from support.berth_server import BerthServer
from support.images import image
from support.polling import wait_until

HOSTILE = "<img src=x onerror=alert(1)> &amp; \"'</td>{{csrf}}"


@dataclass(frozen=True)
class World:
    """Accounts, images and shares of all kinds, as acme sees them."""

    acme: Person
    newcomer: Person
    reader: Person

    image = "acme-images/web/frontend"
    lonely = "acme-images/experiments/vision-transformer-inference-server-2026-large-fp16-quantized-instruct-preview"
    public = "acme-images/base"
    received = "globex-apps/analytics/collector"
    lost = "globex-apps/analytics/dashboard"
    bare = "acme-labs"
    receivers = ("globex", "hooli", "umbrella", "vandelay")
    tags = ("1.0", "1.1", "latest")

    @staticmethod
    def make(acme: Person, globex: Person) -> "World":
        server = acme.server
        others = {name: Person.add_account(server, name) for name in ("hooli", "umbrella", "vandelay", "newcomer")}
        globex.add_organization("globex-apps")
        for person, reference, manifest in (
            (globex, f"{World.received}:4.2", two_platforms("collector")),
            (globex, f"{World.lost}:2.0", image("dashboard")),
            (acme, f"{World.lonely}:1", image("lonely")),
            (acme, f"{World.public}:1", image("base")),
            *((acme, f"{World.image}:{tag}", two_platforms(f"frontend {tag}")) for tag in World.tags),
            (acme, f"{World.image}:hostile", index_of({"<script>alert(1)</script>/<b>amd64</b>": image("hostile")})),
        ):
            push(person, reference, manifest)
        server.run("repo", "set", World.public, "--public")
        server.run("repo", "set", World.image, "--description", HOSTILE)
        add_share(World.image, others["vandelay"], "--for", "1s", description=HOSTILE)
        add_share(World.lost, acme, "--for", "1s", description=HOSTILE)
        add_share(World.image, globex, "--for", "30d", description=HOSTILE)
        add_share(World.image, others["hooli"], description="x" * 1000)
        add_share(World.image, others["umbrella"], "--for", "47h")
        add_share(World.received, acme, "--for", "30d", description=HOSTILE)
        colleagues = [acme.add_colleague(name) for name in ("reader", "ci-bot", "gone", "builder")]
        reader, maker, gone, builder = colleagues
        acme.add_organization(World.bare)
        for target, person, permission in (
            ("acme-images", reader, "read"),
            ("acme-images", acme, "manage"),
            (World.image, maker, "write"),
            (World.image, gone, "manage"),
        ):
            give(target, person, permission)
        gone.disable()
        builder.disable()
        world = World(acme, others["newcomer"], reader)
        server.run("key", "add", reader.full_name)
        disabled = server.run("key", "add", reader.full_name)["access_key"]
        server.run("key", "disable", disabled)
        assert pull(globex, f"{World.image}:1.0")
        assert not pull(world.newcomer, f"{World.image}:1.0")
        wait_until(lambda: shares(server, World.image)["vandelay"].status == "expired", "a share is over")
        wait_until(lambda: shares(server, World.lost)["acme"].status == "expired", "a share is over")
        return world

    @property
    def server(self) -> BerthServer:
        return self.acme.server

    @cached_property
    def names(self) -> set[str]:
        """What is read on pages that no language translates."""
        images = {self.image, self.lonely, self.public, self.received, self.lost}
        people = {"acme/acme", "newcomer/newcomer", "operator", self.acme.account_id, self.newcomer.account_id}
        users = {"acme/ci-bot", "acme/gone", "acme/builder", "globex/globex", self.reader.full_name}
        platforms = {"linux/amd64", "linux/arm64", "<script>alert(1)</script>/<b>amd64</b>"}
        return {
            *images,
            *people,
            *users,
            self.bare,
            *platforms,
            *self.receivers,
            *self.tags,
            *(key["access_key"] for key in self.server.run("key", "list", self.reader.full_name)),
            "hostile",
            HOSTILE,
            "x" * 1000,
            self.server.authority,
        }


@dataclass(frozen=True)
class Page:
    """A page for a person of the world that it is opened in, such as `acme`; for the empty name nobody is signed in."""

    name: str
    person: str
    open: Callable[[Browser, Any], object]

    def __str__(self) -> str:
        return self.name


class Readers:
    """Browsers that look at pages of a world: one for each person, who signs in once."""

    def __init__(self, world: Any, **wishes: Any) -> None:
        self.world = world
        self._wishes = wishes
        self._browsers: dict[str, Browser] = {}

    def show(self, page: Page) -> Browser:
        """Opens a page, signed in as the person whom it is for."""
        if page.person not in self._browsers:
            self._browsers[page.person] = Browser(self.world.server, **self._wishes)
            if page.person:
                self._sign_in(self._browsers[page.person], getattr(self.world, page.person))
        browser = self._browsers[page.person]
        page.open(browser, self.world)
        return browser

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.quit()

    def _sign_in(self, browser: Browser, person: Person) -> None:
        browser.visit("/console/sign-in")
        enter_credentials(browser, person.full_name, person.password)
        assert not asks_to_sign_in(browser), browser.text


def _at(path: str) -> Callable[[Browser, World], object]:
    return lambda browser, _: browser.visit(path)


def _refused_sign_in(browser: Browser, _: World) -> None:
    browser.visit("/console/sign-in")
    enter_credentials(browser, '"><script>alert(1)</script>', "not the password")


def _refused_form(browser: Browser, world: World) -> None:
    open_share_form(browser, world.lonely)
    fill_share_form(browser, HOSTILE, end=Moment.in_days(-1), description=HOSTILE * 30)
    send_share_form(browser)


def _refused_organization(browser: Browser, _: World) -> None:
    browser.visit("/console/organizations")
    write(browser, "name", HOSTILE)
    follow(browser, "main form button.primary")


def _refused_permission(browser: Browser, world: World) -> None:
    """A user whom the page does not offer, as a form that somebody has made may name it."""
    browser.visit(permissions_path(world.image))
    offer_user(browser, HOSTILE)
    save_permission(browser)


def _linked(do: str) -> Callable[[Browser, World], None]:
    """The page to change or to cancel the share with globex."""

    def open_it(browser: Browser, world: World) -> None:
        open_sharing(browser, world.image)
        follow(browser, f"main tbody a[href*='do={do}'][href*='globex']")

    return open_it


def _cancelled(browser: Browser, world: World) -> None:
    """The notice that stands above the table after a change."""
    world.server.run("share", "add", world.lonely, "--with", "umbrella", "--forever")
    open_sharing(browser, world.lonely)
    follow(browser, "main tbody a[href*='do=cancel']")
    follow(browser, "main form button.danger")


def _refused_description(browser: Browser, world: World) -> None:
    browser.visit(image_path(world.lonely, tab="description", do="describe"))
    write(browser, "description", HOSTILE * 700)
    follow(browser, "main form button.primary")


def _refused_visibility(browser: Browser, world: World) -> None:
    browser.visit(image_path(world.image, tab="description", do="set-visibility"))
    browser.one("[name=visibility][value=public]").click()
    follow(browser, "main form button.primary")


def _refused_user(browser: Browser, _: World) -> None:
    browser.visit("/console/users?do=add-user")
    write(browser, "name", HOSTILE)
    write(browser, "password", "short")
    follow(browser, "main form button.primary")


def _refused_password(browser: Browser, _: World) -> None:
    browser.visit("/console/users/reader")
    write(browser, "password", "long enough")
    follow(browser, "main form:has([name=password]) button.primary")


def _added_key(browser: Browser, _: World) -> None:
    browser.visit("/console/users/builder")
    follow(browser, "main form:has([value=add-key]) button")


def _asked_key(browser: Browser, _: World) -> None:
    browser.visit("/console/users/reader")
    follow(browser, "main tbody a[href*='do=disable-key']")


def _deleted_tag(browser: Browser, world: World) -> None:
    """The notice that stands above the tags."""
    push(world.acme, f"{World.public}:gone", image("gone"))
    browser.visit(image_path(World.public, tab="tags", tag="gone", do="delete-tag"))
    follow(browser, "main form button.danger")


PAGES = [
    Page("sign-in", "", _at("/console/sign-in")),
    Page("sign-in-refused", "", _refused_sign_in),
    Page("images", "acme", _at("/console/images")),
    Page("images-none-found", "acme", _at("/console/images?q=%3Cscript%3Ealert(1)%3C/script%3E")),
    Page("overview", "acme", _at("/console/")),
    Page("overview-empty", "newcomer", _at("/console/")),
    Page("images-empty", "newcomer", _at("/console/images")),
    Page("shared", "acme", _at("/console/shared")),
    Page("shared-empty", "newcomer", _at("/console/shared")),
    Page("image-tags", "acme", _at(image_path(World.image))),
    Page("tag", "acme", _at(image_path(World.image, tab="tags", tag="1.0"))),
    Page("tag-hostile", "acme", _at(image_path(World.image, tab="tags", tag="hostile"))),
    Page("tag-received", "acme", _at(image_path(World.received, tab="tags", tag="4.2"))),
    Page("tag-delete", "acme", _at(image_path(World.image, tab="tags", tag="1.0", do="delete-tag"))),
    Page("tag-deleted", "acme", _deleted_tag),
    Page("image-received", "acme", _at(image_path(World.received))),
    Page("image-sharing", "acme", _at(image_path(World.image, tab="sharing"))),
    Page("image-sharing-empty", "acme", _at(image_path(World.lonely, tab="sharing"))),
    Page("image-sharing-public", "acme", _at(image_path(World.public, tab="sharing"))),
    Page("share-form", "acme", _at(image_path(World.image, tab="sharing", do="share"))),
    Page("share-form-refused", "acme", _refused_form),
    Page("share-edit", "acme", _linked("edit")),
    Page("share-cancel", "acme", _linked("cancel")),
    Page("share-cancelled", "acme", _cancelled),
    Page("image-description", "acme", _at(image_path(World.image, tab="description"))),
    Page("image-description-received", "acme", _at(image_path(World.received, tab="description"))),
    Page("description-form", "acme", _at(image_path(World.image, tab="description", do="describe"))),
    Page("description-refused", "acme", _refused_description),
    Page("visibility-refused", "acme", _refused_visibility),
    Page("image-activity", "acme", _at(image_path(World.image, tab="activity", blobs="1"))),
    Page("image-activity-none", "acme", _at(image_path(World.image, tab="activity", kind="deletions"))),
    Page("users", "acme", _at("/console/users")),
    Page("user-form", "acme", _at("/console/users?do=add-user")),
    Page("user-form-refused", "acme", _refused_user),
    Page("user", "acme", _at("/console/users/builder")),
    Page("user-refused", "acme", _refused_password),
    Page("user-own", "reader", _at("/console/users/reader")),
    Page("key-added", "acme", _added_key),
    Page("key-disable", "acme", _asked_key),
    Page("user-delete", "acme", _at("/console/users/reader?do=delete-user")),
    Page("image-permissions", "acme", _at(permissions_path(World.image))),
    Page("image-permissions-denied", "reader", _at(permissions_path(World.image))),
    Page("permission-edit", "acme", _at(permissions_path(World.image) + "&do=grant&user=acme/ci-bot")),
    Page("permission-refused", "acme", _refused_permission),
    Page("permission-remove", "acme", _at(permissions_path(World.image) + "&do=revoke&user=acme/ci-bot")),
    Page("organizations", "acme", _at("/console/organizations")),
    Page("organizations-empty", "newcomer", _at("/console/organizations")),
    Page("organizations-reader", "reader", _at("/console/organizations")),
    Page("organizations-refused", "acme", _refused_organization),
    Page("organization", "acme", _at(permissions_path("acme-images"))),
    Page("organization-bare", "acme", _at(permissions_path(World.bare))),
    Page("organization-reader", "reader", _at(permissions_path("acme-images"))),
    Page("not-found", "acme", _at("/console/images/acme-images/%3Cscript%3Ealert(1)%3C/script%3E")),
]
