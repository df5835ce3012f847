"""The table of commands with the keys that the person chose: a preset, and their own over it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hiveui.config.presets import PRESETS
from hiveui.config.settings import Settings
from hiveui.errors import ConfigError
from hiveui.model.keys import Mods, parse_chord
from hiveui.tui.commands import go
from hiveui.tui.commands.table import DIGITS, Command, Keymap, Place, label

TYPED_IN = frozenset(
    {Place.INTERACT, Place.WRITE, Place.NAME, Place.LAYOUT_NAME, Place.REMARK, Place.FIND, Place.PALETTE}
)
"""Where a key that types a character types it, and so is no command."""
WAYS_OUT = frozenset(
    {"history.close", "ask.no", "write.close", "find.close", "palette.close", "read.close", "remark.close"}
)
"""Commands without which there would be no way back."""
_ALT = frozenset({"interact.number", "interact.waiting"})


def chosen(table: Sequence[Command], settings: Settings) -> tuple[Command, ...]:
    """Give the table with the person's keys."""
    preset = PRESETS[settings.keys_preset]
    prefix = preset.prefix if settings.prefix is None else settings.prefix
    fixed: dict[str, tuple[str, ...]] = {go.BACK: settings.back, go.SEND_BACK: settings.back}
    fixed |= dict.fromkeys(go.PREFIXES, (prefix,) if prefix else ())
    if not prefix:
        fixed["prefix.back"] = ()
    if not settings.alt_keys:
        fixed |= dict.fromkeys(_ALT, ())

    def keys(command: Command) -> tuple[str, ...]:
        if command.id in fixed:
            return fixed[command.id]
        own = settings.keys.get(command.id)
        return own if own is not None else (*command.keys, *preset.also.get(command.id, ()))

    return tuple(_with(command, keys(command)) for command in table)


def _with(command: Command, keys: tuple[str, ...]) -> Command:
    """Put a command on other keys; how it is shown follows where the keys shown are no longer among them."""
    if keys == command.keys:
        return command
    if command.id == go.BACK:
        return replace(command, keys=keys, shown=" or ".join(map(label, keys)))
    kept = keys[: len(command.keys)] == command.keys
    return replace(command, keys=keys, shown=command.shown if kept or not command.keys else "")


def check(table: Sequence[Command], settings: Settings) -> Keymap:
    """Give the keymap of settings. Raises ConfigError, about the settings, where they do not go together."""
    defaults = {command.id: command for command in table}
    for command in chosen(table, settings):
        for sentence, mend in _mistakes(command, defaults[command.id]):
            error = ConfigError(sentence, mend)
            error.about = (command.setting,)
            raise error
    return Keymap(chosen(table, settings))


def _mistakes(command: Command, default: Command) -> Iterator[tuple[str, str]]:
    """Tell what a person would lose by the keys that a command has."""
    if command.id in WAYS_OUT and not command.keys:
        yield f"{command.id} has no key", "It is the way out: give it one, or leave it as it is."
    numbered = default.keys and all(key[-1] in DIGITS for key in default.keys)
    for key in command.keys:
        if numbered and key[-1] not in DIGITS:
            yield f"{command.id} cannot be on {key}", "Its keys end in the digit that they go to: alt+1, f1, 1."
        if command.place in TYPED_IN and types(key):
            yield f"{command.id} cannot be on {key}", "You could not type that any more: add ctrl or alt."


def types(chord: str) -> bool:
    """Tell whether a key types a character."""
    key = parse_chord(chord)
    return bool(key.text) and not key.mods & ~Mods.SHIFT
