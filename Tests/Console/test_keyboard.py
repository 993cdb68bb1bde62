"""The console with the keyboard alone: Tab, Enter, Space and what is typed."""

from collections.abc import Callable

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from console.browser import Browser, OpenBrowser
from console.moments import Moment
from console.people import Person
from console.permissions import organizations, permissions, permissions_path
from console.shares import Share, add_share, shares
from console.steps import image_path, is_signed_in, open_sharing
from console.tables import names, row, rows
from support.berth_server import BerthServer, unique


def hit(browser: Browser, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def tab_to(browser: Browser, wanted: Callable[[WebElement], bool], what: str) -> None:
    """Hits Tab until the wanted element has the focus, which is to be seen all the way."""
    for _ in range(60):
        hit(browser, Keys.TAB)
        assert focus_is_visible(browser), f"one cannot see that this has the focus: {html(browser.focused)}"
        if wanted(browser.focused):
            return
    raise AssertionError(f"60 times Tab do not lead to {what}")


def tab_to_field(browser: Browser, name: str) -> None:
    tab_to(browser, lambda element: element.get_attribute("name") == name, f"the field {name}")


def tab_to_control(browser: Browser, text: str) -> None:
    tab_to(browser, lambda element: said(element) == text, f"what says {text}")


def enter(browser: Browser) -> None:
    with browser.new_page():
        hit(browser, Keys.ENTER)


def said(element: WebElement) -> str:
    return " ".join((element.get_attribute("textContent") or "").split())


def html(element: WebElement) -> str:
    return (element.get_attribute("outerHTML") or "")[:200]


def focus_is_visible(browser: Browser) -> bool:
    """Whether what has the focus is marked. The browser itself marks the button within a field for a date."""
    return browser.execute_script(
        """
        const element = document.activeElement, style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
        const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        const within = element.type === 'datetime-local' && !element.matches(':focus');
        return element !== document.body && inside && (ring || within || style.boxShadow !== 'none');
        """
    )


def sign_in_by_keys(browser: Browser, person: Person) -> None:
    browser.visit("/console/sign-in")
    if browser.focused.get_attribute("name") != "user":
        tab_to_field(browser, "user")
    hit(browser, person.full_name)
    tab_to_field(browser, "password")
    hit(browser, person.password)
    enter(browser)
    assert is_signed_in(browser)


def test_an_image_is_shared_until_an_instant(
    browser: Browser, server: BerthServer, acme: Person, globex: Person, image: str
) -> None:
    end = Moment.in_days(20, 18, 30)
    sign_in_by_keys(browser, acme)
    browser.visit("/console/images")
    tab_to_control(browser, image.partition("/")[2])
    enter(browser)
    tab_to(browser, lambda element: said(element).rstrip(" 0") == "Sharing", "the tab Sharing")
    enter(browser)
    tab_to_control(browser, "Share image")
    enter(browser)
    tab_to_field(browser, "with")
    hit(browser, "globex")
    tab_to_field(browser, "until")
    hit(browser, end.instant.strftime("%m%d%Y"), Keys.TAB, end.instant.strftime("%I%M%p"))
    tab_to_field(browser, "description")
    hit(browser, "by keys")
    tab_to_control(browser, "Share image")
    with browser.new_page():
        hit(browser, Keys.SPACE)
    assert row(browser, "globex")["Description"] == "by keys"
    assert shares(server, image) == {"globex": Share(end, "by keys", "effective")}


def test_an_image_is_shared_for_good_and_the_share_cancelled(
    browser: Browser, server: BerthServer, acme: Person, globex: Person, image: str
) -> None:
    sign_in_by_keys(browser, acme)
    open_sharing(browser, image)
    tab_to_control(browser, "Share image")
    enter(browser)
    tab_to_field(browser, "with")
    hit(browser, "globex")
    tab_to_field(browser, "forever")
    hit(browser, Keys.SPACE)
    assert browser.focused.is_selected()
    enter(browser)
    assert shares(server, image) == {"globex": Share(None, "", "effective")}
    tab_to_control(browser, "Cancel the share with globex")
    enter(browser)
    tab_to_control(browser, "Cancel the share")
    with browser.new_page():
        hit(browser, Keys.SPACE)
    assert names(browser) == []


def test_a_user_is_added_with_a_key_that_is_deleted_again(browser: Browser, acme: Person) -> None:
    name = unique("keyed")
    sign_in_by_keys(browser, acme)
    browser.visit("/console/users")
    tab_to_control(browser, "Add user")
    enter(browser)
    tab_to_field(browser, "name")
    hit(browser, name)
    for field in ("password", "repeat"):
        tab_to_field(browser, field)
        hit(browser, "the first password")
    enter(browser)
    assert browser.heading.startswith(f"acme/{name}")
    tab_to_control(browser, "Add access key")
    enter(browser)
    key = browser.one("main .code code").text
    tab_to_control(browser, "I have saved it")
    enter(browser)
    assert names(browser) == [key]
    tab_to_control(browser, f"Delete {key}")
    enter(browser)
    tab_to_control(browser, "Delete the key")
    with browser.new_page():
        hit(browser, Keys.SPACE)
    assert names(browser) == []


def test_one_kind_of_activity_is_chosen(browser: Browser, acme: Person, image: str) -> None:
    sign_in_by_keys(browser, acme)
    browser.visit(image_path(image, tab="activity"))
    assert [found["Action"] for found in rows(browser)] == ["Push"]
    tab_to_field(browser, "kind")
    hit(browser, "Del")
    tab_to_control(browser, "Apply")
    enter(browser)
    assert rows(browser) == []


def test_a_permission_is_given_and_an_organization_deleted(
    browser: Browser, server: BerthServer, acme: Person
) -> None:
    colleague = acme.add_colleague(unique("keys"))
    name = acme.add_organization(unique("team"))
    sign_in_by_keys(browser, acme)
    browser.visit("/console/organizations")
    tab_to_control(browser, name)
    enter(browser)
    tab_to_field(browser, "user")
    hit(browser, colleague.full_name)
    tab_to_field(browser, "permission")
    hit(browser, "Write")
    tab_to_control(browser, "Save")
    with browser.new_page():
        hit(browser, Keys.SPACE)
    assert permissions(server, name) == {colleague.full_name: "write"}
    tab_to_control(browser, "Delete…")
    hit(browser, Keys.SPACE)
    tab_to_control(browser, f"Delete {name}")
    with browser.new_page():
        hit(browser, Keys.SPACE)
    assert name not in organizations(server)


def test_the_first_stop_leads_past_the_head_of_the_page(owner: Browser, image: str) -> None:
    for path in ("/console/images", "/console/shared", image_path(image), image_path(image, tab="sharing")):
        owner.visit(path)
        hit(owner, Keys.TAB)
        assert said(owner.focused) == "Skip to content"
        assert focus_is_visible(owner)
        hit(owner, Keys.ENTER)
        assert owner.focused.get_attribute("id") == "main"
        hit(owner, Keys.TAB)
        assert owner.execute_script("return document.activeElement.closest('main') !== null")


def test_the_focus_is_visible_wherever_it_comes(owner: Browser, image: str, globex: Person) -> None:
    add_share(image, globex)
    for path in (
        "/console/images",
        image_path(image),
        image_path(image, tab="sharing"),
        image_path(image, tab="sharing", do="share"),
        image_path(image, tab="activity"),
        image_path(image, tab="description", do="describe"),
        image_path(image, tab="description", do="set-visibility"),
        "/console/users/acme",
        permissions_path(image),
        "/console/organizations",
        permissions_path("acme-images"),
    ):
        owner.visit(path)
        stops = 0
        for _ in range(200):
            hit(owner, Keys.TAB)
            if owner.execute_script("return document.activeElement === document.body"):
                break
            assert focus_is_visible(owner), f"{path}: one cannot see that this has the focus: {html(owner.focused)}"
            stops += 1
        assert stops > 5


def test_the_focus_is_visible_in_the_dark(open_browser: OpenBrowser, acme: Person) -> None:
    browser = open_browser(scheme="dark")
    sign_in_by_keys(browser, acme)


def test_the_menu_opens_and_closes(owner: Browser) -> None:
    owner.visit("/console/images")
    tab_to(owner, lambda element: element.tag_name == "summary", "the menu")
    hit(owner, Keys.SPACE)
    assert owner.has("details.menu[open]")
    hit(owner, Keys.ESCAPE)
    assert not owner.has("details.menu[open]")
    assert owner.focused.tag_name == "summary"
    hit(owner, Keys.ENTER)
    tab_to_control(owner, "Sign out")
    enter(owner)
    assert not is_signed_in(owner)


def test_a_refusal_is_read_aloud(owner: Browser, image: str) -> None:
    """The page tells at once that nothing was shared, and each wrong field what is wrong with it."""
    open_sharing(owner, image)
    tab_to_control(owner, "Share image")
    enter(owner)
    tab_to_field(owner, "with")
    hit(owner, "nobody")
    tab_to_field(owner, "forever")
    hit(owner, Keys.SPACE)
    enter(owner)
    assert owner.one("main [role=alert]").text
    field = owner.one("[name=with]")
    assert field.get_attribute("aria-invalid") == "true"
    assert "with-error" in (field.get_attribute("aria-describedby") or "").split()
