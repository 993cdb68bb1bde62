"""Tests of what needs no server: figures, targets, the table, and reading what wrk and /proc say."""

import os

import pytest

from bench.cpu import cpu_seconds, parse_stat
from bench.errors import BenchError
from bench.figures import BERTH, CPU_REQUEST, DEBIAN, MEMORY, NGINX, RATE, Target, check, medians, plain, ratio
from bench.load.wire import parse_head, path_of
from bench.load.wrk import Load, parse
from bench.report import document, lines_of, markdown, table
from bench.rows import ROWS
from bench.run import Result

FIGURES = {BERTH: {CPU_REQUEST: 30e-6, RATE: 20_000}, NGINX: {CPU_REQUEST: 12e-6, RATE: 80_000}}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2544, "0.254"), (0, "0.00"), (1.2345, "1.23"), (11.64, "11.6"), (1084.2, "1,084"), (87_800, "87,800")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert plain(value) == text


def test_figures_are_written_in_their_unit() -> None:
    assert CPU_REQUEST.write(11.6e-6) == "11.6 µs"
    assert RATE.write(87_800) == "87,800/s"
    assert MEMORY.write(48 * 2**20) == "48.0 MiB"


def test_medians_are_taken_of_each_figure() -> None:
    samples = [{CPU_REQUEST: 3.0, RATE: 10.0}, {CPU_REQUEST: 1.0, RATE: 30.0}, {CPU_REQUEST: 2.0, RATE: 20.0}]
    assert medians(samples) == {CPU_REQUEST: 2.0, RATE: 20.0}


def test_ratio_to_nothing() -> None:
    assert ratio(6, 3) == 2
    assert ratio(0, 0) == 1
    assert ratio(1, 0) == float("inf")


def test_targets_are_judged() -> None:
    held = check(Target(CPU_REQUEST, 3, NGINX), FIGURES)
    assert (held.holds, held.used) == (True, pytest.approx(2.5 / 3))
    missed = check(Target(RATE, 0.5, NGINX, at_least=True), FIGURES)
    assert (missed.holds, missed.used) == (False, pytest.approx(2))
    assert check(Target(RATE, 20_000, at_least=True), FIGURES).holds


def test_targets_are_written() -> None:
    assert Target(CPU_REQUEST, 1 / 27, DEBIAN, words="1/27").write() == "≤ 1/27 × docker-registry"
    assert Target(RATE, 5000, at_least=True).write() == "≥ 5,000/s"


def result() -> Result:
    targets = (Target(CPU_REQUEST, 2, NGINX), Target(RATE, 15_000, at_least=True))
    checks = [check(target, FIGURES) for target in targets]
    rounds = {name: [sample] for name, sample in FIGURES.items()}
    return Result("row", "a row", [CPU_REQUEST, RATE], rounds, FIGURES, checks)


def test_table_has_a_line_for_each_comparison() -> None:
    assert list(lines_of(result())) == [
        ("a row", "CPU a request", "30.0 µs", "nginx", "12.0 µs", "2.50 ×", "≤ 2 × nginx", "MISSED"),
        ("", "rate", "20,000/s", "", "", "", "≥ 15,000/s", "holds"),
        ("", "", "", "nginx", "80,000/s", "0.25 ×", "", ""),
    ]
    assert "MISSED" in table([result()])
    assert "| a row | CPU a request | 30.0 µs |" in markdown([result()], {"CPU": "one"})


def test_failed_rows_are_told() -> None:
    failed = Result("row", "a row", [CPU_REQUEST], error="it broke\nin detail")
    assert not failed.holds
    assert "FAILED: it broke" in table([failed])


def test_document_has_every_round() -> None:
    row = document([result()], {})["rows"][0]
    assert row["figures"][BERTH]["CPU a request"] == {"unit": "µs", "median": 30.0, "rounds": [30.0]}
    assert [target["holds"] for target in row["targets"]] == [False, True]


def test_result_of_wrk_is_read() -> None:
    assert parse("Running 3s test\nRESULT 21353 42385705 3010766 0 0\n") == Load(21353, 42385705, 3.010766)


@pytest.mark.parametrize(
    "output", ["", "RESULT 5 100 1000000 0 5", "RESULT 5 100 1000000 1 0", "RESULT 0 0 1000000 0 0"]
)
def test_errors_of_wrk_are_raised(output: str) -> None:
    with pytest.raises(BenchError, match="wrk"):
        parse(output)


def test_stat_with_a_strange_name_is_read() -> None:
    line = "7 (a (strange) name) S 3 7 7 0 -1 4194304 1 2 3 4 10 20 3 4 20 0 1 0 9 9 9"
    assert parse_stat(line) == (3, 37)
    assert cpu_seconds(os.getpid()) > 0


def test_answers_are_read() -> None:
    answer = parse_head(b"HTTP/1.1 202 Accepted\r\nLocation: http://127.0.0.1:5000/v2/a?b=c\r\nContent-Length: 0")
    assert (answer.status, path_of(answer.fields["location"])) == (202, "/v2/a?b=c")
    assert path_of("/v2/a") == "/v2/a"


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
