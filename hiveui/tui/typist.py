"""What the person does in Interact, on its way to a pane: in order, and text in one piece."""

from collections.abc import Callable
from typing import Any

from hiveui.model.keys import Item, item_to_json

Tell = Callable[..., Any]
"""`tell(method, **params)`: a notification to the daemon."""
PASTE_LIMIT = 1 << 20
"""Bytes of one paste."""
PASTE_PART = 1 << 17
"""Characters of a paste in one message."""


class Typist:
    """Gathers items for one pane until `flush`."""

    def __init__(self, tell: Tell, bars: Callable[[str], bool] = lambda _: False) -> None:
        """`bars` tells of a pane whether nothing can be typed into it."""
        self._tell = tell
        self._bars = bars
        self._pane = ""
        self._items: list[Item] = []

    def add(self, pane: str, *items: Item) -> None:
        """Take items for a pane; text joins the text before it."""
        if pane != self._pane:
            self.flush()
            self._pane = pane
        for item in items:
            last = self._items[-1] if self._items else None
            if isinstance(item, str) and isinstance(last, str):
                self._items[-1] = last + item
            else:
                self._items.append(item)

    def flush(self) -> bool:
        """Send what was gathered, and tell whether there was anything."""
        items, self._items = self._items, []
        if items and self._bars(self._pane):
            return False
        if items:
            self._tell("pane/input", pane=self._pane, input=[item_to_json(item) for item in items])
        return bool(items)

    def paste(self, pane: str, text: str) -> None:
        """Send a paste after what was typed before it, in parts that the wire takes."""
        self.flush()
        if self._bars(pane):
            return
        parts = [text[i : i + PASTE_PART] for i in range(0, len(text), PASTE_PART)] or [""]
        for part in parts[:-1]:
            self._tell("pane/paste", pane=pane, text=part, more=True)
        self._tell("pane/paste", pane=pane, text=parts[-1])
