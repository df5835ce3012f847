"""YAML as data and nothing more: a tree of texts, lists and maps, each with its place in the file.

Anchors, aliases, tags, duplicate keys and documents after the first are refused, and so is what would take long to
read. Plain words stay words: `no` is not False and `22:22` is no number, until a field asks for one.
"""

from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from hiveui.errors import LayoutError
from hiveui.model.names import quoted

MAX_BYTES = 256 * 1024
MAX_NODES = 5_000
MAX_DEPTH = 48
"""Levels of lists and maps; a split of panes takes two."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, counted from 1."""

    file: str
    line: int
    column: int
    offset: int = 0
    """The same place in characters of the whole text, from 0."""

    def wrong(self, sentence: str, hint: str = "") -> LayoutError:
        """Make the error that says what is wrong here."""
        return LayoutError(sentence, hint, file=self.file, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, unread."""

    place: Place
    text: str
    quoted: bool
    end: int = 0
    """Where it ends: the offset behind its last character. Comments are never a part of anything."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple["Node", ...]
    end: int = 0
    flow: bool = False
    """It stands in brackets."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A map."""

    place: Place
    fields: dict[str, "Node"]
    keys: dict[str, Place]
    end: int = 0
    flow: bool = False


Node = Text | Items | Fields


def read(data: bytes, file: str) -> Node:
    """Read one document. Raises LayoutError with the place, what is wrong, and the mend."""
    start = Place(file, 1, 1)
    if len(data) > MAX_BYTES:
        raise start.wrong(f"the file has {len(data)} bytes; {MAX_BYTES} are allowed", "Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Place(file, line, 1).wrong("the file is not UTF-8 text", "Save it as UTF-8.") from None
    try:
        return _Reader(file, text).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else start
        problem = str(error.problem or error.context or "it cannot be read").split("\n")[0]
        raise place.wrong(
            f"this is not YAML: {problem}", "Mend the line; a colon, quote or bracket is often what is missing."
        ) from None
    except ReaderError as error:
        line, last = text.count("\n", 0, error.position) + 1, text.rfind("\n", 0, error.position)
        place = Place(file, line, error.position - last)
        raise place.wrong(f"the invisible character U+{error.character:04X} stands here", "Take it out.") from None
    except (YAMLError, ValueError, RecursionError) as error:
        said = str(error).split("\n")[0][:100]
        raise start.wrong(f"this is not YAML: {said}", "Mend it, or begin anew from an example.") from None


class _Reader:
    """Builds the tree from YAML events, so that nothing is constructed before it has been counted."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._events = YAML(typ="safe", pure=True).parse(text)
        self._nodes = 0

    def document(self) -> Node:
        found: Node | None = None
        for event in self._events:
            name = type(event).__name__
            if name in ("StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent"):
                continue
            if found is not None:
                raise self._place(event).wrong("a second document begins here", "Keep one in a file.")
            found = self._node(event, 0)
        return found or Text(Place(self._file, 1, 1), "", quoted=False)

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise place.wrong("the file is nested too deep or has too many parts", "Make it smaller.")
        name = type(event).__name__
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise place.wrong("anchors and aliases (& and *) are refused", "Write the value out.")
        if getattr(event, "tag", None):
            raise place.wrong(f"the tag {quoted(str(event.tag))} is refused", "Write the plain value.")
        if name == "ScalarEvent":
            written = self._text[place.offset : event.end_mark.index].rstrip()
            plain = event.style not in ("'", '"', "|", ">")
            return Text(place, event.value, quoted=not plain, end=place.offset + len(written))
        make = self._items if name == "SequenceStartEvent" else self._fields
        return make(place, depth, flow=bool(event.flow_style))

    def _items(self, place: Place, depth: int, *, flow: bool) -> Items:
        items: list[Node] = []
        end = place.offset
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                end = event.end_mark.index if flow else end
                break
            items.append(self._node(event, depth + 1))
            end = items[-1].end
        return Items(place, tuple(items), end, flow)

    def _fields(self, place: Place, depth: int, *, flow: bool) -> Fields:
        end = place.offset
        fields: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                end = event.end_mark.index if flow else end
                break
            key = self._node(event, depth + 1)
            if not isinstance(key, Text):
                raise key.place.wrong("a key is to be a word", "Write `name: value`.")
            if key.text in fields:
                raise key.place.wrong(f"{quoted(key.text)} stands here twice", "Keep one of them.")
            keys[key.text] = key.place
            value = self._node(next(self._events), depth + 1)
            if isinstance(value, Text) and not value.text and not value.quoted:  # its marks are the next token's
                colon = self._text.index(":", key.end) + 1
                value = replace(value, place=replace(value.place, offset=colon), end=colon)
            fields[key.text] = value
            end = value.end
        return Fields(place, fields, keys, end, flow)

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1, mark.index)
