"""Sets of keys to begin from; a person's own keys come over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """What differs from the keys that the table of commands has."""

    prefix: str = ""
    """A chord after which one Supervise key works anywhere, '' for none."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further chords by the id of a command."""


_VIM_PAGES = {
    f"{place}.{move}": (chord,)
    for place in ("history", "read")
    for move, chord in (("up", "ctrl+y"), ("down", "ctrl+e"), ("page_up", "ctrl+b"), ("page_down", "ctrl+f"))
}

PRESETS: Mapping[str, Preset] = {
    "default": Preset(),
    "tmux": Preset(prefix="ctrl+b"),
    "vim": Preset(prefix="ctrl+w", also=_VIM_PAGES),
}
