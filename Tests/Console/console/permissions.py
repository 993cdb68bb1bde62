"""Organizations and permissions: as the command line has them, which is true whatever a page shows, and as people meet
them in the console."""

from selenium.webdriver.support.select import Select

from console.browser import Browser
from console.people import Person
from console.steps import follow, image_path
from support.berth_server import BerthServer


def permissions(server: BerthServer, target: str) -> dict[str, str]:
    """What was given on an organization or an image, by the full names of users."""
    return {found["user"]: found["permission"] for found in server.run("grant", "list", target)}


def give(target: str, person: Person, permission: str) -> None:
    person.server.run("grant", "set", target, person.full_name, permission)


def organizations(server: BerthServer) -> set[str]:
    return {found["name"] for found in server.run("org", "list")}


def organization_path(name: str) -> str:
    return f"/console/organizations/{name}"


def permissions_path(target: str) -> str:
    """The page that shows who holds what on an organization or, with a slash in the name, on an image."""
    return image_path(target, tab="permissions") if "/" in target else organization_path(target)


def chosen(browser: Browser, field: str) -> str:
    return Select(browser.one(f"select[name={field}]")).first_selected_option.text


def choices(browser: Browser, field: str) -> list[str]:
    return [option.text for option in Select(browser.one(f"select[name={field}]")).options]


def offer_user(browser: Browser, user: str) -> None:
    """Chooses a user that the page does not offer, as nobody could without tools."""
    script = "document.querySelector('select[name=user]').add(new Option(arguments[0], arguments[0], true, true))"
    browser.execute_script(script, user)


def save_permission(browser: Browser) -> None:
    follow(browser, "#grant button.primary")
