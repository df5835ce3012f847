"""How recorded screens are read at widths that they were not drawn for, in a real tmux: `python -m tests.widths`.

A still is drawn at its own width, and the pane is then given another: tmux breaks its rows as it breaks those of a
program that does not draw itself anew. The bytes of a session are fed to a pane that was never of their width. What
comes of it is kept in `widths.json`, for docs/agents.md.
"""

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import rules_for
from tests.panes import pane
from tests.recordings import RECORDINGS, recordings

FILE = RECORDINGS / "widths.json"
WIDTHS = (60, 80, 100, 140, 200)
DRAWN = 100
"""Columns of a still whose name says nothing."""
SESSIONS = json.loads((RECORDINGS / "sessions.json").read_text("utf-8"))

Verdict = tuple[str, str]
"""`right`, `unsure` or `wrong`, and what it is about."""


def verdict(kind: str, rows: list[str], title: str, shows: frozenset[str], name: str) -> Verdict:
    sign = read_screen(rules_for(kind), rows, title)
    word = "unsure" if sign is None else "right" if sign.state in shows else "wrong"
    return word, f"{name}: {sign.state} ({sign.evidence})" if sign else name


def stills(socket: Path) -> Iterator[tuple[int, Verdict]]:
    """Read every still at every width."""
    with pane(socket, DRAWN + 1) as shown:
        for one in recordings():
            rows = list(one.rows)
            while rows and not rows[-1].strip():
                rows.pop()
            drawn = int(one.name.partition("@")[2] or DRAWN)
            for width, screen in zip(WIDTHS, shown.at_widths(rows, drawn, WIDTHS), strict=True):
                yield width, verdict(one.kind, screen, one.title, one.shows, f"{one.folder}/{one.name} at {width}")


def states(session: str) -> Iterator[tuple[dict, bytes]]:
    """Give every state of a session with the bytes since the one before."""
    plain = RECORDINGS / f"{session}.bytes"
    data = plain.read_bytes() if plain.exists() else gzip.decompress(plain.with_suffix(".bytes.gz").read_bytes())
    start = 0
    for state in SESSIONS[session]:
        yield state, data[start : state["end"]]
        start = state["end"]


def live(socket: Path, session: str, width: int) -> Iterator[tuple[str, Verdict]]:
    """Read every state of a session, fed as bytes to a pane of a width."""
    kind = session.partition("/")[0]
    with pane(socket, width) as shown:
        for state, data in states(session):
            shown.show(data)
            name = f"{session} {state['state']} at {width}"
            yield state["state"], verdict(kind, shown.rows(), state["title"], frozenset(state["shows"]), name)


def main() -> None:
    """Measure everything, and keep the counts."""
    counts = {str(width): {"stills": Counter(), "bytes": Counter()} for width in WIDTHS}
    with tempfile.TemporaryDirectory(prefix="hw") as folder:
        socket = Path(folder) / "s"
        for width, (word, _) in stills(socket):
            counts[str(width)]["stills"][word] += 1
        for i, session in enumerate(SESSIONS):
            for width in WIDTHS:
                place = Path(folder) / f"{i}-{width}"
                place.mkdir()
                for _, (word, _) in live(place / "s", session, width):
                    counts[str(width)]["bytes"][word] += 1
    FILE.write_text(json.dumps(counts, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
