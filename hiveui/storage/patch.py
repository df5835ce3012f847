"""Changes in places of a YAML text. Whatever is not changed stays as it is to the byte, comments included."""

from collections.abc import Collection, Mapping

from hiveui.storage import emit
from hiveui.storage.emit import Value
from hiveui.storage.yaml import Fields, Items, Node


class Patch:
    """Collects changes of one text, whose tree is `yaml.read`'s, and makes them all at once."""

    def __init__(self, text: str) -> None:
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._text = text if text.endswith("\n") else text + self._newline
        self._edits: list[tuple[int, int, str]] = []

    def text(self) -> str:
        """Give the text with every change made; those at one place in the order in which they came."""
        parts: list[str] = []
        at = 0
        for start, end, fresh in sorted(self._edits, key=lambda edit: edit[0]):
            parts += (self._text[at:start], fresh)
            at = max(at, end)
        return "".join((*parts, self._text[at:]))

    def replace(self, node: Node, value: Value) -> None:
        """Put a value in place of another."""
        start = node.place.offset
        self._edits.append((start, node.end, emit.flow(value) if start < node.end else " " + emit.flow(value)))

    def put(self, fields: Fields, key: str, value: Value) -> None:
        """Set a field of a map, which is added behind the others where it is not there."""
        old = fields.fields.get(key)
        if old is None:
            self.add(fields, {key: value})
        elif isinstance(old, Items | Fields) and not old.flow:
            self._replace_block(fields, key, old, value)
        else:
            self.replace(old, value)

    def add(self, fields: Fields, values: Mapping[str, Value]) -> None:
        """Add fields behind those of a map."""
        if fields.flow:
            fresh = "".join(f", {emit.flow(key)}: {emit.flow(value)}" for key, value in values.items())
            last = max(value.end for value in fields.fields.values())
            self._edits.append((last, last, fresh))
            return
        indent = min(place.column for place in fields.keys.values()) - 1
        self._new_lines(fields, [emit.entry(key, value, indent) for key, value in values.items()], indent)

    def change(self, fields: Fields, drop: Collection[str], add: Mapping[str, Value]) -> None:
        """Take some fields out of a map, and add others."""
        if not drop and not add:
            return
        if not fields.flow:
            for key in drop:
                self._drop_lines(fields.keys[key].offset, fields.fields[key].end)
            self.add(fields, add)
            return
        kept = [self._text[fields.keys[k].offset : v.end] for k, v in fields.fields.items() if k not in drop]
        parts = [*kept, *(f"{emit.flow(key)}: {emit.flow(value)}" for key, value in add.items())]
        self._edits.append((fields.place.offset, fields.end, "{" + ", ".join(parts) + "}"))

    def insert(self, items: Items, at: int, values: list[Value]) -> None:
        """Put parts into a block list, before its part `at`."""
        dash = self._dash(items.items[0])
        indent = dash - self._line_start(dash)
        lines = ["- " + emit.block(value, indent + 2) for value in values]
        if at:
            self._new_lines(items.items[at - 1], lines, indent)
        else:
            start = self._line_start(dash)
            self._edits.append((start, start, self._lines(lines, indent)))

    def remove(self, items: Items, at: int) -> None:
        """Take a part out of a block list that keeps or gets another."""
        self._drop_lines(self._dash(items.items[at]), items.items[at].end)

    def _replace_block(self, fields: Fields, key: str, old: Node, value: Value) -> None:
        """Put a value in place of what stands on lines of its own; a comment beside its key stays there."""
        colon = self._text.index(":", fields.keys[key].offset + len(key)) + 1
        between = self._text[colon : old.place.offset]
        start = old.place.offset if "#" in between else colon
        self._edits.append((start, old.end, ("" if "#" in between else " ") + emit.flow(value)))

    def _new_lines(self, node: Node, lines: list[str], indent: int) -> None:
        """Put lines behind the one that a node ends on."""
        end = self._line_end(node.end)
        self._edits.append((end, end, self._lines(lines, indent)))

    def _lines(self, lines: list[str], indent: int) -> str:
        whole = "".join(" " * indent + line + "\n" for line in lines)
        return whole.replace("\n", self._newline)

    def _drop_lines(self, start: int, end: int) -> None:
        self._edits.append((self._line_start(start), self._line_end(end), ""))

    def _dash(self, item: Node) -> int:
        return self._text.rindex("-", 0, item.place.offset)

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Give where the line after this one begins."""
        return self._text.index("\n", at) + 1
