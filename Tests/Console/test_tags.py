"""What a tag is made of, when it was pulled, and how tags and images are deleted."""

import json
from datetime import UTC, datetime

import pytest

from console.browser import Browser, OpenBrowser
from console.people import Person
from console.pushing import index_of, pull, push, two_platforms
from console.shares import add_share
from console.steps import image_path, notice, offers, open_tab, press, sign_in_as
from console.tables import names, row, rows
from support.berth_server import BerthServer
from support.images import Manifest, digest_of, image_of, signature
from support.images import image as new_image

PARTS = {part: f"section[aria-labelledby={part}]" for part in ("layers", "history", "accessories", "config", "platforms")}


def rich_image(architecture: str) -> Manifest:
    """An image whose config says all that is shown of one."""
    config = {
        "os": "linux",
        "architecture": architecture,
        "config": {
            "User": "nginx",
            "Env": ["TZ=UTC"],
            "Entrypoint": ["/entrypoint.sh"],
            "Cmd": ["nginx", "-g", "daemon off;"],
            "ExposedPorts": {"8080/tcp": {}},
            "WorkingDir": "/srv",
        },
        "history": [
            {"created": "2026-05-30T06:00:00Z", "created_by": f"COPY dist-{architecture}/ /srv/"},
            {"created": "2026-05-30T06:01:00Z", "created_by": "CMD nginx", "empty_layer": True},
        ],
    }
    return image_of(json.dumps(config).encode(), f"the layer of {architecture}".encode())


def test_a_tag_tells_what_is_in_it(owner: Browser, acme: Person) -> None:
    name = "acme-images/rich"
    images = {f"linux/{architecture}": rich_image(architecture) for architecture in ("amd64", "arm64")}
    index = index_of(images)
    push(acme, f"{name}:2.0", index)
    push(acme, f"{name}:sha256-{index.hex}.sig", signature(index))
    owner.visit(image_path(name))
    signed = row(owner, f"sha256-{index.hex}.sig")
    assert (signed["Platforms"], signed["Pull command"]) == ("Signature", ""), "nobody runs a signature"
    press(owner, "2.0")
    assert owner.heading.startswith(name)
    assert "Image index" in owner.text
    assert f"docker pull {acme.server.authority}/{name}:2.0" in owner.text
    assert index.digest in (owner.one("section[aria-labelledby=about]").get_attribute("innerHTML") or "")
    for platform in images:
        press(owner, platform)
        architecture = platform.partition("/")[2]
        layer = digest_of(f"the layer of {architecture}".encode())
        (shown,) = rows(owner, PARTS["layers"])
        assert layer in (shown.cell("Layer").get_attribute("innerHTML") or "")
        assert shown["Created by"] == f"COPY dist-{architecture}/ /srv/"
        assert names(owner, PARTS["history"]) == [f"COPY dist-{architecture}/ /srv/", "CMD nginx"]
        assert [step["Layer"] for step in rows(owner, PARTS["history"])] == ["Yes", "No"]
        config = owner.one(PARTS["config"]).text
        for word in ("nginx", "TZ=UTC", "/entrypoint.sh", 'nginx -g "daemon off;"', "8080/tcp", "/srv", platform):
            assert word in config
    assert names(owner, PARTS["accessories"]) == ["Signature"]
    press(owner, "All tags")
    assert "2.0" in names(owner)


def test_a_tag_tells_when_it_was_last_pulled(
    owner: Browser, server: BerthServer, image: str, acme: Person, globex: Person
) -> None:
    owner.visit(image_path(image))
    assert "Last pulled: never" in row(owner, "1")["Pushed"]
    add_share(image, globex)
    before = datetime.now(UTC).replace(microsecond=0)
    assert pull(globex, f"{image}:1")
    owner.reload_until(lambda: "never" not in row(owner, "1")["Pushed"], "the pull is noted")
    times = row(owner, "1").element.find_elements("css selector", "time")
    pulled = datetime.fromisoformat(times[1].get_attribute("datetime") or "")
    assert before <= pulled <= datetime.now(UTC)


def test_a_tag_is_deleted_after_a_question(owner: Browser, image: str, acme: Person) -> None:
    push(acme, f"{image}:2", two_platforms("two"))
    owner.visit(image_path(image))
    press(owner, "Delete 2")
    assert "Delete the tag 2?" in owner.text
    press(owner, "Keep it")
    assert set(names(owner)) == {"1", "2"}
    press(owner, "Delete 2")
    press(owner, "Delete the tag")
    assert notice(owner) == "The tag 2 was deleted."
    assert names(owner) == ["1"]
    assert pull(acme, f"{image}:2") == ""
    assert pull(acme, f"{image}:1")


def test_an_image_is_deleted_but_not_while_it_is_shared(
    owner: Browser, server: BerthServer, image: str, acme: Person, globex: Person
) -> None:
    add_share(image, globex)
    owner.visit(image_path(image))
    owner.one("details.confirm > summary").click()
    assert "cannot be deleted while it is shared" in owner.one("details.confirm").text
    press(owner, "Sharing")
    press(owner, "Cancel the share with globex")
    press(owner, "Cancel the share")
    open_tab(owner, "Tags")
    owner.one("details.confirm > summary").click()
    press(owner, f"Delete {image}")
    assert owner.path.startswith("/console/images?")
    assert notice(owner) == f"{image} was deleted."
    assert image.partition("/")[2] not in names(owner)
    assert pull(acme, f"{image}:1") == ""


def test_who_may_not_delete_is_offered_nothing(open_browser: OpenBrowser, image: str, globex: Person) -> None:
    add_share(image, globex)
    receiver = open_browser()
    sign_in_as(receiver, globex)
    receiver.visit(image_path(image))
    assert names(receiver) == ["1"]
    assert not offers(receiver, "Delete 1")
    assert not receiver.has("details.confirm")
    press(receiver, "1")
    assert not offers(receiver, "Delete the tag")
    assert "acme/acme" not in receiver.text, "who pushed it is no business of theirs"


def test_deleting_works_without_scripts(open_browser: OpenBrowser, image: str, acme: Person) -> None:
    owner = open_browser(script=False)
    sign_in_as(owner, acme)
    owner.visit(image_path(image))
    press(owner, "Delete 1")
    press(owner, "Delete the tag")
    assert notice(owner) == "The tag 1 was deleted."
    owner.one("details.confirm > summary").click()
    press(owner, f"Delete {image}")
    assert notice(owner) == f"{image} was deleted."


@pytest.mark.parametrize(("column", "first"), [("Size", "heavy"), ("Downloads", "liked")])
def test_images_are_sorted_by_size_and_downloads(owner: Browser, acme: Person, column: str, first: str) -> None:
    prefix = f"by-{column.lower()}"
    for name, size in (("heavy", 300_000), ("liked", 1_000)):
        push(acme, f"acme-images/{prefix}-{name}:1", image_of(b"{}", b"x" * size))
    assert pull(acme, f"acme-images/{prefix}-liked:1")
    owner.visit(f"/console/images?q={prefix}")
    owner.reload_until(lambda: row(owner, f"{prefix}-liked")["Downloads"] == "1", "the pull is counted")
    other = {"heavy": "liked", "liked": "heavy"}[first]
    press(owner, column)
    assert names(owner) == [f"{prefix}-{first}", f"{prefix}-{other}"], "the largest first"
    press(owner, column)
    assert names(owner) == [f"{prefix}-{other}", f"{prefix}-{first}"]


def test_the_platform_of_a_single_image_is_shown(owner: Browser, acme: Person) -> None:
    push(acme, "acme-images/single:1", new_image("single", "arm64"))
    owner.visit(image_path("acme-images/single"))
    assert row(owner, "1")["Platforms"] == "linux/arm64"
