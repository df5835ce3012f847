"""How a launch is given our hooks: by options of that launch alone. The person's own configuration is never changed.

What the person passes already is kept: their settings are merged with ours, and where that cannot be done the launch
stays as it is.
"""

import hashlib
import json
import shlex
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hiveui.agents.hooks import asking
from hiveui.agents.hooks.versions import read_version, told_by
from hiveui.errors import StorageError

SOURCES = Path(__file__).parent
SCRIPT = "hook.sh"
PLUGIN = "opencode.js"
TIMEOUT = 3
"""Seconds after which a program may end a hook; one takes milliseconds. Codex makes 3 of more for some events, and
takes its hash of that."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """How a kind's program is given hooks."""

    way: str
    """`settings` (Claude Code), `config` (Codex), `system-settings` (Gemini CLI, Qwen Code), `plugin` (OpenCode),
    `plugin-folder` (Copilot) or `script` (rehearsals)."""
    events: tuple[str, ...] = ()
    """The events that are asked for: an unknown name stops Claude Code with a dialog."""
    since: Mapping[str, str] = field(default_factory=dict)
    """Events of those that only later versions know, with the first version that is known to."""
    variable: str = ""
    """The variable that the way goes by: a settings file's path, a configuration, or the hook itself."""
    files: tuple[str, ...] = ()
    """Where such a file stands that no variable names: that of the system."""
    asks: tuple[str, ...] = ()
    """Tools that write a file, before which a hook can have the program ask the person; none where it cannot."""
    prompts_wait: bool = False
    """A prompt that is given while a turn runs waits behind it, and nothing tells when its own turn begins."""


class Program(NamedTuple):
    """What is about to be run for an agent."""

    agent: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    asking: bytes = b""
    """What it is to ask by before it writes a file (`asking`)."""


class Injected(NamedTuple):
    """What a launch becomes."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    """What is added to the environment."""


class Disk(Protocol):
    """What is on the host that a program runs on."""

    def read(self, path: Path) -> bytes:
        """Give what is in a file. Raises OSError."""

    def exists(self, path: Path) -> bool:
        """Tell whether a file is there."""

    def make(self, folder: Path) -> None:
        """Have a folder of ours be there, for this user's eyes only. Raises OSError."""

    def version(self, program: str, env: Mapping[str, str]) -> str:
        """Give what a program in an agent's environment says of its version; '' where it says nothing."""


class Here:
    """This host's."""

    def read(self, path: Path) -> bytes:
        """Read a file."""
        return path.read_bytes()

    def exists(self, path: Path) -> bool:
        """Look for a file."""
        return path.exists()

    def make(self, folder: Path) -> None:
        """Make a folder."""
        folder.mkdir(mode=0o700, exist_ok=True)

    def version(self, program: str, env: Mapping[str, str]) -> str:
        """Ask a program."""
        return told_by(program, env)


HERE = Here()


def install(folder: Path, write: Callable[[Path, bytes], None], disk: Disk = HERE) -> None:
    """Put the hook into `folder`, where it outlives an update of HiveUI: agents do too. Raises StorageError."""
    for name in (SCRIPT, asking.SCRIPT, PLUGIN):
        wanted, place = (SOURCES / name).read_bytes(), folder / name
        try:
            there = disk.read(place)
        except OSError:
            there = b""
        if there != wanted:
            write(place, wanted)


class _Kept(Exception):  # noqa: N818  it is no failure
    """What the person passes cannot be merged with ours: theirs is kept."""


@dataclass(frozen=True, slots=True)
class Injection:
    """Gives launches our hooks, by files in one folder."""

    folder: Path
    write: Callable[[Path, bytes], None]
    """Write a file for this user's eyes only."""
    disk: Disk = HERE

    def inject(self, hooks: Hooks, program: Program) -> Injected:
        """Give what is run with our hooks; unchanged where what the person passes cannot be merged with them.

        It may write a file and ask a program for its version: not for the event loop.
        """
        if hooks.since:
            there = read_version(self.disk.version(program.argv[0], program.env))
            known = (event for event in hooks.events if there >= read_version(hooks.since.get(event, "")))
            hooks = replace(hooks, events=tuple(known))
        try:
            return _WAYS[hooks.way](self, hooks, program)
        except (_Kept, StorageError, OSError):
            return Injected(program.argv, {})

    def file(self, path: Path) -> dict[str, Any]:
        """Read settings of the person's. Raises _Kept where they cannot be."""
        try:
            return _json(self.disk.read(path).decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise _Kept from error

    def sweep(self, agents: Collection[str]) -> None:
        """Remove the settings of agents that are gone."""
        for path in (path for kept in ("json", "owns", "walls") for path in self.folder.glob(f"*.{kept}")):
            if path.stem not in agents:
                path.unlink(missing_ok=True)
        for path in self.folder.glob("*/plugin.json"):
            if path.parent.name not in agents:
                shutil.rmtree(path.parent, ignore_errors=True)

    def command(self, event: str, agent: str) -> str:
        """Give the command line of one event's hook. It ends well whatever becomes of the script."""
        return f"sh {shlex.quote(str(self.folder / SCRIPT))} {event} {agent} 2>/dev/null || :"

    def asking(self, program: Program) -> str:
        """Give the command line of the hook that has a program ask before it writes outside of what its role owns."""
        place = self.folder / f"{program.agent}.owns"
        self.write(place, program.asking)
        words = ("sh", str(self.folder / asking.SCRIPT), str(place), program.agent)
        return f"{shlex.join(words)} 2>/dev/null || :"

    def save(self, agent: str, data: Mapping[str, Any]) -> str:
        """Write an agent's settings, and give the file's path: the person's may hold secrets, which argv would show."""
        path = self.folder / f"{agent}.json"
        self.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "surrogateescape"))
        return str(path)


Way = Callable[[Injection, Hooks, Program], Injected]


def _settings(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Pass `--settings`, of which Claude Code takes the last: settings that are passed already are merged into ours."""
    theirs, rest = _option(program.argv, "--settings")
    given: Mapping[str, Any] = {}
    if theirs is not None:
        given = _json(theirs) if theirs.lstrip().startswith("{") else inject.file(Path(program.cwd, theirs))
    entry = {
        event: {"type": "command", "command": inject.command(event, program.agent), "timeout": TIMEOUT}
        for event in hooks.events
    }
    merged = _with_hooks(given, entry)
    if hooks.asks and program.asking:
        ask = {"type": "command", "command": inject.asking(program), "timeout": TIMEOUT}
        merged["hooks"]["PreToolUse"].append({"matcher": "|".join(hooks.asks), "hooks": [ask]})
    path = inject.save(program.agent, merged)
    return Injected((rest[0], "--settings", path, *rest[1:]), {})


def _config(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Pass `-c`, with the hashes by which Codex knows our hooks for trusted; others stay under its review.

    `--dangerously-bypass-hook-trust` would let all others run as well, those of a cloned repository too. Where another
    version makes hashes otherwise, it asks the person before it runs ours.
    """
    if any(word.startswith(("hooks.", "hooks=", "-chooks")) for word in program.argv):
        raise _Kept
    options, states = [], []
    for event in hooks.events:
        command, label = inject.command(event, program.agent), _label(event)
        shown = json.dumps(command, ensure_ascii=False)
        options += ["-c", f'hooks.{event}=[{{hooks=[{{type="command",command={shown},timeout={TIMEOUT}}}]}}]']
        trusted = trusted_hash(label, command, TIMEOUT)
        states.append(f'"/<session-flags>/config.toml:{label}:0:0"={{trusted_hash="{trusted}"}}')
    first, *rest = program.argv
    return Injected((first, *options, "-c", f"hooks.state={{{','.join(states)}}}", *rest), {})


def trusted_hash(label: str, command: str, timeout: int) -> str:
    """Give what Codex knows a hook by (codex-rs/hooks, `command_hook_hash`): SHA-256 of it as JSON with sorted keys."""
    handler = {"async": False, "command": command, "timeout": timeout, "type": "command"}
    identity = {"event_name": label, "hooks": [handler]}
    known = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(known.encode('utf-8', 'surrogateescape')).hexdigest()}"


def _label(event: str) -> str:
    """Name an event as Codex's keys do: `pre_tool_use`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in event).lstrip("_")


def _system_settings(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Name a settings file by a variable; what it named before, or the system's own, is merged into ours.

    The system's defaults are looked for beside it, so they are named too. Gemini CLI passes over a file in a folder
    that others may write to. A time of 1,000 or more is milliseconds to Qwen Code too.
    """
    named = program.env.get(hooks.variable)
    places = [Path(program.cwd, named)] if named else [Path(file) for file in hooks.files]
    place = next((place for place in places if inject.disk.exists(place)), None)
    entry = {
        event: {
            "type": "command",
            "name": "hive",
            "command": inject.command(event, program.agent),
            "timeout": TIMEOUT * 1000,
        }
        for event in hooks.events
    }
    env = {hooks.variable: inject.save(program.agent, _with_hooks(inject.file(place) if place else {}, entry))}
    defaults, beside = hooks.variable.replace("_SETTINGS_", "_DEFAULTS_"), [p.with_name(DEFAULTS) for p in places]
    found = next((str(file) for file in beside if inject.disk.exists(file)), None)
    return Injected(program.argv, {defaults: found, **env} if found and defaults not in program.env else env)


DEFAULTS = "system-defaults.json"


def _plugin(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Add a plugin to the configuration that OpenCode takes from a variable."""
    given = _json(program.env.get(hooks.variable) or "{}")
    plugins = given.get("plugin", [])
    if not isinstance(plugins, list):
        raise _Kept
    ours = (inject.folder / PLUGIN).as_uri()
    config = {**given, "plugin": [*(plugin for plugin in plugins if plugin != ours), ours]}
    return Injected(program.argv, {hooks.variable: json.dumps(config, ensure_ascii=False)})


def _plugin_folder(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Pass `--plugin-dir`, which adds to the plugins that Copilot has: ours has hooks alone."""
    entries = {
        event: [{"type": "command", "bash": inject.command(event, program.agent), "timeoutSec": TIMEOUT}]
        for event in hooks.events
    }
    folder = inject.folder / program.agent
    inject.disk.make(folder)
    manifest = {"name": "hive", "description": "Tells HiveUI what Copilot does.", "version": "1.0.0"}
    files = {"plugin.json": manifest | {"hooks": "hooks.json"}, "hooks.json": {"version": 1, "hooks": entries}}
    for name, data in files.items():
        inject.write(folder / name, json.dumps(data, ensure_ascii=False).encode())
    first, *rest = program.argv
    return Injected((first, "--plugin-dir", str(folder), *rest), {})


def _script(inject: Injection, hooks: Hooks, program: Program) -> Injected:
    """Name the hook by a variable, for a program that runs it itself."""
    return Injected(program.argv, {hooks.variable: str(inject.folder / SCRIPT)})


def _with_hooks(given: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Put ours behind the hooks that settings have."""
    theirs = given.get("hooks", {})
    if not isinstance(theirs, dict) or not all(isinstance(theirs.get(event, []), list) for event in entries):
        raise _Kept
    return {
        **given,
        "hooks": {**theirs, **{e: [*theirs.get(e, []), {"hooks": [entry]}] for e, entry in entries.items()}},
    }


def _option(argv: tuple[str, ...], name: str) -> tuple[str | None, tuple[str, ...]]:
    """Take an option out of words, with its last value."""
    value, rest, words = None, list[str](), iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == name:
            value = next(words, None)
            if value is None:
                raise _Kept
        elif word.startswith(f"{name}="):
            value = word.partition("=")[2]
        else:
            rest.append(word)
    return value, tuple(rest)


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Kept from error
    if not isinstance(found, dict):
        raise _Kept
    return found


_WAYS: Mapping[str, Way] = {
    "settings": _settings,
    "config": _config,
    "system-settings": _system_settings,
    "plugin": _plugin,
    "plugin-folder": _plugin_folder,
    "script": _script,
}
WAYS = frozenset(_WAYS)
