"""The bench's own arithmetic and programs; what it measures is measured by running it."""

import json
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hiveui.bench import programs
from hiveui.bench.figures import (
    BenchError,
    Figure,
    Measured,
    Results,
    SkippedError,
    at_least,
    at_most,
    markdown,
    over_plain,
    quantile,
    said,
    times_plain,
)
from hiveui.bench.main import measure, run
from hiveui.bench.rows import BY_NAME, ROWS, Row
from hiveui.bench.scale import Scale
from hiveui.bench.screens import Styles
from hiveui.bench.subjects import Panes, Sandbox, layout, program
from hiveui.bench.terminal import Terminal
from hiveui.errors import UsageError


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (at_most("a", 5, 5, "ms"), True),
        (at_most("a", 5.01, 5, "ms"), False),
        (at_least("a", 30, 30, "/s"), True),
        (at_least("a", 29.9, 30, "/s"), False),
        (over_plain("a", 5.5, 0.5, 5, "ms"), True),
        (over_plain("a", 5.6, 0.5, 5, "ms"), False),
        (times_plain("a", 8, 4, 2, "ms"), True),
        (times_plain("a", 8.1, 4, 2, "ms"), False),
    ],
)
def test_a_bar_is_reached_up_to_its_limit_and_not_beyond(figure, reached):
    assert figure.reached is reached


def test_quantiles_are_values_that_were_measured():
    values = [float(n) for n in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)) == (50, 99, 100)
    assert quantile([7.0], 0.99) == 7
    with pytest.raises(BenchError):
        quantile([], 0.5)


def test_figures_are_written_with_the_digits_that_mean_something():
    assert [said(v, "ms") for v in (None, 0, 0.349, 4.5, 45.67, 456.7)] == [
        "–", "0 ms", "0.35 ms", "4.50 ms", "45.7 ms", "457 ms",
    ]  # fmt: skip


ONE = Figure("p50", 4.5, "ms", "≤ tmux + 5 ms", reached=True, plain=0.4)
TWO = Figure("p99", 45.0, "ms", "≤ 25 ms", reached=False, plain=0.7)


def test_a_row_with_one_figure_missed_is_missed_and_the_table_says_which():
    results = Results("a machine", (Measured("echo", "a key", (ONE, TWO)),))
    assert not results.reached
    lines = results.table().splitlines()[2:]
    assert lines[1].split() == ["echo", "p50", "0.40", "ms", "4.50", "ms", "≤", "tmux", "+", "5", "ms", "yes"]
    assert lines[2].endswith("NO")
    document = json.loads(json.dumps(results.document()))
    assert document["version"] == 1
    assert [f["reached"] for f in document["rows"][0]["figures"]] == [True, False]


def test_a_row_that_could_not_be_measured_says_why_and_is_missed():
    results = Results("a machine", (Measured("echo", "a key", (), "tmux is not there"),))
    assert not results.reached
    assert "tmux is not there" in results.table()


def test_a_row_without_its_comparison_is_skipped_with_a_sentence_and_keeps_what_was_measured_before():
    def nothing(_: Scale) -> list[Figure]:
        raise SkippedError("tmuxp is not installed.")

    skipped = Results("a machine", (measure(Row("restore", "shells", nothing), Scale()),))
    assert skipped.reached
    assert "skipped: tmuxp is not installed." in skipped.table()
    before = markdown(Results("a machine", (Measured("restore", "shells", (ONE,)),)), "", {"restore": "shells"})
    assert markdown(skipped, before, {"restore": "shells"}) == before


def test_the_page_keeps_rows_that_were_not_measured_and_replaces_those_that_were():
    order = {"echo": "a key", "cpu": "load"}
    first = Results("a machine", (Measured("cpu", "load", (TWO,)), Measured("echo", "a key", (ONE,))))
    second = Results("another", (Measured("echo", "a key", (TWO,)),))
    page = markdown(second, markdown(first, "", order), order)
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[:2] for row in rows] == [["| echo", "p99"], ["| cpu", "p99"]]


def test_every_row_has_a_name_of_its_own_and_an_unknown_one_is_refused():
    assert len(BY_NAME) == len(ROWS)
    with pytest.raises(UsageError, match="no row 'speed'"):
        run(["speed"])


def test_sixteen_panes_stand_four_by_four_and_hidden_ones_in_a_tab_of_their_own():
    found = layout(Panes([["a"]] * 16, [["b"]] * 2))
    seen, unseen = found["tabs"]
    assert [len(column["panes"]) for column in seen["panes"]] == [4, 4, 4, 4]
    assert unseen["panes"] == ["p17", "p18"]
    assert found["agents"]["p17"]["command"] == ["b"]


def test_a_title_drawn_in_another_style_is_a_changed_cell():
    styles = Styles()
    assert styles.look(b"\x1b[1;48mx\x1b[1;38m 1 p01\x1b[0m\x1b[2m 12 p12") == set()
    assert styles.look(b"\x1b[1;38m 1 p01") == set()
    assert styles.look(b"\x1b[7m 1 p01") == {b"p01"}


@pytest.fixture
def sandbox():
    with Sandbox() as made:
        yield made


def test_the_echo_program_numbers_every_byte_and_shows_escape(sandbox):
    with Terminal(program("echo"), sandbox.environ, sandbox.folder) as terminal:
        terminal.expect(b"X0")
        terminal.write(b"Q\x1b")
        terminal.expect(b"\rQ1\rZ2")


def test_the_sink_counts_what_was_pasted_between_the_marks(sandbox):
    with Terminal(program("sink"), sandbox.environ, sandbox.folder) as terminal:
        terminal.expect(b"\x1b[?2004hX0")
        terminal.write(b"\x1b[200~" + b"a" * 20_000 + b"\x1b[201~")
        terminal.expect(b"P20000p")


def test_the_sheet_draws_itself_anew_for_each_size(sandbox):
    with Terminal(program("sheet", "p01"), sandbox.environ, sandbox.folder) as terminal:
        terminal.expect(b"Kp01n200x50k")
        terminal.resize(120, 40)
        terminal.expect(b"Kp01n120x40k")


def test_streams_print_no_character_that_keys_are_looked_for_by():
    text = "".join(programs.line("aa", number) for number in range(300))
    assert not set("QVWYZXKPF") & set(text)


def test_nothing_is_left_of_a_sandbox_not_even_what_left_its_parents():
    with Sandbox() as sandbox:
        child = subprocess.Popen(
            [sys.executable, "-c", "import os, time; os.fork() and os._exit(0); os.setsid(); time.sleep(600)"],
            env=sandbox.environ,
        )
        child.wait()
        deadline = time.monotonic() + 10
        while not sandbox.processes() and time.monotonic() < deadline:
            select.select([], [], [], 0.01)
        orphans = sandbox.processes()
        assert len(orphans) == 1
        folder = sandbox.folder
    assert not Path(f"/proc/{orphans[0]}").exists() or sandbox.processes() == []
    assert not folder.exists()


def test_a_program_that_ends_is_an_error_with_its_last_words(sandbox):
    argv = ["sh", "-c", "echo enough"]
    with Terminal(argv, sandbox.environ, sandbox.folder) as terminal, pytest.raises(BenchError, match="enough"):
        terminal.expect(b"never")
