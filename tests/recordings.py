"""Recorded screens of real agents with what they show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RECORDINGS = Path(__file__).parent / "data" / "recordings"


@dataclass(frozen=True)
class Recording:
    """One screen."""

    kind: str
    folder: str
    name: str
    """The state as it was meant, and `@80` for a pane of another width than 100."""
    rows: tuple[str, ...]
    title: str
    shows: frozenset[str]
    """The states that are right for it."""

    @property
    def needs_person(self) -> bool:
        """Whether the program waits for an answer."""
        return bool(self.shows & {"approval", "question"})


def recordings() -> Iterator[Recording]:
    """Give all of them."""
    for index in sorted(RECORDINGS.glob("*/screens.json")):
        folder = index.parent.name
        for name, about in sorted(json.loads(index.read_text("utf-8")).items()):
            rows = tuple((index.parent / f"{name}.txt").read_text("utf-8").split("\n"))
            yield Recording(folder.partition("-")[0], folder, name, rows, about["title"], frozenset(about["shows"]))
