"""A few things at once, the others in a line: who came first goes first."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable


class Slots:
    """Bounds how many go on at once; `most` is asked whenever one comes, and holds for all that wait."""

    def __init__(self, most: Callable[[], Awaitable[int]]) -> None:
        self._most = most
        self._places = 0
        self._changed = asyncio.Event()
        self.waiting: list[str] = []
        """Names of those that wait, the next one first."""
        self.busy: list[str] = []

    @contextlib.asynccontextmanager
    async def slot(self, name: str) -> AsyncIterator[None]:
        """Wait for a place, and keep it."""
        self.waiting.append(name)
        try:
            self._places = await self._most()
            self._tell()
            while self.waiting[0] != name or len(self.busy) >= self._places:
                await self._changed.wait()
            self.busy.append(name)
        finally:
            self.waiting.remove(name)
            self._tell()
        try:
            yield
        finally:
            self.busy.remove(name)
            self._tell()

    def _tell(self) -> None:
        """Have all that wait look again."""
        self._changed.set()
        self._changed = asyncio.Event()
