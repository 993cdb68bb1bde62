"""The results as a picture: what each kind of work costs each server, and how much of its targets Berth uses."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from .figures import BERTH, DEBIAN, NGINX, Check, Figure, plain
from .run import Result

COLORS = {BERTH: "#1f6feb", NGINX: "#2da44e", DEBIAN: "#bc6c25"}
OTHER = "#8a94a6"
HOLDS, MISSED = "#2da44e", "#d1242f"
INK, FAINT = "#24292f", "#d8dee4"


def draw(results: Sequence[Result], machine: dict[str, str], file: Path) -> Path:
    """Draws the picture into a file."""
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.labelcolor": INK})
    compared = [(result, figure) for result in results for figure in costs(result)]
    checks = [(result, check) for result in results for check in result.checks]
    heights = [max(2, len(compared)) * 0.36 + 0.6, len(checks) * 0.30 + 0.6]
    chart, (upper, lower) = plt.subplots(
        2, 1, figsize=(11.5, sum(heights) + 2.2), gridspec_kw={"height_ratios": heights}, layout="constrained"
    )
    chart.get_layout_engine().set(h_pad=0.15)  # type: ignore[union-attr]
    chart.suptitle("Berth beside nginx and docker-registry", fontsize=15, fontweight="bold", x=0.01, ha="left")
    draw_costs(upper, compared)
    draw_targets(lower, checks)
    about = f"{machine['CPU']}, {machine['cores']} cores, kernel {machine['kernel']}, {machine['measured']}"
    chart.supxlabel(about, fontsize=8, color=OTHER, x=0.01, ha="left")
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
    axes.set_title(title, loc="left", fontweight="bold", fontsize=11, pad=26)
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
    """A point for each server, as a multiple of the cheapest."""
    labels = [f"{result.title}\n{figure.name}" for result, figure in compared]
    labels = [f"{result.title}: {figure.name}" for result, figure in compared]
    clean(axes, labels, "What it costs: less is better", "times the cheapest, each point with its figure")
    far = 1.0
    for row, (result, figure) in enumerate(compared):
        values = {name: sample[figure] for name, sample in result.medians.items()}
        least = min(values.values())
        points = {name: value / least for name, value in values.items()}
        far = max(far, *points.values())
        axes.plot([1, max(points.values())], [row, row], color=FAINT, linewidth=2, zorder=1)
        for name, point in points.items():
            color = COLORS.get(name, OTHER)
            axes.scatter([point], [row], s=46, color=color, zorder=3 if name == BERTH else 2)
            axes.annotate(
                figure.write(values[name]), (point, row), textcoords="offset points", xytext=(0, 6), ha="center",
                fontsize=7.5, color=color, fontweight="bold" if name == BERTH else "normal",
            )  # fmt: skip
    axes.set_xlim(0.85, far * 1.3)
    axes.xaxis.set_major_formatter(lambda value, _: f"{plain(value) if value < 1 else f'{value:g}'} ×")
    for name, color in COLORS.items():
        axes.scatter([], [], s=46, color=color, label=name)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, handletextpad=0.2, borderpad=0)


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
            va="center", fontsize=8,
        )  # fmt: skip
    axes.axvline(1, color=INK, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_xlim(least, most)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
