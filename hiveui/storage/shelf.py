"""Where layout files stand: the project's, the person's and the shipped ones; what is written is never lost."""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import LayoutError, StorageError, UsageError
from hiveui.model.layout import Layout
from hiveui.model.names import NAME, quoted
from hiveui.paths import LAYOUT_SUFFIXES, Paths
from hiveui.storage import atomic, revise, yaml

ORIGINS = ("project", "yours", "shipped")
"""What the places of `Paths.layout_places` are called, nearest first."""
LISTED = 200
"""Files of one place that are listed."""
GENERATIONS = 10
"""Versions kept of what was in a file before."""

_KEPT = re.compile(r"(.+)\.(\d+)\.yaml")


@dataclass(frozen=True, slots=True)
class Shelved:
    """One layout file."""

    name: str
    file: Path
    origin: str
    shadowed: bool
    """A nearer place has a layout of that name."""
    layout: Layout | None
    """None where the file cannot be used."""
    wrong: str = ""
    """Why it cannot be used."""


class Shelf:
    """The layouts that one project folder sees."""

    def __init__(self, paths: Paths, folder: Path) -> None:
        self._paths = paths
        self.folder = folder
        self._places = paths.layout_places(folder)

    def every(self, read: Callable[[Path], Layout]) -> list[Shelved]:
        """List the layouts of every place, nearest first, read by `read`."""
        found: list[Shelved] = []
        for name, file, origin in self._files():
            shadowed = any(other.name == name for other in found)
            try:
                found.append(Shelved(name, file, origin, shadowed, read(file)))
            except LayoutError as error:
                found.append(Shelved(name, file, origin, shadowed, None, str(error)))
        return found

    def find(self, name: str) -> Path:
        """Find the file of a layout. Raises LayoutError."""
        return self._paths.find_layout(name, self.folder)

    def origin(self, file: Path) -> str:
        """Say which place a file stands in; '' where it stands in none."""
        return next((o for o, place in zip(ORIGINS, self._places, strict=True) if file.parent == place), "")

    def place(self, name: str, *, project: bool) -> Path:
        """Give the file that a layout of that name has, or would have, in the project or with the person.

        Raises UsageError for what is no name, and where the project's folder of layouts leads out of the project.
        """
        if not NAME.fullmatch(name):
            mend = "Begin with a letter or digit; use letters, digits, space . _ - and at most 64."
            raise UsageError(f"A layout cannot be called {quoted(name)}.", mend)
        place = self._places[0 if project else 1]
        inside = os.path.realpath(place).startswith(f"{os.path.realpath(self.folder)}/")
        if project and not inside:
            raise UsageError(f"{place} leads out of the project.", "Take the link away, or save without --project.")
        files = [place / f"{name}{suffix}" for suffix in LAYOUT_SUFFIXES]
        return next((file for file in files if file.exists()), files[0])

    def own(self, name: str, origin: str = "") -> Path:
        """Find a layout of the project or the person, which may be changed: the nearest, or the one of an origin.

        Raises LayoutError or UsageError.
        """
        file = self.place(name, project=origin == "project") if origin in {"project", "yours"} else self.find(name)
        if not file.is_file():
            raise UsageError(f"{file} is not there any more.")
        if self.origin(file) in {"project", "yours"}:
            return file
        raise UsageError(f"{name} came with HiveUI and stays as it is.", f"`hive layouts edit {name}` makes a copy.")

    def write(self, file: Path, data: bytes) -> Path | None:
        """Write a layout; give where the version before is kept, None where there was none. Raises StorageError."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise atomic.cannot("saved", file, error) from error
        atomic.sweep(file.parent)
        old = read(file)
        kept = self.keep(file, old) if old is not None and old != data else None
        atomic.write(file, data, mode=0o644)
        return kept

    def remove(self, file: Path) -> Path:
        """Take a layout away; give where it is kept. Raises StorageError."""
        kept = self.keep(file, read(file) or b"")
        try:
            file.unlink()
        except OSError as error:
            raise atomic.cannot("removed", file, error) from error
        return kept

    def renamed(self, file: Path, name: str) -> Path:
        """Give the file that a layout will have under another name. Raises UsageError where one is there."""
        target = self.place(name, project=self.origin(file) == "project")
        if target.exists():
            raise UsageError(f"{target} is there already.", "Take another name, or remove that one first.")
        return target

    def rename(self, file: Path, name: str) -> tuple[Path, Path]:
        """Give a layout another name, in its file too; give that, and where the old one is kept.

        Raises UsageError or StorageError.
        """
        target = self.renamed(file, name)
        text = read(file) or b""
        with contextlib.suppress(LayoutError):
            text = revise.renamed(text, name)
        self.write(target, text)
        return target, self.remove(file)

    def keep(self, file: Path, data: bytes) -> Path:
        """Keep what was in a file; the oldest of many goes. Raises StorageError."""
        folder = self._paths.state / "layouts"
        stem = f"{file.stem}-{hashlib.sha256(bytes(file)).hexdigest()[:8]}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic.sweep(folder)
            older = sorted(_numbered(folder, stem))
            kept = folder / f"{stem}.{older[-1][0] + 1 if older else 1}.yaml"
            atomic.write(kept, data)
            for _, path in older[: -GENERATIONS + 1]:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise atomic.cannot("kept", file, error) from error
        return kept

    def _files(self) -> Iterator[tuple[str, Path, str]]:
        for origin, place in zip(ORIGINS, self._places, strict=True):
            for file in sorted(place.glob("*.y*ml"))[:LISTED]:
                named = file.suffix in LAYOUT_SUFFIXES and NAME.fullmatch(file.stem)
                if named and file.is_file() and file.resolve().is_relative_to(place.resolve()):
                    yield file.stem, file, origin


def _numbered(folder: Path, stem: str) -> Iterator[tuple[int, Path]]:
    for path in folder.iterdir():
        found = _KEPT.fullmatch(path.name)
        if found and found[1] == stem:
            yield int(found[2]), path


def read(file: Path) -> bytes | None:
    """Read a layout's bytes, None where there is no file. Raises StorageError where there is and it cannot be read."""
    if not file.exists():
        return None
    try:
        if not file.is_file():
            raise StorageError(f"{file} is no file.", "Move it away, or take another name.")
        with file.open("rb") as source:
            data = source.read(yaml.MAX_BYTES + 1)
    except OSError as error:
        raise atomic.cannot("read", file, error) from error
    if len(data) > yaml.MAX_BYTES:
        raise StorageError(f"{file} is larger than a layout can be.", "Move it away, or take another name.")
    return data
