"""What changed in one checkout of late, with whose it is: a ring, newest last."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from hiveui.model.agent import AgentId
from hiveui.model.attribution import Moment, Verdict
from hiveui.model.changes import Write

KEPT = 4000
"""Changes of one checkout that are kept."""
LATE = 10.0
"""Seconds in which it may become known who made a change that nobody was known to have made."""
SPAN = 30
"""Seconds of one bar of what each agent changed."""
BARS = 20
"""Bars: ten minutes."""


@dataclass(slots=True)
class Entry:
    """One change that was noticed, with what is known of it by now."""

    write: Write
    path: str
    """Absolute."""
    noticed: float
    """Seconds since 1970."""
    moment: Moment
    git: bool = False
    """Git wrote something for itself just then."""
    writers: frozenset[AgentId] | None = frozenset()
    """Whose processes had the file open to write; None until that has been looked at."""
    forgotten: bool = False
    """It is not kept any more."""

    def take(self, verdict: Verdict) -> bool:
        """Say whose it is; tell whether that is news. What is known to be one agent's stays that agent's."""
        if self.write.by is not None and verdict.by != self.write.by:
            return False
        before = self.write
        self.write = replace(
            before,
            by=verdict.by,
            role=verdict.role,
            how=verdict.how,
            evidence=verdict.evidence,
            lines=verdict.lines or before.lines,
        )
        return self.write != before


class Feed:
    """The changes of one checkout."""

    def __init__(self, top: str, since: str) -> None:
        """Begin with nothing; `since` says when, RFC 3339, UTC."""
        self.top = top
        self.since = since
        self._ring: deque[Entry] = deque()
        self._by_path: dict[str, list[Entry]] = {}
        self._bars: dict[int, Counter[AgentId]] = {}
        """Changes of each agent, by the span of time."""
        self.notice = ""
        """Why less is seen than should be, or ''."""

    def add(self, entry: Entry) -> None:
        """Take a change in; the oldest goes where there are too many."""
        if len(self._ring) >= KEPT:
            self._forget(self._ring.popleft())
        self._ring.append(entry)
        self._by_path.setdefault(entry.path, []).append(entry)

    def newest(self) -> Iterator[Entry]:
        """Give what is kept, the newest first."""
        return reversed(self._ring)

    def of(self, path: str) -> Iterator[Entry]:
        """Give what is kept of one absolute path, the newest first."""
        return reversed(self._by_path.get(path, []))

    def moments(self, path: str, now: float) -> list[Moment]:
        """Give when a path changed of late; what was told of twice, unchanged meanwhile, counts once."""
        late = takewhile(lambda entry: entry.noticed > now - LATE, self.of(path))
        return list(dict.fromkeys(entry.moment for entry in late))

    def knows(self, path: str, since: float) -> bool:
        """Tell whether a change of an absolute path was noticed since a time."""
        return next((entry.noticed >= since for entry in self.of(path)), False)

    def unknown(self, paths: Iterable[str], now: float) -> list[Entry]:
        """Give the changes of paths of which it may become known only now who made them."""
        found = (entry for path in paths for entry in self.of(path))
        return [entry for entry in found if entry.write.by is None and entry.noticed > now - LATE]

    def superseded(self, entry: Entry) -> bool:
        """Tell whether a change is kept no more, and a newer one of its path is."""
        return entry.forgotten and entry.path in self._by_path

    def count(self, agent: AgentId, now: float) -> None:
        """Count a change as an agent's."""
        self._bars.setdefault(int(now // SPAN), Counter())[agent] += 1
        for old in [span for span in self._bars if span <= now // SPAN - BARS]:
            del self._bars[old]

    def bars(self, now: float) -> dict[AgentId, list[int]]:
        """Give how much each agent changed in the last BARS spans, oldest first."""
        spans = range(int(now // SPAN) - BARS + 1, int(now // SPAN) + 1)
        counted = [self._bars.get(span, Counter()) for span in spans]
        agents = dict.fromkeys(agent for counts in counted for agent in counts)
        return {agent: [counts[agent] for counts in counted] for agent in agents}

    def _forget(self, entry: Entry) -> None:
        entry.forgotten = True
        known = self._by_path[entry.path]
        known.remove(entry)
        if not known:
            del self._by_path[entry.path]
