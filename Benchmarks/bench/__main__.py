"""The command: python3 -m bench BERTH, in Benchmarks or with PYTHONPATH=Benchmarks."""

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from . import report
from .errors import BenchError
from .machine import describe, raise_descriptor_limit, require_tools
from .rows import ROWS, Row
from .run import play
from .stage import Options, Stage


def arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 -m bench",
        description="Measures Berth beside nginx and docker-registry: see Benchmarks/README.md.",
    )
    parser.add_argument("berth", nargs="?", type=Path, help="the program to measure, such as .build/release/berth")
    parser.add_argument("--quick", action="store_true", help="about a minute: fewer rows, three short rounds")
    parser.add_argument("--only", nargs="+", metavar="ROW", default=[], help="these rows; a beginning names several")
    parser.add_argument("--list", action="store_true", help="list the rows and their targets")
    parser.add_argument("--rounds", type=int, help="rounds of each row (5, with --quick 3)")
    parser.add_argument("--alone", action="store_true", help="without the peers, and so without the ratios to them")
    parser.add_argument(
        "--out", type=Path, default=Path(".build/bench"), help="where results go and servers keep their data"
    )
    parser.add_argument(
        "--serve-flag",
        action="append",
        default=[],
        metavar="FLAG",
        help="a flag for berth serve: --serve-flag=--log-level=error",
    )
    return parser.parse_args()


def choose(only: list[str], quick: bool) -> list[Row]:
    """The rows that were asked for."""
    if not only:
        return [row for row in ROWS if row.quick or not quick]
    unknown = [word for word in only if not any(row.name.startswith(word) for row in ROWS)]
    if unknown:
        raise BenchError(f"there is no row {', '.join(unknown)}: --list shows them")
    return [row for row in ROWS if any(row.name.startswith(word) for word in only)]


def list_rows() -> None:
    """Prints the rows, those of the quick form with a star."""
    for row in ROWS:
        targets = ", ".join(f"{target.figure.name} {target.write()}" for target in row.targets)
        print(f"{'*' if row.quick else ' '} {row.name:28} {row.title:52} {targets}")


def bench(asked: argparse.Namespace) -> int:
    """Measures, reports, and returns the status: 1 when a target is missed."""
    rows = choose(asked.only, asked.quick)
    if asked.berth is None:
        raise BenchError("name the program to measure, such as .build/release/berth")
    if not asked.berth.is_file():
        raise BenchError(f"there is no program {asked.berth}: build it with make build")
    raise_descriptor_limit()
    require_tools(() if asked.alone else ("nginx", "wrk", "docker-registry"))
    executable = asked.berth.resolve()
    options = Options(
        executable, asked.out, asked.rounds or (3 if asked.quick else 5), asked.quick, asked.serve_flag, asked.alone
    )
    stage = Stage(options)
    machine = describe(executable, options.directory)
    if machine["file system"] == "tmpfs":
        print("The servers' data is in memory (tmpfs), where fsync costs nothing: --out names a place on a disk.")
    start = time.monotonic()
    try:
        results = [play(row, stage) for row in rows]
    finally:
        stage.close()
    print(f"\n{report.table(results)}\n")
    for name, value in machine.items():
        print(f"{name}: {value}")
    name = "quick" if asked.quick else "part" if asked.only else "bench"
    for file in report.write(options.directory, name, results, machine):
        print(f"written: {file}")
    missed = [result.title for result in results if not result.holds]
    print(f"{len(results)} rows in {time.monotonic() - start:.0f} s, {len(missed)} with a missed target")
    return 1 if missed else 0


def stop(number: int, _: FrameType | None) -> None:
    """Leaves as Ctrl-C does, so that servers are stopped."""
    raise KeyboardInterrupt


def main() -> int:
    """The whole command."""
    signal.signal(signal.SIGTERM, stop)
    asked = arguments()
    try:
        if asked.list:
            list_rows()
            return 0
        return bench(asked)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
