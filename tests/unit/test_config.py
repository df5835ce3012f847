"""Choices: read strictly, laid over one another, kept while a file is broken."""

import json
import os
import string
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.cli.choices import keep
from hiveui.config.files import Configuration
from hiveui.config.options import KEY_NAMES, Option, Project, json_schema, options
from hiveui.config.palette import SHIPPED, palette
from hiveui.config.presets import PRESETS
from hiveui.config.reading import read_config, read_project, read_theme
from hiveui.config.settings import Settings
from hiveui.errors import ConfigError
from hiveui.model.alerts import Hours
from hiveui.model.keys import Key, Mods, parse_chord
from hiveui.paths import Paths, project_config
from hiveui.tui.commands.every import COMMANDS, TITLES, commands, keymap
from hiveui.tui.commands.table import Place

TABLE = options(TITLES, ["mine"])
DATA = Path(__file__).parents[1] / "data"
BAD = sorted((DATA / "layouts").glob("*.yaml"))
NAMES = [row["name"] for row in json.loads((DATA / "names.json").read_text())]


def read(text):
    return read_config(text.encode(), "f.yaml", TABLE)


@pytest.fixture
def world(tmp_path):
    """A person's folders and a project, nothing in them yet."""
    paths = Paths.find({"HOME": str(tmp_path)})
    project = tmp_path / "shop"
    (project / ".hive").mkdir(parents=True)
    paths.themes.mkdir(parents=True)

    class World:
        def __init__(self):
            self.paths, self.project, self.trusted = paths, project_config(project), set()

        def choices(self, **environ):
            trusted = self.trusted.__contains__
            found = Configuration(paths, project, environ, commands=TITLES, check=keymap, trusted=trusted)
            found.look()
            return found

        def write(self, text, file=paths.config_file):
            file.write_text(text)
            os.utime(file, ns=(self.tick(), self.tick()))

        ticks = 0

        def tick(self):
            self.ticks += 1_000_000_000
            return self.ticks

    return World()


def test_every_choice_is_a_field_of_the_settings_and_the_other_way_round():
    assert list(TABLE) == list(Settings.__dataclass_fields__)
    assert set(json_schema(TITLES)["properties"]) == set(TABLE)


def test_a_file_says_all_that_can_be_chosen():
    values = read("""
version: 1
theme: mine
motion: reduced
notice_seconds: 30
bell: on
keys_preset: vim
back: [ctrl+g, F11]
prefix: ctrl+a
alt_keys: off
notify: all
notify_roles: {planner: all, "the tests": off}
notify_terminal: osc9
notify_desktop: on
notify_command: [ntfy, publish, "--title", HiveUI]
notify_detail: on
quiet_hours: 22:00-07:00
keys: {view.zoom: [Z, f5], view.roster: null, help: [], leave: esc}
layout: team
kind: codex
""").values
    assert values == {
        "theme": "mine", "motion": False, "notice_seconds": 30, "bell": True, "keys_preset": "vim",
        "back": ("ctrl+g", "f11"), "prefix": "ctrl+a", "alt_keys": False, "layout": "team", "kind": "codex",
        "keys": {"view.zoom": ("Z", "f5"), "view.roster": (), "help": (), "leave": ("escape",)},
        "notify": "all", "notify_roles": {"planner": "all", "the tests": "off"}, "notify_terminal": "osc9",
        "notify_desktop": "on", "notify_command": ("ntfy", "publish", "--title", "HiveUI"), "notify_detail": True,
        "quiet_hours": Hours(time(22), time(7)),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "version: 1\n"])
def test_a_file_may_choose_nothing(text):
    assert read(text).values == {}


WRONG = [
    ("themee: dark", "f.yaml:1:1: the configuration has no field 'themee'", "Did you mean theme?"),
    ("theme: drak", "f.yaml:1:8: `theme` of the configuration cannot be 'drak'", "Did you mean dark?"),
    ("theme: [dark]", "f.yaml:1:8:", "quotes"),
    ("keys: {view.zom: z}", "f.yaml:1:8: there is no command 'view.zom'", "Did you mean view.zoom?"),
    ("keys: {view.zoom: ctlr+z}", "f.yaml:1:19: `view.zoom` of `keys` of the configuration is no key: 'ctlr+z'", ""),
    ("keys: {view.zoom: pagup}", "is no key: 'pagup'", "Did you mean pageup?"),
    ("keys: {view.zoom: shift+z}", "cannot be 'shift+z'", "Z"),
    ("keys: {view.zoom: ctrl+i}", "cannot be ctrl+i", "Terminals send it as tab"),
    ("keys: {interact.back: f5}", "cannot set interact.back", "Set `back` instead."),
    ("keys: [z]", "is to be a map of commands to keys", "view.zoom"),
    ("notify: some", "f.yaml:1:9: `notify` of the configuration cannot be 'some'", "all, needs, off"),
    ("notify_roles: {a: al}", "f.yaml:1:19: 'a' of `notify_roles` of the configuration cannot be 'al'", "all?"),
    ("notify_roles: [a]", "is to be a map of roles", "planner"),
    ("notify_roles: {a/b: all}", "a role cannot be 'a/b'", "Begin with a letter"),
    ("notify_command: ntfy publish", "is to be a list of words, not a line", '["sh", "-c", \'ntfy publish\']'),
    ("quiet_hours: 22-7", "f.yaml:1:14: `quiet_hours` of the configuration cannot be '22-7'", "22:00-07:00"),
    ("quiet_hours: 07:00-07:00", "cannot be '07:00-07:00'", "22:00-07:00"),
    ("back: []", "f.yaml:1:7: `back` of the configuration is empty", "ctrl+]"),
    ("back: f5", "is to be a list", ""),
    ("notice_seconds: 0", "whole number from 1 to 600", ""),
    ("kind: Claude!", "cannot be 'Claude!'", ""),
    ("theme: dark\ntheme: light", "f.yaml:2:1: 'theme' stands here twice", ""),
    ("theme: &a dark", "anchors", ""),
    ("version: 2", "cannot be '2'", "Known: 1."),
    ("theme: 'dark", "this is not YAML", "Mend"),
]  # fmt: skip


@pytest.mark.parametrize("line", ["notify_command: []", "notify_command: null", "notify_command:"])
def test_no_command_is_one_that_is_empty(line):
    assert read(line).values == {"notify_command": ()}


def test_quiet_hours_can_be_none_and_read_as_they_are_shown():
    assert read("quiet_hours: none").values == read("quiet_hours:").values == {"quiet_hours": None}
    assert read(f"quiet_hours: {Hours(time(22), time(7))}").values == {"quiet_hours": Hours(time(22), time(7))}


@pytest.mark.parametrize(("text", "said", "mend"), WRONG)
def test_what_is_wrong_is_said_with_its_place_and_the_mend(text, said, mend):
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert said in str(caught.value)
    assert mend in caught.value.hint
    assert caught.value.hint
    assert (str(caught.value) + caught.value.hint).isprintable()


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_at_all_raise_anything_else(data):
    for reader in (lambda: read_config(data, "f", TABLE), lambda: read_theme(data, "f")):
        said = ""
        try:
            reader()
        except ConfigError as error:
            said = str(error)
        assert said.isprintable()


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_malformed_file_gets_one_line_and_a_mend(path):
    with pytest.raises(ConfigError) as caught:
        read_config(path.read_bytes(), str(path), TABLE)
    assert str(caught.value).isprintable()
    assert str(path) in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_refused_in_one_printable_line_wherever_it_stands(name):
    for choice in ({"theme": name}, {"keys": {name: "z"}}, {"keys": {"view.zoom": name}}, {name: "x"}, {"kind": name}):
        said = ""
        try:
            read(json.dumps(choice))
        except ConfigError as error:
            said = f"{error} {error.hint}"
        assert said.isprintable()


def test_a_pipe_or_a_folder_in_its_place_is_said_and_waited_for_by_nobody(world):
    os.mkfifo(world.project)
    world.paths.config_file.mkdir()
    choices = world.choices()
    assert [choices.told(problem) for problem in choices.config.problems] == [
        "config.yaml: it is no plain file. Take it away.",
        ".hive/config.yaml: it is no plain file. Take it away.",
    ]


@given(st.sampled_from([*TABLE]), st.integers(0, 40), st.sampled_from(string.ascii_lowercase))
def test_a_key_with_one_letter_wrong_is_refused_where_it_stands_and_its_name_is_given(key, at, letter):
    at %= len(key)
    wrong = key[:at] + letter + key[at + 1 :]
    if wrong in TABLE:
        return
    with pytest.raises(ConfigError) as caught:
        read(f"# a line before\n{wrong}: x\n")
    assert (caught.value.line, caught.value.column) == (2, 1)
    assert key in caught.value.hint


@given(
    st.sets(st.sampled_from([Mods.CTRL, Mods.ALT, Mods.SUPER])),
    st.sampled_from(sorted(KEY_NAMES)) | st.sampled_from("abcdefgh1357;.~!+"),
)
def test_every_chord_of_a_key_reads_as_that_chord(mods, name):
    chord = Key(name, Mods(sum(mods))).chord
    assert read(json.dumps({"keys": {"view.zoom": chord}})).values["keys"]["view.zoom"] == (chord,)
    assert parse_chord(chord).chord == chord


# keys


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_gives_no_two_commands_one_key_and_names_commands_that_there_are(preset):
    assert keymap(Settings(keys_preset=preset)).table
    assert set(PRESETS[preset].also) <= set(TITLES)


@pytest.mark.parametrize(("preset", "prefix"), [("tmux", "ctrl+b"), ("vim", "ctrl+w")])
def test_the_prefix_of_a_preset_leads_on_from_interact_and_from_supervise(preset, prefix):
    found = keymap(Settings(keys_preset=preset))
    assert found.find(Place.INTERACT, parse_chord(prefix)).id == "interact.prefix"
    assert found.find(Place.SUPERVISE, parse_chord(prefix)).id == "supervise.prefix"
    assert found.find(Place.PREFIX, parse_chord(prefix)).id == "prefix.send"
    other = keymap(Settings(keys_preset=preset, prefix="ctrl+a"))
    assert other.find(Place.INTERACT, parse_chord(prefix)) is None
    assert keymap(Settings(keys_preset=preset, prefix="")).find(Place.INTERACT, parse_chord(prefix)) is None


def test_a_command_moves_to_its_new_keys_and_leaves_its_old_ones():
    found = keymap(Settings(keys={"view.zoom": ("f5",), "view.roster": ()}))
    assert found.find(Place.SUPERVISE, parse_chord("f5")).id == "view.zoom"
    assert found.find(Place.SUPERVISE, parse_chord("z")) is None
    assert ("f5", "zoom") in found.hints(Place.SUPERVISE)
    assert all(hint != "roster" for _, hint in found.hints(Place.SUPERVISE))


@pytest.mark.parametrize(
    ("settings", "said", "about"),
    [
        (Settings(keys={"view.zoom": ("R",)}), "view.zoom and view.roster", "keys.view.zoom"),
        (Settings(back=("alt+n",)), "interact.back and interact.waiting", "back"),
        (Settings(back=("x",)), "could not type that", "back"),
        (Settings(keys={"write.send": ("a",)}), "could not type that", "keys.write.send"),
        (Settings(keys={"read.close": ()}), "read.close has no key", "keys.read.close"),
        (Settings(keys={"go.number": ("a",)}), "go.number cannot be on a", "keys.go.number"),
        (Settings(prefix="z"), "could not type that", "prefix"),
    ],
)  # fmt: skip
def test_keys_that_would_take_something_away_are_refused(settings, said, about):
    with pytest.raises(ConfigError) as caught:
        keymap(settings)
    assert said in f"{caught.value} {caught.value.hint}"
    assert about in caught.value.about


def test_without_a_choice_the_table_is_the_shipped_one():
    assert commands(Settings()) == COMMANDS


# where choices come from


def test_the_nearest_choice_holds_and_every_origin_is_named(world):
    world.write("theme: light\nbell: on\nkeys: {view.zoom: B}\n")
    world.write("theme: terminal\nlayout: team\n", world.project)
    config = world.choices(HIVE_MOTION="reduced", HIVE_BACK="ctrl+g f11").config
    assert config.settings == Settings(
        theme="terminal", bell=True, layout="team", motion=False, back=("ctrl+g", "f11"), keys={"view.zoom": ("B",)}
    )
    own, project = world.paths.config_file, world.project
    assert config.origins == {
        "theme": f"{project}:1", "bell": f"{own}:2", "layout": f"{project}:2", "motion": "HIVE_MOTION",
        "back": "HIVE_BACK", "keys": f"{own}:3", "keys.view.zoom": f"{own}:3",
    }  # fmt: skip
    assert config.problems == ()


def test_a_file_that_turns_bad_keeps_what_it_said_until_it_is_mended(world):
    choices = world.choices()
    assert not choices.look()
    world.write("theme: light\n")
    assert choices.look()
    world.write("theme: light\nkeys: {view.zoom: R}\n")
    assert choices.look()
    assert choices.config.settings == Settings(theme="light")
    (problem,) = choices.config.problems
    assert choices.told(problem).startswith("config.yaml:2:8: Two commands are on the key R")
    world.write("theme: [light\n")
    assert choices.look()
    assert choices.config.settings == Settings(theme="light")
    assert "config.yaml:" in choices.told(choices.config.problems[0])
    assert len(choices.config.problems) == 1
    world.write("theme: dark\n")
    assert choices.look()
    assert (choices.config.settings, choices.config.problems) == (Settings(theme="dark"), ())
    world.paths.config_file.unlink()
    assert choices.look()
    assert choices.config.settings == Settings()
    assert not choices.look()


def test_a_variable_that_cannot_be_used_is_said_and_nothing_else_is_lost(world):
    world.write("bell: on\n")
    config = world.choices(HIVE_THEME="drak", HIVE_ALT_KEYS="off").config
    assert config.settings == Settings(bell=True, alt_keys=False)
    assert [str(problem) for problem in config.problems] == ["HIVE_THEME: `theme` cannot be 'drak'"]


@pytest.mark.parametrize("key", [key for key, option in TABLE.items() if option.project is Project.NEVER])
def test_a_project_never_sets_what_belongs_to_the_person(key):
    with pytest.raises(ConfigError, match=f"a project may not set `{key}`"):
        read_project(f"{key}: x".encode(), "f", TABLE, trusted=True)


def test_a_project_decides_on_programs_once_it_is_trusted(world):
    world.write("layout: team\nkind: codex\n", world.project)
    config = world.choices().config
    assert (config.settings, config.withheld) == (Settings(layout="team"), ("kind",))
    world.trusted.add(world.project.read_bytes())
    config = world.choices().config
    assert (config.settings, config.withheld) == (Settings(layout="team", kind="codex"), ())
    world.write("layout: team\nkind: gemini\n", world.project)
    assert world.choices().config.withheld == ("kind",)


def test_a_bad_file_of_a_project_leaves_the_persons_choices_alone(world):
    world.write("theme: light\n")
    world.write("keys: {view.zoom: B}\n", world.project)
    choices = world.choices()
    assert choices.config.settings == Settings(theme="light")
    assert choices.told(choices.config.problems[0]).startswith(".hive/config.yaml:1:7: a project may not set `keys`")


# themes


def test_a_theme_of_ones_own_begins_from_a_shipped_one_and_is_followed_live(world):
    world.write("theme: mine\n")
    mine = world.paths.themes / "mine.yaml"
    world.write('base: light\ncolours: {text: "#112233"}\n', mine)
    choices = world.choices()
    assert choices.config.themes["mine"].text == "#112233"
    assert choices.config.themes["mine"].card == SHIPPED["light"][0].card
    world.write("base: light\ncolours: {txt: red}\n", mine)
    assert choices.look()
    assert choices.config.themes["mine"].text == "#112233"
    assert choices.told(choices.config.problems[0]).startswith("themes/mine.yaml:2:11: `colours` of the theme has no")
    world.write('base: dark\ncolours: {text: "#445566"}\n', mine)
    assert choices.look()
    assert (choices.config.themes["mine"].text, choices.config.problems) == ("#445566", ())


def test_a_theme_that_comes_after_it_was_named_mends_the_mistake(world):
    world.write("theme: new\n")
    choices = world.choices()
    assert "cannot be 'new'" in choices.told(choices.config.problems[0])
    (world.paths.themes / "new.yaml").write_text("base: light\ncolours: {}\n")
    assert choices.look()
    assert (choices.config.settings.theme, choices.config.problems) == ("new", ())


@pytest.mark.parametrize(
    ("theme", "light", "colours", "wanted"),
    [
        ("auto", False, 1 << 24, SHIPPED["dark"][0]),
        ("auto", True, 256, SHIPPED["light"][0]),
        ("auto", True, 16, SHIPPED["terminal"][1]),
        ("dark", True, 256, SHIPPED["dark"][0]),
        ("light", False, 16, SHIPPED["terminal"][1]),
        ("high-contrast", False, 16, SHIPPED["high-contrast"][0]),
        ("high-contrast", True, 256, SHIPPED["high-contrast"][1]),
        ("terminal", False, 1 << 24, SHIPPED["terminal"][0]),
        ("gone", True, 256, SHIPPED["light"][0]),
    ],
)
def test_a_theme_suits_the_terminal(theme, light, colours, wanted):
    assert palette(theme, {}, light=light, colours=colours) == wanted


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink, paper):
    """WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((luminance(ink), luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "colours",
    [shade for name, pair in SHIPPED.items() if name != "terminal" for shade in dict.fromkeys(pair)],
    ids=lambda shade: shade.background + shade.text,
)
def test_what_is_to_be_read_stands_out(colours):
    papers = (colours.background, colours.title, colours.title_lit, colours.card)
    inks = (
        colours.text,
        colours.strong,
        colours.lit,
        colours.working,
        colours.done,
        colours.warning,
        colours.attention,
    )
    assert min(contrast(ink, paper) for ink in inks for paper in papers) >= 4.5
    quiet = (colours.background, colours.title, colours.card)
    assert min(contrast(colours.quiet, paper) for paper in quiet) >= 3
    assert contrast(colours.on_typing, colours.typing) >= 4.5
    assert min(contrast(bar, colours.background) for bar in (colours.accent, colours.typing, colours.attention)) >= 3


XTERM = dict(
    zip(
        ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"],
        ["#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"],
        strict=True,
    )
) | {"bright_black": "#7f7f7f", "bright_green": "#00ff00", "bright_yellow": "#ffff00", "bright_cyan": "#00ffff"}
XTERM |= {"bright_blue": "#5c5cff", "bright_white": "#ffffff", "default": "#000000"}
"""Those that xterm comes with, on black."""


def test_the_terminals_own_colours_are_read_on_each_other_where_they_are_the_usual_ones():
    seen = {f"ansi_{name}": colour for name, colour in XTERM.items()}
    own = SHIPPED["terminal"][0]
    papers = (own.background, own.title, own.title_lit, own.card)
    inks = (own.text, own.strong, own.lit, own.working, own.done, own.warning, own.attention)
    assert min(contrast(seen[ink], seen[paper]) for ink in inks for paper in papers) >= 4.5
    quiet = (own.background, own.title, own.card)
    assert min(contrast(seen[own.quiet], seen[paper]) for paper in quiet) >= 3
    assert contrast(seen[own.on_typing], seen[own.typing]) >= 4.5


def test_the_theme_of_high_contrast_has_more_of_it():
    for colours in SHIPPED["high-contrast"]:
        papers = (colours.background, colours.title, colours.title_lit, colours.card)
        assert (
            min(contrast(ink, paper) for ink in (colours.text, colours.quiet, colours.attention) for paper in papers)
            > 6
        )


def test_every_option_says_what_it_is_for():
    assert all(isinstance(option, Option) and option.help for option in TABLE.values())


def test_what_the_first_run_chose_goes_under_what_the_file_says_and_breaks_nothing(world):
    file = world.paths.config_file
    keep(world.paths, {"theme": "light", "back": ["ctrl+g", "f12"]})
    assert world.choices().config.settings == Settings(theme="light", back=("ctrl+g", "f12"))
    file.write_text("# mine\nbell: on  # loud")
    keep(world.paths, {"theme": "dark"})
    assert file.read_text() == '# mine\nbell: on  # loud\ntheme: "dark"\n'
    file.write_text("{bell: on}\n")
    with pytest.raises(ConfigError):
        keep(world.paths, {"theme": "dark"})
    assert file.read_text() == "{bell: on}\n"


@pytest.mark.parametrize("written", ["1", "101", '"8"', "-1", "many", "٨"])
def test_a_bound_is_0_or_within_reason(written):
    with pytest.raises(ConfigError, match="is to be 0 or a whole number from 2 to 100"):
        read_config(f"stuck_calls: {written}\n".encode(), "config.yaml", TABLE)
    assert read_config(b"stuck_calls: 0\non_stuck: interrupt\n", "config.yaml", TABLE).values == {
        "stuck_calls": 0,
        "on_stuck": "interrupt",
    }
