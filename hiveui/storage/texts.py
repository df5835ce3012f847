"""Texts that are kept whole, secrets and all, until they are delivered: a file each, for this user's eyes only."""

from collections.abc import Collection
from pathlib import Path

from hiveui.errors import StorageError
from hiveui.storage import atomic


class Texts:
    """A folder of texts by generated names. Its methods raise StorageError where the disk does not do its part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, text: str) -> None:
        """Keep a text; it is on the disk when this returns."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise atomic.cannot("used", self._folder, error) from error
        atomic.write(self._folder / name, text.encode())

    def read(self, name: str) -> str:
        """Give a text as it was kept."""
        path = self._folder / name
        try:
            return path.read_bytes().decode()
        except OSError as error:
            raise atomic.cannot("read", path, error) from error
        except UnicodeDecodeError as error:
            raise StorageError(f"{path} was changed by another program: it is no text.") from error

    def drop(self, name: str) -> None:
        """Remove a text that is not needed any more."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise atomic.cannot("removed", self._folder / name, error) from error

    def sweep(self, needed: Collection[str]) -> None:
        """Remove every text that nothing refers to: what a killed daemon left."""
        if self._folder.is_dir():
            atomic.sweep(self._folder)
            for path in self._folder.iterdir():
                if path.name not in needed and not path.name.startswith("."):
                    self.drop(path.name)
