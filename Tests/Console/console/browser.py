"""Debian's Chromium, without a window, as one person's browser that knows where the console is."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from support.berth_server import BerthServer

_log = {"performance": "ALL", "browser": "ALL"}


@dataclass(frozen=True)
class Document:
    """What the server answered with when the page was asked for, or sent a form."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: str


class Browser(webdriver.Chrome):
    def __init__(
        self,
        server: BerthServer,
        *,
        language: str = "en-US",
        zone: str = "UTC",
        script: bool = True,
        scheme: str = "light",
    ) -> None:
        self.server = server
        self.home = server.url
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("BERTH_CHROMIUM", "/usr/bin/chromium")
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            "--window-size=1280,900",
            f"--lang={language}",
            # Whoever is asked beside the server under test, is not found.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ):
            options.add_argument(argument)
        wanted = ",".join(dict.fromkeys([language, language.partition("-")[0]]))
        options.add_experimental_option("prefs", {"intl.accept_languages": wanted})
        options.set_capability("goog:loggingPrefs", _log)
        driver = os.environ.get("BERTH_CHROMEDRIVER", "/usr/bin/chromedriver")
        super().__init__(options=options, service=Service(driver))
        self.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
        self.prefer(scheme)
        if not script:
            self.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    def prefer(self, scheme: str) -> None:
        """What the person's system asks pages for: `light` or `dark`. Nothing moves, so that colors are final."""
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def resize(self, width: int, height: int) -> None:
        """The size of what is seen of a page; windows cannot be as narrow as phones."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def visit(self, path: str) -> None:
        self.get(self.home + path)

    @property
    def path(self) -> str:
        """Path and query of the page that is shown, which must be the server's."""
        assert self.current_url.startswith(self.home + "/"), f"led away to {self.current_url}"
        return self.current_url.removeprefix(self.home)

    def one(self, selector: str) -> WebElement:
        found = self.all(selector)
        assert found, f"there is no {selector}; the page says: {self.text}"
        return found[0]

    def all(self, selector: str) -> list[WebElement]:
        return self.find_elements(By.CSS_SELECTOR, selector)

    def has(self, selector: str) -> bool:
        return bool(self.all(selector))

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def text(self) -> str:
        """What is to be read in the page below its head."""
        return self.find_element(By.CSS_SELECTOR, "main, body").text

    @property
    def focused(self) -> WebElement:
        return self.switch_to.active_element

    def wait_until(self, happened: Callable[[], object], what: str, seconds: float = 15) -> None:
        """Looks again and again until it has happened, and fails with `what` after a while."""
        waiting = WebDriverWait(self, seconds, 0.05, ignored_exceptions=(WebDriverException,))
        try:
            waiting.until(lambda _: happened())
        except TimeoutException:
            raise AssertionError(f"waited {seconds} s in vain until {what}; the page says: {self.text}") from None

    def reload_until(self, happened: Callable[[], object], what: str) -> None:
        """Reloads the page until it shows what is waited for."""

        def looked() -> object:
            self.refresh()
            return happened()

        self.wait_until(looked, what)

    @contextmanager
    def new_page(self) -> Iterator[None]:
        """Waits until what is done within has led to another page, and that is there."""
        self.execute_script("window.isTheOldPage = true")
        yield
        arrived = "return !window.isTheOldPage && document.readyState === 'complete'"
        self.wait_until(lambda: self.execute_script(arrived), "another page is there")

    @property
    def cookies(self) -> dict[str, dict[str, Any]]:
        return {cookie["name"]: cookie for cookie in self.get_cookies()}

    def http(self) -> requests.Session:
        """A client that has the browser's cookies, for requests that no page would send."""
        session = requests.Session()
        session.cookies.update({name: cookie["value"] for name, cookie in self.cookies.items()})
        return session

    def network(self) -> list[tuple[str, dict[str, Any]]]:
        """What has gone over the network since the last call: names of events with what is known of each."""
        entries = [json.loads(entry["message"])["message"] for entry in self.get_log("performance")]
        return [(entry["method"], entry["params"]) for entry in entries if entry["method"].startswith("Network.")]

    def document(self, events: list[tuple[str, dict[str, Any]]]) -> Document:
        """The last document of these events of the network."""
        answers = [
            event
            for name, event in events
            if name == "Network.responseReceived" and event["type"] == "Document" and event["response"]["url"]
        ]
        answer = answers[-1]
        body = self.execute_cdp_cmd("Network.getResponseBody", {"requestId": answer["requestId"]})["body"]
        response = answer["response"]
        return Document(response["url"], response["status"], CaseInsensitiveDict(response["headers"]), body)

    def complaints(self) -> list[str]:
        """Errors and warnings in the browser's console since the last call, breaches of the content policy included."""
        return [entry["message"] for entry in self.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


# Opens a browser with wishes of its own: `language`, `zone`, `script`, `scheme`.
OpenBrowser = Callable[..., Browser]
