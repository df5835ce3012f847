import pytest

from hiveui.agents.catalog import catalog, read_kind
from hiveui.errors import ConfigError

GOOD = 'version = 1\ntitle = "Mine"\nargv = ["mine", "{brief}"]\n'


def write(folder, text, name="mine"):
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def test_the_shipped_kinds_are_there_and_read():
    kinds = catalog()
    assert set(kinds) == {"claude", "codex", "gemini", "opencode", "qwen", "copilot", "shell", "rehearsal"}
    assert all(kind.name == name and kind.title for name, kind in kinds.items())
    assert [name for name, kind in kinds.items() if kind.person] == ["shell"]


def test_a_kind_in_the_alternate_screen_keeps_less_history_than_one_that_is_inline():
    claude = catalog()["claude"]
    assert (claude.history, claude.inline.history) == (2000, 10_000)
    assert claude.inline.env == {"CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN": "1"}
    assert catalog()["codex"].inline.argv == ("--no-alt-screen",)


def test_a_kind_of_the_person_stands_beside_the_shipped_ones_and_over_them(tmp_path):
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("Mine", "Other"), "claude")
    kinds = catalog(tmp_path)
    assert kinds["mine"].argv == ("mine", "{brief}")
    assert kinds["claude"].title == "Other"
    assert "codex" in kinds
    assert "mine" not in catalog(), "the shipped catalogue is not changed by it"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("version = 2\n", "version = 1", ""),
        (GOOD + 'instal = "x"\n', ":4: there is no key 'instal'", "Did you mean install?"),
        (GOOD.replace('["mine", "{brief}"]', '"mine"'), "expected a list, found str", ""),
        (GOOD.replace('["mine", "{brief}"]', "[]"), "`argv` is empty", "Name the program"),
        (GOOD.replace("{brief}", "{breif}"), "nothing is known for {breif}", "Did you mean {brief}?"),
        (GOOD + "history = true\n", "expected int, found bool", ""),
        (GOOD + "[inline]\nenvironment = {}\n", "unknown field 'environment'", ""),
        ("version = 1\ntitle = \n", "line 2", ""),
        ("version = 1\n", "argv", ""),
        ("\udc80", "cannot be read", ""),
    ],
)
def test_a_bad_kind_gets_one_line_with_the_file_and_the_mend(tmp_path, text, said, hint):
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError) as caught:
        read_kind(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert hint in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_kind_with_a_name_that_no_layout_could_say_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="small letters"):
        read_kind(write(tmp_path, GOOD, "#(touch x)"))
