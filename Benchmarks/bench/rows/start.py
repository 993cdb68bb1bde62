"""How long a server takes from its start until it is ready."""

import socket
import time

from ..errors import BenchError
from ..figures import BERTH, TIME_MS, Sample, Target
from ..servers.berth import Berth
from ..stage import Stage
from .row import Row


def start_to_ready(server: Berth) -> float:
    """Starts a server and returns the seconds until /readyz says 200; the server is stopped again."""
    start = time.monotonic()
    server.launch()
    try:
        while time.monotonic() - start < 60:
            try:
                with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
                    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: ready\r\nConnection: close\r\n\r\n")
                    if connection.recv(4096).startswith(b"HTTP/1.1 200"):
                        return time.monotonic() - start
            except OSError:
                server.check_alive()
            time.sleep(0.001)
    finally:
        server.stop()
    raise BenchError(f"Berth is not ready after a minute:\n{server.last_words()}")


class Start(Row):
    """A start on data that has been served before and holds nothing."""

    name = "start-empty"
    title = "start to ready, empty"
    contenders = (BERTH,)
    targets = (Target(TIME_MS, 0.150),)
    quick = True
    server: Berth | None = None

    def prepare(self, stage: Stage) -> None:
        """Starts once, which makes the database, the keys and the first account."""
        self.server = stage.new_berth("berth-start")
        start_to_ready(self.server)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """From exec to the first 200."""
        assert self.server is not None
        return {TIME_MS: start_to_ready(self.server)}

    def finish(self, stage: Stage) -> None:
        """Its data is not needed any more."""
        if self.server is not None:
            stage.retire(self.server)
            self.server = None


class FirstStart(Row):
    """The very first start, for which there is no target: it hashes a password, which is slow by intent."""

    name = "start-first"
    title = "start to ready, the very first"
    contenders = (BERTH,)
    targets = ()
    shown = (TIME_MS,)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """From exec to the first 200, in a new directory."""
        server = stage.new_berth("berth-first")
        seconds = start_to_ready(server)
        stage.retire(server)
        return {TIME_MS: seconds}


class GrownStart(Row):
    """A start on a million manifests."""

    name = "start-grown"
    title = "start to ready, 1,000,000 manifests"
    contenders = (BERTH,)
    targets = (Target(TIME_MS, 0.150),)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """From exec to the first 200. Other rows go on with the server, so it is started again."""
        server = stage.grown
        server.stop()
        seconds = start_to_ready(server)
        server.start()
        return {TIME_MS: seconds}


ROWS: list[Row] = [Start(), FirstStart(), GrownStart()]
