"""Reading what one agent's program wrote down since the last time. Blocks on the disk: called in a thread."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hiveui.agents.catalog import Kind
from hiveui.agents.transcripts import files
from hiveui.agents.usage.database import messages
from hiveui.agents.usage.formats import FORMATS
from hiveui.agents.usage.tail import Stamp, lines, stamp
from hiveui.model.usage import Account, Prices, Request, Source

log = logging.getLogger(__name__)

DATABASE = ".db"


class Progress(NamedTuple):
    """What came of a reading."""

    changed: bool
    more: bool
    """The budget ended before the files did."""


class Reader:
    """The transcripts of one agent. Files that did not change are looked at, and not opened."""

    def __init__(self, kind: Kind, env: Mapping[str, str]) -> None:
        """`env` is the agent's: where its program keeps its files follows from it."""
        assert kind.usage is not None  # noqa: S101  the caller asks of such kinds only
        self._format = FORMATS[kind.usage.format]
        self._patterns = (*kind.transcripts, *kind.usage.files)
        self._env = env
        self._files: dict[str, tuple[str, ...]] = {}
        self._stamps: dict[str, tuple[Stamp | None, ...]] = {}

    @property
    def found(self) -> bool:
        """Some file is there."""
        return bool(self._files)

    def find(self, conversations: Iterable[str]) -> None:
        """Look for the files of conversations."""
        found: dict[str, tuple[str, ...]] = {}
        for conversation in conversations:
            for path in files(self._patterns, conversation, self._env):
                found[path] = (*found.get(path, ()), conversation)
        for path in found.keys() - self._files.keys():
            self._stamps.pop(path, None)
        self._files = found

    def read(self, account: Account, prices: Prices, budget: int) -> Progress:
        """Count what was added, at most about `budget` bytes of it."""
        changed = more = False
        for path, conversations in self._files.items():
            stamps = (stamp(path), stamp(f"{path}-wal")) if path.endswith(DATABASE) else (stamp(path),)
            if stamps[0] is None or self._stamps.get(path) == stamps:
                continue
            source = account.sources.setdefault(path, Source())
            before = source.offset, dict(source.memory), source.head
            try:
                for request in self._requests(path, source, conversations, budget):
                    changed |= account.count(source, request, prices)
            except OSError as error:
                log.info("usage of %s: %s", account.agent, error)
                continue
            changed |= before != (source.offset, source.memory, source.head)
            behind = not path.endswith(DATABASE) and source.offset < stamps[0].size - budget
            more |= behind
            if not behind:
                self._stamps[path] = stamps
        return Progress(changed, more)

    def _requests(self, path: str, source: Source, conversations: tuple[str, ...], budget: int) -> Iterator[Request]:
        for entry in self._entries(path, source, conversations, budget):
            yield from self._format.read(entry, source.memory)

    def _entries(
        self, path: str, source: Source, conversations: tuple[str, ...], budget: int
    ) -> Iterator[Mapping[str, Any]]:
        if path.endswith(DATABASE):
            for conversation in conversations:
                yield from messages(path, source, conversation)
            return
        for line in lines(path, source, budget):
            if any(mark in line for mark in self._format.marks):
                try:
                    entry = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(entry, dict):
                    yield entry
