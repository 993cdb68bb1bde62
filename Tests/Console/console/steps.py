"""What people do in the console, and what they look at."""

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from console.browser import Browser
from console.moments import Moment
from console.people import Person


def sign_in(browser: Browser, user: str, password: str) -> None:
    browser.visit("/console/sign-in")
    enter_credentials(browser, user, password)
    assert is_signed_in(browser), f"{user} is not signed in: {browser.text}"


def sign_in_as(browser: Browser, person: Person) -> None:
    sign_in(browser, person.full_name, person.password)


def enter_credentials(browser: Browser, user: str, password: str) -> None:
    """Fills in the page to sign in, which is shown, and sends it."""
    write(browser, "user", user)
    write(browser, "password", password)
    follow(browser, "form:has(#password) button")


def is_signed_in(browser: Browser) -> bool:
    return browser.has("form[action$='/sign-out']")


def asks_to_sign_in(browser: Browser) -> bool:
    return browser.path.startswith("/console/sign-in") and browser.has("input[type=password]")


def open_menu(browser: Browser) -> None:
    if not browser.has("details.menu[open]"):
        browser.one("details.menu > summary").click()


def sign_out(browser: Browser) -> None:
    open_menu(browser)
    follow(browser, "form[action$='/sign-out'] button")


def choose_language(browser: Browser, name: str) -> None:
    """`English` or `中文`."""
    with browser.new_page():
        browser.find_element(By.XPATH, f"//form//button[normalize-space()='{name}']").click()


def controls(browser: Browser, text: str, within: WebElement | None = None) -> list[WebElement]:
    """Links and buttons that say this, to the eye or to the ear: `Edit` may go on `the share with globex`."""
    path = f".//*[self::a or self::button][normalize-space()='{text}']"
    return (within or browser.one("body")).find_elements(By.XPATH, path)


def offers(browser: Browser, text: str) -> bool:
    return bool(controls(browser, text, browser.one("main")))


def press(browser: Browser, text: str) -> None:
    """Presses the one link or button of the page's body that says this, and waits for the page it leads to."""
    found = controls(browser, text, browser.one("main"))
    assert len(found) == 1, f"{len(found)} links and buttons say {text!r}; the page says: {browser.text}"
    with browser.new_page():
        found[0].click()


def follow(browser: Browser, link: str) -> None:
    """Follows the link or presses the button that a selector finds, in any language."""
    with browser.new_page():
        browser.one(link).click()


def open_tab(browser: Browser, name: str) -> None:
    """`Sharing`, whatever number stands beside it."""
    found = [tab for tab in browser.all("nav.tabs a") if tab.text.split("\n")[0].rstrip(" 0123456789,") == name]
    assert len(found) == 1, f"no tab {name} among {[tab.text for tab in browser.all('nav.tabs a')]}"
    with browser.new_page():
        found[0].click()


def write(browser: Browser, field: str, text: str) -> None:
    """Replaces what a field holds. Characters that the driver cannot type, are pasted."""
    element = browser.one(f"[name={field}]")
    element.clear()
    if text.isascii() and len(text) < 200 and "\n" not in text:
        element.send_keys(text)
    else:
        _set_value(browser, element, text)


def value(browser: Browser, field: str) -> str:
    return browser.one(f"[name={field}]").get_property("value") or ""


def choose_end(browser: Browser, end: Moment, zone: str = "UTC") -> None:
    """Chooses date and time in the picker, which shows them in the zone."""
    _set_value(browser, browser.one("[name=until]"), end.entered(zone))


def write_nonsense_as_end(browser: Browser, text: str) -> None:
    """As a browser without a picker would let people do."""
    element = browser.one("[name=until]")
    browser.execute_script("arguments[0].type = 'text'", element)
    _set_value(browser, element, text)


def choose(browser: Browser, field: str, option: str) -> None:
    """Chooses what says this in a list to choose from."""
    Select(browser.one(f"select[name={field}]")).select_by_visible_text(option)


def tick(browser: Browser, box: str, *, on: bool = True) -> None:
    element = browser.one(f"[name={box}]")
    if element.is_selected() != on:
        element.click()


def field_error(browser: Browser, field: str) -> str:
    """What is wrong with a field, as it is read aloud with it; the empty text when nothing is."""
    element = browser.one(f"[name={field}]")
    if element.get_attribute("aria-invalid") != "true":
        return ""
    described = (element.get_attribute("aria-describedby") or "").split()
    assert f"{field}-error" in described, f"the error is not read aloud with {field}: {described}"
    return browser.one(f"#{field}-error").text


def field_errors(browser: Browser) -> dict[str, str]:
    """Of the form to share an image: only those fields that have one."""
    errors = {field: field_error(browser, field) for field in ("with", "until", "description")}
    return {field: error for field, error in errors.items() if error}


def notice(browser: Browser) -> str:
    """What the page tells at once, aloud too."""
    return "\n".join(element.text for element in browser.all("main [role=status], main [role=alert]"))


def image_path(image: str, **query: str) -> str:
    question = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/console/images/{image}" + (f"?{question}" if question else "")


def open_sharing(browser: Browser, image: str) -> None:
    browser.visit(image_path(image, tab="sharing"))


def open_share_form(browser: Browser, image: str) -> None:
    open_sharing(browser, image)
    follow(browser, "main a[href*='do=share']")


def fill_share_form(
    browser: Browser,
    receiver: str,
    *,
    end: Moment | None = None,
    zone: str = "UTC",
    description: str = "",
) -> None:
    """Without an end, the share is for good."""
    write(browser, "with", receiver)
    tick(browser, "forever", on=end is None)
    if end is not None:
        choose_end(browser, end, zone)
    write(browser, "description", description)


def send_share_form(browser: Browser) -> None:
    follow(browser, "form:has([name=description]) button.primary")


def _set_value(browser: Browser, element: WebElement, text: str) -> None:
    browser.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        element,
        text,
    )
