"""Input that comes faster than the screen takes it: it waits where it is, and nothing of it is lost."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future

from textual.message import Message

from hiveui.tui.driver import AHEAD, TerminalDriver, TerminalInput
from tests.waiting import until


class Deaf(TerminalDriver):
    """A driver whose screen takes nothing until it is told to."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.exit_event = threading.Event()
        self.waiting: list[Message] = []
        self.taken = 0
        self._parent = 0
        self._handed = Future()
        self._handed.set_result(True)
        self._app = Screen(lambda: len(self.waiting))  # type: ignore[assignment]

    def send_message(self, message: Message) -> None:
        self.waiting.append(message)

    def take(self) -> int:
        """Take what waits; gives how much was taken in all."""
        while self.waiting:
            message = self.waiting.pop(0)
            assert isinstance(message, TerminalInput)
            self.taken += len(message.items)
        return self.taken


class Screen:
    """What the driver asks how much waits for it."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._waiting = waiting

    @property
    def message_queue_size(self) -> int:
        return self._waiting()


def test_what_is_typed_faster_than_the_screen_takes_it_waits_where_it_is() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    driver, sent = Deaf(reader), 0
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    try:

        def flooded() -> bool:
            nonlocal sent
            try:
                sent += os.write(writer, b"x" * 500)
            except BlockingIOError:
                return len(driver.waiting) == AHEAD
            return False

        until(flooded, what="a pipe that is full")
        assert len(driver.waiting) == AHEAD
        until(lambda: driver.take() == sent, what="all of it")
    finally:
        driver.exit_event.set()
        thread.join()
        os.close(reader)
        os.close(writer)
