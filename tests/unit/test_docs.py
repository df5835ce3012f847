"""The docs say what is so: generated parts are fresh, and what is named is there."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import click
import pytest

from hiveui.agents.catalog import catalog, read_kind
from hiveui.agents.reading import read_screen
from hiveui.agents.rehearsal.script import parse
from hiveui.agents.rehearsal.steps import STEPS
from hiveui.agents.rulebook import read_rules
from hiveui.cli.main import hive
from hiveui.storage.layouts import parse_layout

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples(page: str, language: str) -> list[str]:
    return [text for found, text in FENCE.findall((ROOT / page).read_text()) if found == language]


def commands_in(text: str) -> list[str]:
    """Every `hive …` of a page: in spans of code, and on lines of shell examples."""
    shell = [
        line.split("#")[0] for language, body in FENCE.findall(text) if language == "sh" for line in body.splitlines()
    ]
    spans = CODE.findall(FENCE.sub("", text))
    return [line.strip() for line in (*shell, *spans) if re.match(r"\s*hive( |$)", line)]


def test_what_is_made_from_the_code_is_fresh():
    stale = [str(path.relative_to(ROOT)) for path, _ in script("docs").stale()]
    assert stale == [], "run `make docs`"


def test_a_stale_block_is_found():
    docs = script("docs")
    page = "before\n<!-- begin: x -->\nold\n<!-- end: x -->\nafter\n"
    assert docs.filled(page, {"x": lambda: "new\n"}) == page.replace("old", "new")
    with pytest.raises(ValueError, match="0 times"):
        docs.filled(page, {"y": lambda: ""})


def test_the_readme_is_short_and_begins_with_the_two_commands_and_the_picture():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 150
    head = "\n".join(text.splitlines()[:15])
    for needed in ("make demo", "make test", "docs/demo.svg"):
        assert needed in head


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_that_is_named_exists(page):
    context = click.Context(hive, info_name="hive")
    for line in commands_in(page.read_text()):
        words = line.split()[1:]
        if not words or words[0].startswith("-"):
            continue
        command = hive.get_command(context, words[0])
        assert command is not None, line
        if isinstance(command, click.Group) and words[1:2] and words[1] in command.commands:
            command = command.commands[words[1]]
        known = {name for param in command.params for name in param.opts} | {"--help"}
        given = {word.strip("[]") for word in words[1:] if word.strip("[]").startswith("-")} - {"-"}
        assert given <= known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(page):
    text = FENCE.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target
    for path in re.findall(r"`((?:hiveui|layouts|scripts|tests)/[^`\s]*)`", text):
        assert (ROOT / path).exists(), path


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        assert (folder / name).read_text().startswith(f"# {name[:4]} ")


def test_the_examples_of_layouts_are_layouts():
    kinds = tuple(catalog())
    whole = [text for text in examples("docs/layouts.md", "yaml") if "version" in text]
    assert whole
    for text in whole:
        parse_layout(text.encode(), "docs/layouts.md", kinds)


def test_the_example_of_a_kind_is_one(tmp_path):
    (found,) = (text for text in examples("docs/agents.md", "toml") if "argv" in text)
    file = tmp_path / "aider.toml"
    file.write_text(found)
    assert read_kind(file).title == "Aider"


def test_the_example_of_rules_reads_what_it_says(tmp_path):
    (found,) = (text for text in examples("docs/agents.md", "toml") if "[[rule]]" in text)
    file = tmp_path / "aider.toml"
    file.write_text(found)
    sign = read_screen(read_rules(file), ["> go", "", "Run shell command?", "ls", "(Y)es/(N)o [Yes]:"])
    assert sign.state == "approval"
    assert [choice.keys for choice in sign.dialog.choices] == [("y", "enter")]
    assert read_screen(read_rules(file), ["> go", "", "█ Waiting for the model", "> "]).state == "working"


def test_the_example_of_a_script_is_one():
    (found,) = examples("docs/rehearsal.md", "toml")
    assert tomllib.loads(found)
    parse(found, "docs/rehearsal.md", STEPS)


def test_the_picture_draws_colours_attributes_and_hostile_text():
    drawing = script("drawing")
    lines = ["\x1b[1;38;2;255;0;16mred\x1b[0m \x1b[48;5;21m<&>\x1b[0m │", "\x1b[31mspan", "still \x1b[7m表"]
    drawn = drawing.svg(lines, 20, title="a < b")
    assert 'font-weight="bold" fill="#ff0010">red<' in drawn
    assert "&lt;&amp;&gt;" in drawn
    assert 'fill="#0000ff"' in drawn
    assert f'fill="{drawing.DARK.basic[1]}">still<' in drawn
    assert drawn.count("<text") == 5


def test_the_pictures_that_are_kept_are_small_and_hold_what_they_show():
    for name, kilobytes, shown in (("demo", 100, "approval"), ("morning", 300, "Restore")):
        text = (ROOT / "docs" / f"{name}.svg").read_text()
        assert len(text) < kilobytes * 1000
        words = {text for element in ET.fromstring(text).iter() for text in (element.text or "").split()}
        assert shown in words
