"""The library of prompts: Markdown files in the project, the person's folder, and those that came with HiveUI."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.model.templates import Template, parse

LARGEST = 1 << 18
"""Bytes of one file."""
ORIGINS = ("project", "yours", "shipped")


@dataclass(frozen=True, slots=True)
class Shelved:
    """One file of the library."""

    template: Template
    origin: str
    file: Path
    error: str = ""
    """Why it cannot be used, or ''."""


def every(places: Sequence[Path]) -> list[Shelved]:
    """List the prompts of the places, nearest first; of two with one name the nearer."""
    found: dict[str, Shelved] = {}
    for origin, place in zip(ORIGINS, places, strict=True):
        for one in _of(place, origin):
            found.setdefault(one.template.name, one)
    return sorted(found.values(), key=lambda one: (ORIGINS.index(one.origin), one.template.name))


def _of(place: Path, origin: str) -> Iterator[Shelved]:
    for file in sorted(place.glob("*.md")):
        yield _read(file, origin)


def _read(file: Path, origin: str) -> Shelved:
    try:
        if file.stat().st_size > LARGEST:
            return Shelved(Template(file.stem, ""), origin, file, f"it is larger than {LARGEST >> 10} KiB.")
        return Shelved(parse(file.stem, file.read_text("utf-8")), origin, file)
    except OSError as error:
        return Shelved(Template(file.stem, ""), origin, file, f"it cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        return Shelved(Template(file.stem, ""), origin, file, "it is no UTF-8.")
    except ValueError as error:
        return Shelved(Template(file.stem, ""), origin, file, str(error))
