"""The row about how soon an agent's new state is on the screen, by what tells of it."""

import json
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from hiveui.bench.agents import IN_A_TAB, Staffed, worker
from hiveui.bench.figures import BenchError, Figure, at_most, noted, quantile
from hiveui.bench.keyboard import streaming
from hiveui.bench.scale import Scale
from hiveui.bench.subjects import program

LIMIT = 3.0
"""Seconds after which a state counts as never shown."""
PAUSE = (0.2, 0.6)
"""Seconds between one state and the next: in step with nothing that looks."""
HOOKED, REPORTS, SHOWS, HIDDEN = "p02", "p03", "p04", "p17"
"""Agents that tell by a hook, by OSC 7501, by their screen alone, and by that in another tab."""
WORKING = ["● Reading the parser", "", "✻ Testing… (3s · esc to interrupt)"]
COMPOSER = ["─" * 30, "❯ ", "─" * 30, "  esc to interrupt"]
ASKING = [
    "─" * 30,
    " Bash command",
    "   make test",
    " Do you want to proceed?",
    " ❯ 1. Yes",
    "   2. No",
    " Esc to cancel",
]

Act = tuple[Callable[[], object], Callable[[bytes], object]]
"""What is done, and what knows its effect in the terminal's bytes."""


def told(scale: Scale) -> list[Figure]:
    """Have one state after the other told: while nothing else happens, and while twelve panes stream."""
    times: dict[str, list[float]] = {}
    still = [program("idle")] * 12
    for others in (still, streaming(12)):
        with Staffed(_cast(others), IN_A_TAB + 1) as ours:
            ours.begin([HOOKED], "done")
            for name, acts in _acts(ours).items():
                times.setdefault(name, []).extend(_shown(ours, acts, scale.rounds(20)))
    return [
        figure
        for name, limit in (("hook", 150), ("7501", 150), ("screen alone", 700), ("screen alone, hidden", 700))
        for figure in (
            noted(f"{name}, p50", quantile(times[name], 0.5), "ms"),
            at_most(f"{name}, p95", quantile(times[name], 0.95), limit, "ms"),
        )
    ]


def _cast(others: Sequence[Sequence[str]]) -> list[Mapping[str, Any]]:
    """Give the agents: who tells, and who is there beside them."""
    silent = list(program("idle"))
    reports = {"kind": "rehearsal", "command": silent}
    shows = {"kind": "claude", "command": silent}
    beside = [{"kind": "shell", "command": list(argv)} for argv in others]
    return [{"kind": "shell", "command": silent}, worker(1, 0), reports, shows, *beside, shows]


def _acts(ours: Staffed) -> dict[str, tuple[Act, Act]]:
    """Give, by what tells, what is done in turns."""
    agents = ours.state()
    hook = _hook(agents[HOOKED])
    works, asks = _drawn(WORKING + COMPOSER), _drawn(ASKING)
    reports, shows, hidden = (_printer(agents[role]) for role in (REPORTS, SHOWS, HIDDEN))
    return {
        "hook": (
            (lambda: hook("UserPromptSubmit"), _title(HOOKED, "working")),
            (lambda: hook("Stop"), _title(HOOKED, "done")),
        ),
        "7501": (
            (lambda: reports("\x1b]7501;state=working\x1b\\"), _title(REPORTS, "working")),
            (lambda: reports("\x1b]7501;state=done\x1b\\"), _title(REPORTS, "done")),
        ),
        "screen alone": (
            (lambda: shows(works), _title(SHOWS, "working")),
            (lambda: shows(asks), _title(SHOWS, "approval")),
        ),
        "screen alone, hidden": (
            (lambda: hidden(works), re.compile(b" 1 working").search),
            (lambda: hidden(asks), re.compile(b"2 need you").search),
        ),
    }


def _hook(agent: Mapping[str, Any]) -> Callable[[str], None]:
    """Give what runs an agent's hook as its program does: as its settings say, in its environment."""
    teller = psutil.Process(agent["pid"])
    environ, words = teller.environ(), teller.cmdline()
    hooks = json.loads(Path(words[words.index("--settings") + 1]).read_text())["hooks"]
    numbers = iter(range(1_000_000))

    def run(event: str) -> None:
        payload = {"hook_event_name": event, "session_id": agent["conversation"], "prompt_id": f"b{next(numbers) // 2}"}
        argv = ["sh", "-c", hooks[event][-1]["hooks"][0]["command"]]
        subprocess.run(argv, env=environ, input=json.dumps(payload).encode(), check=True)

    return run


def _printer(agent: Mapping[str, Any]) -> Callable[[str], object]:
    """Give what prints in an agent's pane."""
    terminal = psutil.Process(agent["pid"]).terminal()
    if terminal is None:
        raise BenchError(f"{agent['role']} has no terminal.")
    return lambda text: Path(terminal).write_bytes(text.encode())


def _drawn(rows: Sequence[str]) -> str:
    return "\x1b[2J\x1b[H" + "\r\n".join(rows)


def _title(role: str, word: str) -> Callable[[bytes], object]:
    """Know a pane's title with a state's word, wherever its styles change."""
    return re.compile(role.encode() + rb"(?:[^\x1b]|\x1b\[[\d;]*m)*? " + word.encode()).search


def _shown(ours: Staffed, acts: Sequence[Act], rounds: int) -> Iterator[float]:
    """Give the milliseconds from each act to the terminal's showing it."""
    pauses = random.Random(7)  # noqa: S311  pauses, no secrets
    for _ in range(rounds):
        for act, shown in acts:
            ours.terminal.drain(pauses.uniform(*PAUSE))
            began = time.perf_counter()
            act()
            found = ours.terminal.until(shown, LIMIT)
            yield LIMIT * 1000 if found is None else (found - began) * 1000
