"""A thread for work that may wait for a disk, or for a server that does not answer."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Aside:
    """One thread, which does one thing after the other. The process need not wait for it to end, as for a pool's."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def do(self, work: Callable[[], T]) -> T:
        """Give what `work` gives, or raise what it raises. Where this is cancelled, it is done all the same."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(settle: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(lambda: None if done.done() else settle())

        def run() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001  it is raised where the work was asked for
                raised = error
                tell(lambda: done.set_exception(raised))
            else:
                tell(lambda: done.set_result(value))

        self._work.put(run)
        return await done

    def later(self, work: Callable[[], None]) -> None:
        """Do something once all that was asked for is done; it may not raise."""
        self._work.put(work)

    def end(self) -> None:
        """End, after all that was asked for."""
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
