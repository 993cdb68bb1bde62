"""Figures that rows measure, targets that they are held to, and how both are written."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

BERTH = "Berth"
NGINX = "nginx"
DEBIAN = "docker-registry"


@dataclass(frozen=True)
class Figure:
    """One thing that is measured. `scale` takes the plain value (seconds, bytes, requests) to `unit`."""

    name: str
    unit: str
    scale: float = 1
    less_is_better: bool = True

    def write(self, value: float, exact: bool = False) -> str:
        """Writes a value and its unit, with three digits that mean something, or with all that it has."""
        number = format(value * self.scale, ",g") if exact else plain(value * self.scale)
        return number + ("" if self.unit[0] == "/" else " ") + self.unit


CPU_REQUEST = Figure("CPU a request", "µs", 1e6)
CPU_PUSH = Figure("CPU a push", "µs", 1e6)
CPU_GB = Figure("CPU a GB", "s")
RATE = Figure("rate", "/s", less_is_better=False)
CORE_RATE = Figure("rate of one core", "/s", less_is_better=False)
THROUGHPUT = Figure("throughput", "MB/s", 1e-6, less_is_better=False)
MEMORY = Figure("memory", "MiB", 2**-20)
TIME_MS = Figure("time", "ms", 1e3)
TIME_S = Figure("time", "s")

Sample = dict[Figure, float]


@dataclass(frozen=True)
class Target:
    """What Berth's figure may be at most (or has to be at least): as a number, or as a multiple of another's figure."""

    figure: Figure
    limit: float
    against: str | None = None
    at_least: bool = False
    #: The limit in words where a number reads badly, such as `1/27`.
    words: str | None = None

    def write(self) -> str:
        """Such as `≤ 3 × nginx` or `≤ 150 ms`."""
        sign = "≥" if self.at_least else "≤"
        if self.against is None:
            return f"{sign} {self.figure.write(self.limit, exact=True)}"
        return f"{sign} {self.words or format(self.limit, 'g')} × {self.against}"


@dataclass(frozen=True)
class Check:
    """A target and how far Berth is from it."""

    target: Target
    #: Berth's figure, or its ratio to the other's.
    measured: float

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.used <= 1

    @property
    def used(self) -> float:
        """How much of the target is used: 1 is just met, 2 is missed by a factor of two."""
        target = self.target
        if target.at_least:
            return target.limit / self.measured if self.measured else float("inf")
        return self.measured / target.limit


def plain(value: float) -> str:
    """Writes a number with three digits that mean something, and commas in thousands: 0.254, 11.6, 1,084."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 or size == 0 else f"{value:.3g}"


def medians(samples: Iterable[Sample]) -> Sample:
    """The median of each figure."""
    gathered: dict[Figure, list[float]] = {}
    for sample in samples:
        for figure, value in sample.items():
            gathered.setdefault(figure, []).append(value)
    return {figure: statistics.median(values) for figure, values in gathered.items()}


def ratio(value: float, other: float) -> float:
    """How many times `other` a value is; nothing is infinitely many times nothing but itself."""
    if other:
        return value / other
    return 1 if not value else float("inf")


def check(target: Target, figures: dict[str, Sample]) -> Check:
    """Holds Berth's median to a target."""
    value = figures[BERTH][target.figure]
    if target.against is not None:
        value = ratio(value, figures[target.against][target.figure])
    return Check(target, value)
