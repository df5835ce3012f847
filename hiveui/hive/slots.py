"""A few things at once, the others in a line: who came first goes first."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable


class Slots:
    """Bounds how many go on at once; `most` is asked each time."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._changed = asyncio.Condition()
        self.waiting: list[str] = []
        """Names of those that wait, the next one first."""
        self.busy: list[str] = []

    @contextlib.asynccontextmanager
    async def slot(self, name: str) -> AsyncIterator[None]:
        """Wait for a place, and keep it."""
        self.waiting.append(name)
        async with self._changed:
            try:
                await self._changed.wait_for(lambda: self.waiting[0] == name and len(self.busy) < self._most())
            finally:
                self.waiting.remove(name)
                self._changed.notify_all()
            self.busy.append(name)
        try:
            yield
        finally:
            self.busy.remove(name)
            async with self._changed:
                self._changed.notify_all()
