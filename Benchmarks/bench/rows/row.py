"""A row of the table: what is measured of whom, and what Berth is held to."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from ..cpu import cpu_seconds
from ..figures import CPU_REQUEST, RATE, Figure, Sample, Target
from ..load.wrk import Load
from ..servers.process import Server
from ..stage import Stage


class Row(ABC):
    """One kind of work. `measure` is called for each contender in turn, round after round."""

    #: What `--only` calls it.
    name: str
    title: str
    contenders: tuple[str, ...]
    targets: tuple[Target, ...]
    #: Figures that are shown beside those that targets name.
    shown: tuple[Figure, ...] = ()
    #: Whether `make bench-quick` has it.
    quick = False
    #: At most so many rounds, for what takes long or hardly varies.
    most_rounds = 1000

    def prepare(self, stage: Stage) -> None:  # noqa: B027
        """Makes what the row needs, before its first round."""

    @abstractmethod
    def measure(self, stage: Stage, contender: str) -> Sample:
        """Measures a contender once."""

    def finish(self, stage: Stage) -> None:  # noqa: B027
        """Removes what no other row needs."""

    @property
    def figures(self) -> list[Figure]:
        """All figures of the row, in the order in which they are shown."""
        return list(dict.fromkeys([*(target.figure for target in self.targets), *self.shown]))


def loaded(server: Server, load: Callable[[], Load]) -> tuple[Load, float]:
    """Runs a load and returns it with the server's CPU seconds."""
    server.check_alive()
    before = cpu_seconds(server.pid)
    done = load()
    return done, cpu_seconds(server.pid) - before


def per_request(server: Server, load: Callable[[], Load]) -> Sample:
    """CPU a request and requests a second of a load."""
    done, cpu = loaded(server, load)
    return {CPU_REQUEST: cpu / done.requests, RATE: done.requests / done.seconds}
