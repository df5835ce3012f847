"""Where choices come from, nearest last: defaults, the person's file, the project's, the environment.

What turns bad keeps what it last said, and the mistake is told. The parser is loaded once there is something to read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from hiveui.config.layer import Layer
from hiveui.config.palette import AUTO, SHIPPED, Palette
from hiveui.config.settings import Settings
from hiveui.errors import ConfigError
from hiveui.paths import Paths, project_config

if TYPE_CHECKING:
    from hiveui.config.options import Option

T = TypeVar("T")
Stamp = tuple[int, int, int]
"""What tells that a file changed: time, size and inode; zeros where there is none."""
ABSENT: Stamp = (0, 0, 0)
STALE: Stamp = (-1, -1, -1)


@dataclass(frozen=True, slots=True)
class Config:
    """What holds now."""

    settings: Settings = field(default_factory=Settings)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where a choice was made: a file with its line, or a variable. By option, and by `keys.ID`."""
    themes: Mapping[str, Palette] = field(default_factory=dict)
    """The person's own theme, if one is in use."""
    problems: tuple[ConfigError, ...] = ()
    """What could not be used; what was said before holds in its place."""
    withheld: tuple[str, ...] = ()
    """What the project's file sets, and may not before it is trusted."""


@dataclass(slots=True)
class Source(Generic[T]):
    """One source of choices: what it says, and what it said when that could last be used."""

    fresh: T
    good: T
    problem: ConfigError | None = None


class FileSource(Source[T]):
    """A file, read again when it has changed."""

    def __init__(self, path: Path, read: Callable[[bytes, str], T], absent: T) -> None:
        super().__init__(absent, absent)
        self._path = path
        self._read = read
        self._absent = absent
        self._stamp = ABSENT

    def forget(self) -> None:
        """Have it read again by the next look."""
        self._stamp = STALE

    def look(self) -> bool:
        """Read it if it has changed; tell whether it had."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self.problem = None
        if stamp == ABSENT:
            self.fresh = self.good = self._absent
            return True
        from hiveui.config.reading import read_bytes  # noqa: PLC0415  see the module's docstring

        try:
            self.fresh = self._read(read_bytes(self._path), str(self._path))
        except ConfigError as error:
            self.problem, self.fresh = error, self.good
        return True


class Configuration:
    """The choices of one person in one folder, kept up to date by `look`."""

    def __init__(
        self,
        paths: Paths,
        folder: Path,
        environ: Mapping[str, str],
        *,
        commands: Mapping[str, str],
        check: Callable[[Settings], object] = lambda _: None,
        trusted: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        """Read nothing yet.

        `commands` has titles by id; `check` raises ConfigError where settings do not go together; `trusted` tells
        whether a project's file, by its bytes, may decide on programs.
        """
        self.config = Config()
        self._themes = paths.themes
        self._roots = (paths.config, folder)
        self._environ = environ
        self._commands = commands
        self._check = check
        self._trusted = trusted
        self._files = [
            FileSource(paths.config_file, self._read_own, Layer()),
            FileSource(project_config(folder), self._read_project, Layer()),
        ]
        self._names = ABSENT
        self._theme: tuple[str, FileSource[Palette | None]] | None = None
        self._variables: list[Source[Layer]] | None = None

    def look(self) -> bool:
        """Read what has changed; tell whether anything may hold now that did not before."""
        if self._names != (names := _stamp(self._themes)):
            self._names = names  # a theme that is named may be there now
            for file in self._files:
                file.forget()
        changed = [source.look() for source in self._files]
        changed.append(self._theme is not None and self._theme[1].look())
        if self._variables is None:
            self._variables = list(self._read_variables())
        elif not any(changed):
            return False
        self.config = self._folded([*self._files, *self._variables])
        return True

    def told(self, error: ConfigError) -> str:
        """Say what is wrong and its mend, with names of files as short as can be."""
        sentence = str(error)
        for folder in self._roots:
            sentence = sentence.replace(f"{folder}/", "")
        return f"{sentence.removesuffix('.')}. {error.hint}".strip()

    def _folded(self, sources: list[Source[Layer]]) -> Config:
        """Lay every source over those before it; one that does not go with them gives what it said before."""
        settings, problems = Settings(), [source.problem for source in sources if source.problem]
        origins: dict[str, str] = {}
        for source in sources:
            for layer in (source.fresh,) if source.fresh is source.good else (source.fresh, source.good):
                try:
                    after = layer.over(settings)
                    self._check(after)
                except ConfigError as error:
                    problems.append(_placed(error, layer))
                else:
                    source.good, settings = layer, after
                    origins |= layer.origins()
                    break
        withheld = tuple(key for source in self._files for key in source.good.withheld)
        themes, problem = self._own_theme(settings.theme)
        return Config(settings, origins, themes, (*problems, *problem), withheld)

    def _own_theme(self, name: str) -> tuple[dict[str, Palette], tuple[ConfigError, ...]]:
        """Read the theme in use where it is the person's own."""
        if name == AUTO or name in SHIPPED:
            self._theme = None
            return {}, ()
        from hiveui.config.reading import read_theme  # noqa: PLC0415  see the module's docstring

        if self._theme is None or self._theme[0] != name:
            self._theme = name, FileSource(self._themes / f"{name}.yaml", read_theme, None)
            self._theme[1].look()
        source = self._theme[1]
        source.good = source.fresh
        return {name: source.good} if source.good else {}, (source.problem,) if source.problem else ()

    def _options(self) -> "Mapping[str, Option]":
        from hiveui.config.options import options  # noqa: PLC0415  see the module's docstring

        return options(self._commands, sorted(path.stem for path in self._themes.glob("*.yaml")))

    def _read_own(self, data: bytes, file: str) -> Layer:
        from hiveui.config.reading import read_config  # noqa: PLC0415  see the module's docstring

        return read_config(data, file, self._options())

    def _read_project(self, data: bytes, file: str) -> Layer:
        from hiveui.config.reading import read_project  # noqa: PLC0415  see the module's docstring

        return read_project(data, file, self._options(), trusted=self._trusted(data))

    def _read_variables(self) -> Iterator[Source[Layer]]:
        if not any(name.startswith("HIVE_") for name in self._environ):
            return
        from hiveui.config.reading import read_variable  # noqa: PLC0415  see the module's docstring

        for key, option in self._options().items():
            value = self._environ.get(option.variable, "") if option.variable else ""
            try:
                layer, problem = read_variable(value, key, option) if value.strip() else Layer(), None
            except ConfigError as error:
                layer, problem = Layer(), error
            yield Source(layer, Layer(), problem)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return ABSENT
    return found.st_mtime_ns, found.st_size, found.st_ino


def _placed(error: ConfigError, layer: Layer) -> ConfigError:
    """Say where the choice stands that does not go with the others."""
    place = next((layer.places[name] for name in error.about if name in layer.places), None)
    if place is None:
        return error
    return ConfigError(str(error), error.hint, file=place.file, line=place.line, column=place.column)
