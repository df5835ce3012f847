"""The one table of commands, and what is made from it."""

import pytest

from hiveui.errors import ConfigError
from hiveui.model.keys import Key, Mods, parse_chord
from hiveui.tui.commands.every import COMMANDS, commands
from hiveui.tui.commands.table import Command, Keymap, Place, sheet
from hiveui.tui.settings import Settings


def test_two_commands_on_one_key_are_refused_and_both_are_named():
    table = [Command(name, Place.SUPERVISE, ("z",), "", lambda at, _: None) for name in ("view.zoom", "view.zap")]
    with pytest.raises(ConfigError, match=r"key z in Supervise: view\.zoom and view\.zap"):
        Keymap(table)


def test_the_shipped_table_has_no_two_commands_on_one_key():
    assert Keymap(COMMANDS).find(Place.SUPERVISE, parse_chord("z")).id == "view.zoom"


def test_ids_are_unique_and_every_command_can_be_read_about():
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.title and (command.keys or command.option == "prefix") for command in COMMANDS)


def test_from_interact_nothing_is_taken_but_the_back_chord_and_alt_with_a_digit_n_or_a():
    taken = {key for command in COMMANDS if command.place is Place.INTERACT for key in command.keys}
    assert taken == {"ctrl+]", "f12", "alt+n", "alt+a", *(f"alt+{digit}" for digit in "1234567890")}


def test_one_setting_gives_alt_back_to_the_program_and_another_moves_the_back_chord():
    keymap = Keymap(commands(Settings(alt_keys=False, back=("ctrl+g",))))
    assert keymap.find(Place.INTERACT, parse_chord("alt+1")) is None
    assert keymap.find(Place.INTERACT, parse_chord("ctrl+]")) is None
    assert keymap.find(Place.INTERACT, parse_chord("ctrl+g")).id == "interact.back"
    assert keymap.find(Place.BACK, parse_chord("ctrl+g")).id == "back.send"


@pytest.mark.parametrize("key", [Key("R", Mods.NONE, "R"), Key("r", Mods.SHIFT, "R"), Key("R", Mods.SHIFT, "R")])
def test_a_shifted_letter_is_the_same_key_however_the_terminal_spells_it(key):
    assert Keymap(COMMANDS).find(Place.SUPERVISE, key).id == "view.roster"


def test_a_key_with_ctrl_or_alt_is_not_the_letter_alone():
    keymap = Keymap(COMMANDS)
    assert keymap.find(Place.SUPERVISE, Key("q", Mods.CTRL)) is None
    assert keymap.find(Place.SUPERVISE, Key("q", Mods.ALT, "q")) is None


def test_the_key_sheet_names_every_command():
    text = sheet(COMMANDS)
    assert all(f"`{command.id}`" in text for command in COMMANDS if command.keys)
