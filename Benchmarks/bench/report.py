"""The results as a table for people, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .figures import BERTH, Check, Figure, plain, ratio
from .run import Result

HEADERS = ("work", "figure", "Berth", "beside", "", "ratio", "target", "")


def lines_of(result: Result) -> Iterator[tuple[str, ...]]:
    """The lines of a row: one for each figure and each contender that it is compared with."""
    if result.error is not None:
        yield (result.title, "", "", "", "", "", "", "FAILED: " + result.error.splitlines()[0])
        return
    title = result.title
    for figure in result.figures:
        own = result.medians[BERTH][figure]
        name, value = figure.name, figure.write(own)
        checks = {check.target.against: check for check in result.checks if check.target.figure == figure}
        others = [other for other in result.medians if other != BERTH]
        if None in checks or not others:
            yield title, name, value, "", "", "", *verdict(checks.get(None))
            title = name = value = ""
        for other in others:
            theirs = result.medians[other][figure]
            compared = other, figure.write(theirs), f"{plain(ratio(own, theirs))} ×"
            yield title, name, value, *compared, *verdict(checks.get(other))
            title = name = value = ""


def verdict(check: Check | None) -> tuple[str, str]:
    """A target and whether it holds."""
    return (check.target.write(), "holds" if check.holds else "MISSED") if check else ("", "")


def table(results: Sequence[Result]) -> str:
    """The table in columns."""
    rows = [HEADERS, *(line for result in results for line in lines_of(result))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS) - 1)]
    right = {2, 4, 5}
    text = []
    for row in rows:
        cells = [
            row[column].rjust(width) if column in right else row[column].ljust(width)
            for column, width in enumerate(widths)
        ]
        text.append("  ".join([*cells, row[-1]]).rstrip())
    text.insert(1, "─" * (sum(widths) + 2 * len(widths) + 6))
    return "\n".join(text)


def markdown(results: Sequence[Result], machine: dict[str, str]) -> str:
    """The table and the machine in Markdown."""
    text = ["| " + " | ".join(HEADERS) + " |", "| --- | --- | ---: | --- | ---: | ---: | --- | --- |"]
    for result in results:
        text += ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines_of(result)]
    text += ["", "| machine and versions | |", "| --- | --- |"]
    text += [f"| {name} | {value} |" for name, value in machine.items()]
    return "\n".join(text) + "\n"


def measured(figure: Figure, result: Result, contender: str) -> dict[str, Any]:
    """A figure of a contender, as JSON has it: in the unit that is named."""
    return {
        "unit": figure.unit,
        "median": result.medians[contender][figure] * figure.scale,
        "rounds": [sample[figure] * figure.scale for sample in result.rounds[contender]],
    }


def document(results: Sequence[Result], machine: dict[str, str]) -> dict[str, Any]:
    """Everything that was measured."""
    rows = [
        {
            "name": result.name,
            "title": result.title,
            "error": result.error,
            "figures": {
                contender: {figure.name: measured(figure, result, contender) for figure in result.figures}
                for contender in result.medians
            },
            "targets": [
                {
                    "figure": check.target.figure.name,
                    "target": check.target.write(),
                    "measured": check.measured * (1 if check.target.against else check.target.figure.scale),
                    "used": check.used,
                    "holds": check.holds,
                }
                for check in result.checks
            ],
        }
        for result in results
    ]
    return {"machine": machine, "rows": rows}


def write(directory: Path, name: str, results: Sequence[Result], machine: dict[str, str]) -> list[Path]:
    """Writes the results into files, and a picture where matplotlib is there."""
    directory.mkdir(parents=True, exist_ok=True)
    data, page = directory / f"{name}.json", directory / f"{name}.md"
    data.write_text(json.dumps(document(results, machine), indent=1, ensure_ascii=False) + "\n")
    page.write_text(markdown(results, machine))
    files = [data, page]
    try:
        from .picture import draw
    except ImportError:
        print("No picture: matplotlib is missing (pip install -r Benchmarks/requirements.txt).")
        return files
    if any(result.checks for result in results):
        files.append(draw(results, machine, directory / f"{name}.png"))
    return files
