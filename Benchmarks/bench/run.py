"""Plays rows, round after round, and holds Berth to its targets."""

from dataclasses import dataclass, field

from .errors import BenchError
from .figures import BERTH, Check, Figure, Sample, check, medians
from .rows import Row
from .stage import Stage


@dataclass
class Result:
    """What came of a row."""

    name: str
    title: str
    figures: list[Figure]
    #: What each round has measured of each contender.
    rounds: dict[str, list[Sample]] = field(default_factory=dict)
    medians: dict[str, Sample] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    error: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the row was measured and all its targets are met."""
        return self.error is None and all(each.holds for each in self.checks)


def play(row: Row, stage: Stage) -> Result:
    """Measures a row: all contenders in turn, as many rounds as are asked for."""
    contenders = stage.present(row.contenders)
    rounds = min(stage.options.rounds, row.most_rounds)
    result = Result(row.name, row.title, row.figures, {name: [] for name in contenders})
    print(row.title, flush=True)
    try:
        row.prepare(stage)
        result.title = row.title
        for number in range(1, rounds + 1):
            for name in contenders:
                result.rounds[name].append(row.measure(stage, name))
            shown = " · ".join(f"{name} {brief(row, samples[-1])}" for name, samples in result.rounds.items())
            stage.say(f"round {number} of {rounds}: {shown}")
    except (BenchError, OSError) as error:
        result.error = str(error) or type(error).__name__
        stage.say(f"failed: {result.error}")
    finally:
        row.finish(stage)
    result.medians = {name: medians(samples) for name, samples in result.rounds.items() if samples}
    if result.error is None:
        known = [target for target in row.targets if (target.against or BERTH) in result.medians]
        result.checks = [check(target, result.medians) for target in known]
    return result


def brief(row: Row, sample: Sample) -> str:
    """The figures of a sample on a line."""
    return " ".join(figure.write(sample[figure]) for figure in row.figures)
