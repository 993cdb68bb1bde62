"""English and Chinese: from the browser, by the switch, and nothing left untranslated."""

import re
from collections.abc import Iterator

import pytest

from console.browser import Browser, OpenBrowser
from console.pages import HOSTILE, PAGES, Page, Readers, World
from console.people import Person
from console.steps import choose_language, sign_in_as

# What stays as it is in every language.
_same = {"Berth", "English", "中文", "UTC", "acme", "globex", "docker", "region-1", "B", "kB", "MB"}
_same |= {"Linux", "Windows", "ARM"}


@pytest.fixture(scope="module")
def world(acme: Person, globex: Person) -> World:
    return World.make(acme, globex)


@pytest.fixture(scope="module")
def english(world: World) -> Iterator[Readers]:
    readers = Readers(world, language="en-US")
    yield readers
    readers.close()


@pytest.fixture(scope="module")
def chinese(world: World) -> Iterator[Readers]:
    readers = Readers(world, language="zh-CN")
    yield readers
    readers.close()


@pytest.mark.parametrize(
    ("preferred", "language"),
    [("zh-CN", "zh-CN"), ("zh-TW", "zh-CN"), ("zh", "zh-CN"), ("en-GB", "en"), ("de-DE", "en")],
)
def test_the_browser_says_which_language_is_wanted(open_browser: OpenBrowser, preferred: str, language: str) -> None:
    browser = open_browser(language=preferred)
    browser.visit("/console/sign-in")
    assert browser.one("html").get_attribute("lang") == language
    assert browser.one("[name=language][aria-pressed=true]").get_attribute("lang") == language


def test_chinese_words_are_those_that_people_know(open_browser: OpenBrowser, world: World) -> None:
    browser = open_browser(language="zh-CN")
    sign_in_as(browser, world.acme)
    browser.visit("/console/images")
    assert browser.heading == "我的镜像"
    for word in ("自有镜像", "他人共享", "共享给", "组织", "下载"):
        assert word in browser.text
    browser.visit(f"/console/images/{world.image}?tab=sharing")
    for word in ("共享", "截止日期", "永久有效", "描述", "权限", "镜像版本"):
        assert word in browser.text


def test_the_switch_changes_the_language_and_is_remembered(open_browser: OpenBrowser, world: World) -> None:
    browser = open_browser(language="en-US")
    sign_in_as(browser, world.acme)
    browser.visit(f"/console/images/{world.image}?tab=sharing")
    before = browser.path
    choose_language(browser, "中文")
    assert browser.path == before, "the switch stays on the page"
    assert browser.one("html").get_attribute("lang") == "zh-CN"
    browser.visit("/console/shared")
    assert browser.one("html").get_attribute("lang") == "zh-CN"
    assert "我的镜像" in browser.text
    choose_language(browser, "English")
    browser.visit("/console/images")
    assert browser.heading == "My images"


def test_the_switch_works_before_signing_in_and_lasts(open_browser: OpenBrowser, world: World) -> None:
    browser = open_browser(language="en-US")
    browser.visit("/console/sign-in")
    choose_language(browser, "中文")
    assert browser.one("html").get_attribute("lang") == "zh-CN"
    sign_in_as(browser, world.acme)
    browser.visit("/console/images")
    assert browser.heading == "我的镜像"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_is_translated_throughout(english: Readers, chinese: Readers, page: Page) -> None:
    in_english = texts(english.show(page))
    in_chinese = texts(chinese.show(page))
    for text in in_english | in_chinese:
        assert "{{" not in text.replace(HOSTILE, "")
        assert not re.search(r"(?<![\w./:-])[a-z]\w+(\.[a-z]\w+)+(?![\w./:-])", text), f"{text!r} looks like a key"
    assert not {text for text in in_english & in_chinese if not is_the_same_everywhere(text, english.world)}
    assert not {text for text in in_english if re.search(r"[一-鿿]", text)} - _same


def texts(browser: Browser) -> set[str]:
    """All that a page tells, aloud or on demand too, beside code and instants."""
    return set(browser.execute_script(_texts))


def is_the_same_everywhere(text: str, world: World) -> bool:
    """Whether it is made of names, numbers and signs only."""
    words = re.findall(r"[^\W\d_][\w.:/-]*", text)
    return all(word in _same or any(word in name for name in world.names) for word in words)


_texts = """
const found = [document.title.replace(/ · Berth$/, '')];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode())
  if (!walker.currentNode.parentElement.closest('code, time, [data-zone], script')) found.push(walker.currentNode.data);
for (const element of document.body.querySelectorAll('*'))
  for (const name of ['aria-label', 'placeholder', 'data-label', 'data-copied', 'data-dark', 'data-light', 'alt'])
    if (element.hasAttribute(name)) found.push(element.getAttribute(name));
return found.map(text => text.trim().replace(/\\s+/g, ' ')).filter(text => text);
"""
