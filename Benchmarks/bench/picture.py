"""The results as a picture: what each kind of work costs each server, and how much of its targets Berth uses."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from .figures import BERTH, DEBIAN, NGINX, Check, Figure, plain, ratio
from .run import Result

COLORS = {BERTH: "#1f6feb", NGINX: "#2da44e", DEBIAN: "#bc6c25"}
FOOT = "#6e7781"
HOLDS, MISSED = "#2da44e", "#d1242f"
INK, FAINT = "#24292f", "#d8dee4"


def draw(results: Sequence[Result], machine: dict[str, str], file: Path) -> Path:
    """Draws the picture into a file."""
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.labelcolor": INK})
    compared = [(result, figure) for result in results for figure in costs(result)]
    checks = [(result, check) for result in results for check in result.checks]
    heights = [max(2, len(compared)) * 0.32, len(checks) * 0.30]
    whole = sum(heights) + 3.4
    chart, (upper, lower) = plt.subplots(2, 1, figsize=(13, whole), gridspec_kw={"height_ratios": heights})
    chart.subplots_adjust(left=0.33, right=0.75, top=1 - 1.2 / whole, bottom=0.9 / whole, hspace=2.6 / sum(heights))
    chart.text(0.02, 1 - 0.5 / whole, "Berth beside nginx and docker-registry", fontsize=16, fontweight="bold")
    draw_costs(upper, compared)
    draw_targets(lower, checks)
    about = f"{machine['CPU']}, {machine['cores']} cores, kernel {machine['kernel']}, {machine['measured']}"
    chart.text(0.02, 0.25 / whole, about, fontsize=8.5, color=FOOT)
    chart.savefig(file, dpi=150, facecolor="white")
    plt.close(chart)
    return file


def costs(result: Result) -> list[Figure]:
    """The figures of a row of which less is better, where there is a peer to compare with."""
    if result.error is not None or not {NGINX, DEBIAN}.intersection(result.medians):
        return []
    return [figure for figure in result.figures if figure.less_is_better]


def clean(axes: Axes, labels: Sequence[str], title: str, below: str) -> None:
    """What both charts look like: rows from the top, a logarithmic scale, little ink."""
    axes.set_title(title, loc="left", fontweight="bold", fontsize=11, pad=14)
    axes.set_xscale("log")
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel(below)
    axes.grid(axis="x", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.minorticks_off()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def draw_costs(axes: Axes, compared: Sequence[tuple[Result, Figure]]) -> None:
    """A point for each server, as a multiple of the cheapest; the figures stand in columns beside."""
    labels = [f"{result.title}: {figure.name}" for result, figure in compared]
    clean(axes, labels, "What it costs: less is better", "times the cheapest")
    far = 1.0
    for row, (result, figure) in enumerate(compared):
        values = {name: sample[figure] for name, sample in result.medians.items()}
        points = {name: ratio(value, min(values.values())) for name, value in values.items()}
        far = max(far, *points.values())
        axes.plot([1, max(points.values())], [row, row], color=FAINT, linewidth=2, zorder=1)
        for column, (name, color) in enumerate(COLORS.items()):
            if name in points:
                axes.scatter([points[name]], [row], s=46, color=color, zorder=3 if name == BERTH else 2)
                write_beside(axes, column, row, figure.write(values[name]), color, bold=name == BERTH)
    axes.set_xlim(0.85, far * 1.2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} ×")
    for column, (name, color) in enumerate(COLORS.items()):
        write_beside(axes, column, -1, name, color, bold=True)


def write_beside(axes: Axes, column: int, row: int, text: str, color: str, bold: bool) -> None:
    """Writes into a column on the right of a chart."""
    place = (1.13, 1.27, 1.50)[column]
    axes.annotate(
        text, (place, row), xycoords=("axes fraction", "data"), ha="right", va="center", color=color, fontsize=8.5,
        fontweight="bold" if bold else "normal", annotation_clip=False,
    )  # fmt: skip


def draw_targets(axes: Axes, checks: Sequence[tuple[Result, Check]]) -> None:
    """A bar for each target: how much of it is used."""
    labels = [f"{result.title}: {check.target.figure.name}" for result, check in checks]
    clean(axes, labels, "How much of each target is used: up to 1 it holds", "1 is the target, 2 twice too much")
    used = [max(check.used, 1e-3) for _, check in checks]
    least, most = min(0.25, *used) * 0.8, max(2.0, *used) * 6
    axes.barh(
        range(len(checks)), [value - least for value in used], left=least, height=0.6,
        color=[HOLDS if check.holds else MISSED for _, check in checks], alpha=0.85,
    )  # fmt: skip
    for row, (_, check) in enumerate(checks):
        target = check.target
        measured = f"{plain(check.measured)} ×" if target.against else target.figure.write(check.measured)
        axes.annotate(
            f"{measured}  ({target.write()})", (used[row], row), textcoords="offset points", xytext=(5, 0),
            va="center", fontsize=8, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
        )  # fmt: skip
    axes.axvline(1, color=INK, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_xlim(least, most)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
