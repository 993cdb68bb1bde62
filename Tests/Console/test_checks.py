"""The checks of checks.js find what they are for, and say nothing of a page that is good."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from console.browser import Browser
from support.berth_server import BerthServer

_checks = (Path(__file__).parent / "console" / "checks.js").read_text()

GOOD = """
<h1>Berth</h1> <h2>Images</h2>
<label for="name">Name</label> <input id="name" aria-describedby="hint"> <p id="hint">Any</p>
<a href="#name">Name</a> <button>Two<br>lines</button> <svg aria-hidden="true"></svg>
<table><caption>Images</caption><tr><th scope="col">Name</th></tr></table>
"""

BAD = {
    "wrongHeadings": ["<h1>One</h1><h1>Two</h1>", "<h1>One</h1><h3>Three</h3>", "<p>none</p>", "<h1> </h1>"],
    "unlabelledFields": ["<input>", "<label for='x'></label><input id='x'>", "<textarea placeholder='x'></textarea>"],
    "namelessControls": ["<a href='#'><svg aria-hidden='true'></svg></a>", "<button> </button>"],
    "brokenReferences": ["<p id='x'><p id='x'>", "<input aria-describedby='x'>", "<label for='x'>x</label>"],
    "silentPictures": ["<img src='data:,'>", "<svg></svg>"],
    "tablesWithoutHeads": [
        "<table><tr><td>x</td></tr></table>",
        "<table><caption>x</caption><tr><th>x</th></tr></table>",
    ],
    "inlineCode": [
        "<p style='color: red'>x",
        "<style></style>",
        "<a onclick='x()'>x</a>",
        "<a href=' javascript:x()'>x</a>",
    ],
    "faintTexts": [
        "<p style='color: #888'>x",
        "<div style='background: #000'><p style='color: #333'>x</div>",
        "<p style='color: rgb(0 0 0 / 40%)'>x",
        "<p style='color: oklch(0.8 0 0)'>x",
        "<input style='color: #999' value='x'>",
        "<style>::placeholder { color: #aaa }</style><input placeholder='x'>",
    ],
    "overflowing": ["<div style='width: 1400px'>x</div>"],
    "tinyTargets": ["<button style='all: unset; width: 10px; height: 10px'></button>", "<input type='checkbox'>"],
}


@pytest.fixture(scope="module")
def browser(server: BerthServer) -> Iterator[Browser]:
    browser = Browser(server)
    yield browser
    browser.quit()


def found(browser: Browser, name: str, html: str) -> list[str]:
    browser.get("data:text/html," + quote(f"<!doctype html><meta charset=utf-8><body>{html}"))
    return browser.execute_script(f"{_checks}; return {name}(4.5)")


@pytest.mark.parametrize("name", BAD)
def test_a_good_page_has_no_faults(browser: Browser, name: str) -> None:
    assert found(browser, name, GOOD) == []


@pytest.mark.parametrize(("name", "html"), [(name, html) for name, pages in BAD.items() for html in pages])
def test_a_fault_is_found(browser: Browser, name: str, html: str) -> None:
    assert found(browser, name, html)
