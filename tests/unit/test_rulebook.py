"""Files of rules are read strictly, and a person's own come first."""

import subprocess
import sys

import pytest

from hiveui.agents.catalog import catalog
from hiveui.agents.reading import read_notice, read_screen
from hiveui.agents.rulebook import SHIPPED, read_rules, rules_for
from hiveui.errors import ConfigError

GOOD = """version = 1
tested = ["1.0"]

[composer]
prompt = "^^> "

[[rule]]
state = "working"
says = "it hums"
screen = "humming <time>"

[[notice]]
state = "approval"
says = "its title"
signal = "title"
text = "^Help"
"""


def write(folder, text, name="mine"):
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def test_every_kind_has_rules_and_every_shipped_file_is_read():
    names = {path.stem for path in SHIPPED.glob("*.toml")}
    assert names == set(catalog()) | {"generic"}
    for name in names:
        assert rules_for(name).kind == name
        assert rules_for(name).tested or name in {"shell", "rehearsal", "generic"}


def test_a_file_of_the_persons_comes_before_the_shipped_one(tmp_path):
    write(tmp_path, GOOD, "claude")
    write(tmp_path, GOOD, "mine")
    assert read_screen(rules_for("claude", tmp_path), ["humming 3s"]).state == "working"
    assert rules_for("codex", tmp_path).kind == "codex"
    assert read_notice(rules_for("mine", tmp_path), "title", "Help me").state == "approval"
    assert rules_for("unknown", tmp_path).kind == "generic"


def test_what_no_rule_knows_is_not_read(tmp_path):
    rules = read_rules(write(tmp_path, GOOD))
    assert read_screen(rules, ["> ", "something else"]) is None
    assert read_screen(rules, []) is None
    assert read_notice(rules, "9", "Help") is None
    assert read_screen(rules_for("shell"), ["Do you want to proceed?", "❯ 1. Yes", "", "Enter to select · Esc"]) is None


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("version = 2\n", "version = 1", ""),
        ("version = 1\ntitle = \n", "line 2", ""),
        (GOOD + "\n[dialogs]\n", ":18: there is no key 'dialogs'", "Did you mean dialog?"),
        (GOOD.replace("screen =", "scren ="), ":10: there is no key 'scren'", "Did you mean screen?"),
        (GOOD.replace('"working"', '"workign"'), ":8: there is no state 'workign'", "Did you mean working?"),
        (GOOD.replace('"working"', '"stuck"'), "there is no state 'stuck'", ""),
        (GOOD.replace("<time>", "<tiem>"), ":10: nothing is known for <tiem>", "Did you mean time?"),
        (GOOD.replace('screen = "humming <time>"', ""), "says nothing that is to be seen", "Add a part"),
        (GOOD.replace('"title"', '"titel"'), ":15: there is no signal 'titel'", "Did you mean title?"),
        (GOOD.replace('text = "^Help"', ""), "`signal` and `text`", ""),
        (GOOD.replace('"^^> "', "3"), ":5: `prompt` is a text or a list of texts", ""),
        (GOOD.replace('prompt = "^^> "', "footer = 99"), ":5: `footer` is a number of rows", ""),
        (GOOD.replace("[[rule]]", "[rule]"), "a list of tables", ""),
        (
            GOOD.replace("[composer]\n", "").replace('prompt = "^^> "', "composer = 1"),
            "`composer` is to be a table",
            "",
        ),
        ("version = 1\n#" + "x" * 100_000, "at most 100,000 bytes", ""),
        ("\udc80", "cannot be read", ""),
    ],
)
def test_a_bad_file_gets_one_line_with_its_place_and_the_mend(tmp_path, text, said, hint):
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError) as caught:
        read_rules(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_reading_loads_nothing_heavy():
    code = (
        "import sys, hiveui.agents.reading; print(*sorted(m for m in sys.modules if m in {'textual','asyncio','ssl'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
