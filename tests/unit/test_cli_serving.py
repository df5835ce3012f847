"""`hive keys` and `hive serve` where nothing is served: what they print, write and refuse."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hiveui.cli import main, output

Hive = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hive:
    """Run the command line in a home of its own; gives the exit code, what it gave and what it said."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HIVE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(output, "at_terminal", lambda: False)

    def run(*argv: str) -> tuple[int, str, str]:
        code = main.status(list(argv))
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def ann(tmp_path: Path) -> Path:
    """Ann's public key."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann@home", "-f", tmp_path / "ann"],
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return tmp_path / "ann.pub"


def test_keys_are_added_listed_and_removed(hive: Hive, ann: Path, tmp_path: Path) -> None:
    assert hive("keys")[:2] == (0, "")
    code, gave, _ = hive(
        "keys",
        "add",
        str(ann),
        "--role",
        "approver",
        "--name",
        "ann",
        "--for",
        "2h",
        "--once",
        "--from",
        "10.0.0.0/8",
        "--no-terminal",
        "--json",
    )
    (key,) = json.loads(gave)["keys"]
    assert (code, key["role"], key["name"], key["from"], key["terminal"], key["once"], key["used"]) == (
        0,
        "approver",
        "ann",
        ["10.0.0.0/8"],
        False,
        True,
        False,
    )
    file = tmp_path / ".config" / "hive" / "authorized_keys"
    file.write_text(file.read_text() + "rubbish\n")
    code, gave, said = hive("keys", "ls")
    assert code == 0
    assert "approver" in gave
    assert "from 10.0.0.0/8, until 2" in gave
    assert f"{file}:2: " in said
    listed = json.loads(hive("keys", "--json")[1])
    assert listed["keys"] == [key]
    assert listed["refused"][0]["line"] == 2
    code, _, said = hive("keys", "add", str(ann), "--role", "owner")
    assert (code, "is there already, as approver" in said) == (2, True)
    assert hive("keys", "rm", "ann", "--json")[0] == 0
    code, _, said = hive("keys", "rm", "ann")
    assert (code, "There is no key 'ann'" in said) == (2, True)
    assert file.read_text() == "rubbish\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("keys", "add", "/nowhere"), "cannot be read"),
        (("keys", "add", "{ann}", "--role", "king"), "king"),
        (("keys", "add", "{ann}", "--for", "soon"), "no length of time"),
        (("keys", "add", "{ann}", "--for", "0"), "no length of time"),
        (("keys", "add", "{private}"), "private key"),
        (("keys", "add", "{two}"), "more than one line"),
        (("keys", "add", "{ann}", "--from", 'x",hive-role="owner'), "twice"),
        (("serve", "--port", "70000"), "70000"),
        (("serve", "--idle", "soon"), "no length of time"),
        (("serve", "--listen", "0.0.0.0", "--port", "0"), "has no keys"),
        (("serve", "--listen", "203.0.113.9", "--port", "0"), "has no keys"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(hive: Hive, ann: Path, argv: tuple[str, ...], sentence: str) -> None:
    two = ann.with_name("two.pub")
    two.write_text(2 * ann.read_text())
    files = {"{ann}": ann, "{private}": ann.with_suffix(""), "{two}": two}
    code, gave, said = hive(*(str(files.get(word, word)) for word in argv))
    assert (code, gave) == (2, "")
    assert sentence in said


@pytest.mark.parametrize(
    "argv",
    [("keys", "add", "{ann}"), ("keys", "rm", "ann"), ("share",), ("serve", "--port", "0"), ("serve", "--install")],
)
def test_an_agent_lets_nobody_in_and_shuts_nobody_out(
    hive: Hive, ann: Path, argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIVE_TOKEN", "an agent's")
    code, gave, said = hive(*(word.replace("{ann}", str(ann)) for word in argv))
    assert (code, gave) == (2, "")
    assert said.startswith("An agent may not ")
    assert not (tmp_path / ".config").exists()
    assert not (tmp_path / ".local").exists()


def test_a_server_that_does_not_serve_is_told_of_by_an_exit_code(hive: Hive) -> None:
    code, _, said = hive("serve", "--check")
    assert (code, "No server serves this hive." in said) == (1, True)
    code, gave, _ = hive("serve", "--check", "--json")
    assert (code, json.loads(gave)) == (
        1,
        {"version": 1, "answers": False, "trouble": "No server serves this hive.", "server": None},
    )


def test_what_starts_it_is_shown_or_written_and_nothing_is_started(hive: Hive, tmp_path: Path) -> None:
    unit = tmp_path / ".config" / "systemd" / "user" / "hive-serve.service"
    code, shown, said = hive("serve", "--install", "--dry-run", "--port", "9022")
    assert code == 0
    assert "KillMode=process" in shown
    assert '"--port" "9022"' in shown
    assert str(unit) in said
    assert not unit.exists()
    code, gave, _ = hive("serve", "--install", "--port", "9022", "--json")
    told = json.loads(gave)
    assert (code, told["written"], told["path"]) == (0, True, str(unit))
    assert unit.read_text() == shown == told["text"]
    assert told["start"] == "systemctl --user enable --now hive-serve"
