"""Servers and accounts for the tests, and the check of every answer that they saw."""

from collections.abc import Callable, Generator, Iterator

import pytest

from support.berth_server import BerthServer
from support.people import Account
from support.recorder import recorder
from support.regions import Regions


@pytest.fixture(scope="session")
def server() -> Iterator[BerthServer]:
    """The server of most tests. Each of them has accounts and organizations of its own."""
    server = BerthServer().start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def regions() -> Iterator[Regions]:
    """Two servers, of which the first copies images to the second."""
    regions = Regions.start()
    yield regions
    regions.stop()


@pytest.fixture
def target(regions: Regions) -> str:
    """An organization in the second region."""
    return regions.mirror.add_organization("target")


@pytest.fixture
def start_server() -> Iterator[Callable[..., BerthServer]]:
    """Starts servers with settings of their own, for one test."""
    started: list[BerthServer] = []

    def start(*arguments: str) -> BerthServer:
        started.append(BerthServer(*arguments))
        return started[-1].start()

    yield start
    for server in started:
        server.remove()


@pytest.fixture
def acme(server: BerthServer) -> Account:
    """The account that owns what a test is about."""
    return Account(server, "acme")


@pytest.fixture
def globex(server: BerthServer) -> Account:
    """Another account, which receives shares."""
    return Account(server, "globex")


@pytest.fixture
def initech(server: BerthServer) -> Account:
    """An account with nothing to do with the others."""
    return Account(server, "initech")


@pytest.fixture(scope="session")
def visitor(server: BerthServer) -> Account:
    """An account that owns nothing, for requests that change nothing: making one takes a while."""
    return Account(server, "visitor")


@pytest.fixture
def group(acme: Account) -> str:
    """An organization of acme."""
    return acme.add_organization()


@pytest.fixture
def web(acme: Account, group: str) -> str:
    """The name of a private repository, without content, in acme's organization."""
    acme.swr.create_repository(group, "web")
    return "web"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test when an answer that it, or what was set up for it, saw does not keep the contract."""
    result = yield
    if faults := recorder.take_faults():
        pytest.fail("answers are not as the contract has them:\n" + "\n".join(faults), pytrace=False)
    return result


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Leaves nothing of a failed test to the next."""
    recorder.take_faults()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the test of what all others have called after all others."""
    items.sort(key=lambda item: item.path.name == "test_whole_contract.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    called = len(recorder.contract.names) - len(recorder.never_succeeded())
    terminalreporter.write_line(
        f"{called} of {len(recorder.contract.names)} operations succeeded, {recorder.successes.total()} calls in all; "
        f"{recorder.refusals.total()} inputs were refused"
    )
