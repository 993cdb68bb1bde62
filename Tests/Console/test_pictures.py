"""Pictures of the screens, which docs/console gets when BERTH_PICTURES=1 is set; else they are only looked at."""

import base64
import json
import os
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from console.browser import Browser
from console.moments import Moment
from console.pages import Page, Readers
from console.people import Person
from console.permissions import give, permissions_path
from console.pushing import index_of, pull, push
from console.shares import add_share, shares
from console.steps import fill_share_form, follow, image_path, open_share_form, open_sharing, send_share_form
from support.berth_server import BerthServer
from support.images import Manifest, image_of, signature
from support.polling import wait_until

_documents = Path(__file__).resolve().parents[2] / "docs" / "console"


class Company:
    """What is to be seen in the pictures."""

    def __init__(self, server: BerthServer, acme: Person, globex: Person) -> None:
        self.server = server
        self.acme = acme
        self.newcomer = Person.add_account(server, "newcomer")
        self.newcomer.add_organization("newcomer-team")
        self._random = Random(1)
        for organization in ("acme-team", "acme-data", "acme-labs"):
            acme.add_organization(organization)
        for organization in ("globex-apps", "globex-base"):
            globex.add_organization(organization)
        for reference, size, platforms in (
            ("acme-labs/base/ubuntu:24.04", 2_900_000, ("linux/amd64", "linux/arm64")),
            ("acme-labs/experiments/vision-server:0.3", 7_400_000, ("linux/amd64",)),
            ("acme-data/etl/daily-orders-import:5.2", 1_200_000, ("linux/amd64",)),
            ("acme-data/spark-runtime:3.5", 6_100_000, ("linux/amd64", "linux/arm64")),
            ("acme-team/ci/builder:112", 5_600_000, ("linux/amd64",)),
            ("acme-team/payments/ledger:1.9.0", 840_000, ("linux/amd64", "linux/arm64")),
            ("acme-team/web/backend:3.0.1", 1_800_000, ("linux/amd64", "linux/arm64")),
            ("acme-team/web/frontend:2.3.7", 410_000, ("linux/amd64",)),
            ("acme-team/web/frontend:2.4.0", 430_000, ("linux/amd64", "linux/arm64")),
        ):
            push(acme, reference, self._image(size, *platforms))
        release = self._image(440_000, "linux/amd64", "linux/arm64")
        for reference in ("acme-team/web/frontend:2.4.1", "acme-team/web/frontend:latest"):
            push(acme, reference, release)
        push(acme, f"acme-team/web/frontend:sha256-{release.hex}.sig", signature(release))
        for reference, size in (
            ("globex-base/java/jdk-21:21.0.3", 3_100_000),
            ("globex-apps/analytics/dashboard:2.0.3", 900_000),
            ("globex-apps/analytics/collector:4.2.0", 1_100_000),
            ("globex-apps/analytics/collector:4.2.1", 1_100_000),
            ("globex-apps/report-generator:7.1", 500_000),
        ):
            push(globex, reference, self._image(size, "linux/amd64"))
        server.run("repo", "set", "acme-labs/base/ubuntu", "--public")
        for reference in ("acme-team/ci/builder:112", "acme-team/web/frontend:2.4.1", "acme-team/web/frontend:2.4.1"):
            assert pull(acme, reference)
        self._share(acme)
        self._describe(acme)
        self._employ(acme)
        self._remember(server)
        assert pull(globex, "globex-apps/analytics/dashboard:2.0.3")

    def _share(self, acme: Person) -> None:
        others = {
            name: Person.add_account(acme.server, name) for name in ("globex-eu", "hooli", "initrode", "umbrella")
        }
        frontend = "acme-team/web/frontend"
        add_share(frontend, others["initrode"], "--for", "1s", description="Trial, one week only")
        add_share("globex-apps/report-generator", acme, "--for", "1s")
        add_share(frontend, others["umbrella"])
        add_share(frontend, others["hooli"], "--for", "71h", description="Load test")
        add_share(
            frontend,
            others["globex-eu"],
            "--until",
            str(Moment.in_days(180, 23, 59)),
            description="Frontend for the Globex pilot; replace with 2.x after the acceptance test.",
        )
        add_share("acme-team/web/backend", others["hooli"], "--for", "71h", description="Load test")
        add_share("globex-apps/analytics/dashboard", acme, "--for", "71h")
        add_share("globex-apps/analytics/collector", acme, "--until", str(Moment.in_days(180, 23, 59)))
        add_share("globex-base/java/jdk-21", acme)
        wait_until(lambda: shares(self.server, frontend)["initrode"].status == "expired", "a share is over")
        over = "globex-apps/report-generator"
        wait_until(lambda: shares(self.server, over)["acme"].status == "expired", "a share is over")

    def _describe(self, acme: Person) -> None:
        text = (
            "Storefront, served by nginx on port 8080.\n\n"
            "Tags: X.Y.Z is a release, X.Y.Z-rc.N a candidate, latest the newest release.\n"
            "Questions: web-team@example.com\n\n<b>Markup is shown as it was typed.</b>"
        )
        acme.server.run("repo", "set", "acme-team/web/frontend", "--description", text)

    def _employ(self, acme: Person) -> None:
        bob, builder, carol = (acme.add_colleague(name) for name in ("bob", "ci-bot", "carol"))
        give("acme-team", bob, "manage")
        give("acme-team", carol, "read")
        give("acme-team/web/frontend", builder, "write")
        old = acme.server.run("key", "add", builder.full_name)["access_key"]
        acme.server.run("key", "disable", old)
        acme.server.run("key", "add", builder.full_name)
        push(builder, "acme-team/web/frontend:2.5.0-rc.1", self._image(450_000, "linux/amd64", "linux/arm64"))
        umbrella = Person(acme.server, "umbrella", "umbrella", "the password of umbrella")
        assert pull(umbrella, "acme-team/web/frontend:2.4.1")
        acme.add_colleague("dave").disable()

    def _remember(self, server: BerthServer) -> None:
        """Days that are over, which no test can live through."""
        with sqlite3.connect(server.directory / "storage" / "berth.sqlite", timeout=30) as database:
            ((account, today, stored),) = database.execute(
                "SELECT a.id, strftime('%s') / 86400, u.bytes FROM accounts a "
                "JOIN account_usage u ON u.account_id = a.id WHERE a.name = 'acme'"
            )
            for ago in range(1, 30):
                pulls = round(40 + 18 * (ago % 7 not in (2, 3)) + self._random.randrange(25) - ago)
                grown = round(stored * (1 - ago * 0.014 - 0.05 * (ago > 12)))
                database.execute(
                    "INSERT INTO daily_usage (account_id, day, stored_bytes, pulled_bytes, pulls) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (account, today - ago, grown, pulls * 400_000, pulls),
                )

    def _image(self, size: int, *platforms: str) -> Manifest:
        """An image of this size, or an index of such images."""
        images = {}
        for platform in platforms:
            system, _, architecture = platform.partition("/")
            configuration = {
                "architecture": architecture,
                "os": system,
                "created": "2026-06-18T08:12:44Z",
                "config": {
                    "User": "nginx",
                    "ExposedPorts": {"8080/tcp": {}},
                    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "TZ=UTC"],
                    "Entrypoint": ["/docker-entrypoint.sh"],
                    "Cmd": ["nginx", "-g", "daemon off;"],
                },
                "history": [
                    {"created": "2026-06-18T08:12:40Z", "created_by": "COPY dist/ /usr/share/nginx/html/"},
                    {"created": "2026-06-18T08:12:44Z", "created_by": "EXPOSE 8080/tcp", "empty_layer": True},
                ],
            }
            images[platform] = image_of(json.dumps(configuration).encode(), self._random.randbytes(size))
        return index_of(images) if len(images) > 1 else images[platforms[0]]


def _typed(browser: Browser, _: Company) -> None:
    open_share_form(browser, "acme-team/payments/ledger")
    fill_share_form(browser, "globex", end=Moment.in_days(90, 18, 0), description="For the audit of the third quarter.")


def _refused(browser: Browser, _: Company) -> None:
    open_share_form(browser, "acme-team/payments/ledger")
    fill_share_form(browser, "globexx", end=Moment.in_days(-1), description="For the audit of the third quarter.")
    send_share_form(browser)


def _cancelling(browser: Browser, _: Company) -> None:
    open_sharing(browser, "acme-team/web/frontend")
    follow(browser, "main a[href*='do=cancel'][href*='globex-eu']")


def _tab(word: str, **query: str) -> Callable[[Browser, Company], object]:
    return lambda browser, _: browser.visit(image_path("acme-team/web/frontend", tab=word, **query))


def _deleting(browser: Browser, _: Company) -> None:
    browser.visit(image_path("acme-team/web/frontend", tab="tags", tag="2.4.0", do="delete-tag"))


def _added_key(browser: Browser, _: Company) -> None:
    browser.visit("/console/users/ci-bot")
    follow(browser, "main form:has([value=add-key]) button")


SCREENS = [
    Page("sign-in", "", lambda browser, _: browser.visit("/console/sign-in")),
    Page("images", "acme", lambda browser, _: browser.visit("/console/images")),
    Page("first-image", "newcomer", lambda browser, _: browser.visit("/console/images")),
    Page("shared", "acme", lambda browser, _: browser.visit("/console/shared")),
    Page("nothing-shared", "newcomer", lambda browser, _: browser.visit("/console/shared")),
    Page("tags", "acme", lambda browser, _: browser.visit(image_path("acme-team/web/frontend"))),
    Page("sharing", "acme", lambda browser, _: open_sharing(browser, "acme-team/web/frontend")),
    Page("share", "acme", _typed),
    Page("share-refused", "acme", _refused),
    Page("cancel", "acme", _cancelling),
    Page("overview", "acme", lambda browser, _: browser.visit("/console/")),
    Page("tag", "acme", _tab("tags", tag="2.4.1")),
    Page("tag-delete", "acme", _deleting),
    Page("description", "acme", _tab("description")),
    Page("describe", "acme", _tab("description", do="describe")),
    Page("permissions", "acme", _tab("permissions")),
    Page("activity", "acme", _tab("activity")),
    Page("organizations", "acme", lambda browser, _: browser.visit("/console/organizations")),
    Page("organization", "acme", lambda browser, _: browser.visit(permissions_path("acme-team"))),
    Page("users", "acme", lambda browser, _: browser.visit("/console/users")),
    Page("user", "acme", lambda browser, _: browser.visit("/console/users/ci-bot")),
    Page("key", "acme", _added_key),
    Page("error", "acme", lambda browser, _: browser.visit(image_path("acme-team/nothing"))),
]


@pytest.fixture(scope="module")
def company(server: BerthServer, acme: Person, globex: Person) -> Company:
    return Company(server, acme, globex)


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def readers(company: Company, language: str) -> Iterator[Readers]:
    readers = Readers(company, language={"en": "en-US", "zh": "zh-CN"}[language])
    yield readers
    readers.close()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.environ.get("BERTH_PICTURES") != "1":
        return tmp_path_factory.mktemp("pictures")
    _documents.mkdir(exist_ok=True)
    return _documents


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_picture(readers: Readers, directory: Path, language: str, screen: Page, scheme: str) -> None:
    browser = readers.show(screen)
    browser.prefer(scheme)
    browser.resize(1280, 800)
    browser.execute_script("document.activeElement.blur()")
    captured = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    picture = repacked(base64.b64decode(captured))
    (directory / f"{screen}-{scheme}-{language}.png").write_bytes(picture)
    assert size_of(picture) == (1280, 800)
    assert different_lines(picture) > 100, "it is blank"
    assert len(picture) < 160_000


_signature = b"\x89PNG\r\n\x1a\n"


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG."""
    at = len(_signature)
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def pixels(picture: bytes) -> bytes:
    """The lines of a PNG, each with the kind of its filter before it."""
    return zlib.decompress(b"".join(data for kind, data in chunks(picture) if kind == b"IDAT"))


def repacked(picture: bytes) -> bytes:
    """The same picture, packed as small as can be."""
    packed = _signature
    for kind, data in (
        *((kind, data) for kind, data in chunks(picture) if kind == b"IHDR"),
        (b"IDAT", zlib.compress(pixels(picture), 9)),
        (b"IEND", b""),
    ):
        packed += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return packed


def size_of(picture: bytes) -> tuple[int, int]:
    return struct.unpack_from(">II", dict(chunks(picture))[b"IHDR"])


def different_lines(picture: bytes) -> int:
    _, height = size_of(picture)
    lines = pixels(picture)
    length = len(lines) // height
    return len({lines[at : at + length] for at in range(0, len(lines), length)})
