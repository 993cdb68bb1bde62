"""Tables as people read them: a row by its first cell, a cell by the head of its column."""

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from console.browser import Browser
from console.moments import Moment


class Row:
    def __init__(self, element: WebElement, columns: list[str]) -> None:
        self.element = element
        self._cells = dict(zip(columns, element.find_elements(By.CSS_SELECTOR, "th, td"), strict=True))

    @property
    def name(self) -> str:
        """The first line of its first cell."""
        return next(iter(self._cells.values())).text.partition("\n")[0]

    def cell(self, column: str) -> WebElement:
        return self._cells[column]

    def __getitem__(self, column: str) -> str:
        return self.cell(column).text

    def moment(self, column: str) -> Moment:
        """The instant that a cell shows, to the second, whatever zone it is shown in."""
        return Moment.read(self._time(column).get_attribute("datetime") or "")

    def title(self, column: str) -> str:
        """What is shown when the mouse rests on the cell's time."""
        return self._time(column).get_attribute("title") or ""

    def _time(self, column: str) -> WebElement:
        return self.cell(column).find_element(By.CSS_SELECTOR, "time")


def rows(browser: Browser, part: str = "main") -> list[Row]:
    """Those of the table of a part of the page, none where there is no table."""
    columns = [(head.get_attribute("textContent") or "").strip() for head in browser.all(f"{part} thead th")]
    return [Row(element, columns) for element in browser.all(f"{part} tbody tr")]


def names(browser: Browser, part: str = "main") -> list[str]:
    return [row.name for row in rows(browser, part)]


def row(browser: Browser, name: str) -> Row:
    found = [row for row in rows(browser) if row.name == name]
    assert len(found) == 1, f"{len(found)} rows of {name} among {names(browser)}; the page says: {browser.text}"
    return found[0]


def shows(browser: Browser, name: str, holds: Callable[[Row], object]) -> bool:
    """Whether there is one row of that name, of which this holds."""
    return [bool(holds(row)) for row in rows(browser) if row.name == name] == [True]
