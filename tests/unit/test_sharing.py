"""A key for somebody else: good once and for a while, readable by nobody else, and asked about where it drives."""

import json
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hiveui.cli.main import status
from hiveui.errors import UsageError
from hiveui.model.seat import Role
from hiveui.paths import Paths
from hiveui.ssh import keys, sharing
from hiveui.ssh.keys import key_file
from tests.waiting import until


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("HIVE_TOKEN", raising=False)
    for kind in ("CONFIG", "STATE"):
        monkeypatch.delenv(f"XDG_{kind}_HOME", raising=False)
    return Paths.find({"HOME": str(tmp_path)})


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    assert status(["share", "--json", *argv]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_viewers_key_is_good_once_for_an_hour_and_only_this_person_can_read_it(paths, capsys):
    made = told(capsys)
    (entry,) = keys.entries(key_file(paths))
    assert (entry.role, entry.once, entry.person) == (Role.VIEWER, True, made["name"])
    assert abs(entry.until - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)
    assert entry.until == datetime.fromisoformat(made["until"])
    file = Path(made["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    public = subprocess.run(["ssh-keygen", "-y", "-f", file], capture_output=True, text=True, check=True).stdout
    assert public.split()[1] in key_file(paths).read_text()
    assert f"-i {file}" in made["command"]
    assert "key" not in made
    keys.remove(key_file(paths), made["take_back"].split()[-1])
    assert keys.entries(key_file(paths)) == []


def test_a_name_of_controls_stays_in_its_line_and_the_key_is_printed_only_where_that_is_asked(paths, capsys):
    hostile = 'ann\n"\x1b[2J hive-role="owner"'
    made = told(capsys, "--name", hostile, "--role", "approver", "--print", "--for", "30m", "--host", "a b")
    (line,) = keys.read(key_file(paths))
    assert line.entry is not None
    assert line.entry.role is Role.APPROVER
    assert line.entry.person == made["name"]
    assert made["name"].isprintable()
    assert made["key"] == Path(made["file"]).read_text()
    assert made["command"].endswith(" 'a b'")


@pytest.mark.parametrize("role", ["driver", "owner"])
def test_who_could_run_programs_is_let_in_with_a_yes_only(paths, capsys, role):
    assert status(["share", "--role", role]) == 2
    assert not key_file(paths).exists()
    assert "as you" in capsys.readouterr().err
    assert told(capsys, "--role", role, "--yes")["role"] == role


@pytest.mark.parametrize("argv", [("share",), ("keys", "add", "-")])
def test_an_agent_lets_nobody_in(paths, capsys, monkeypatch, argv):
    monkeypatch.setenv("HIVE_TOKEN", "an-agents")
    assert status([*argv]) == 2
    assert "An agent may not let people in" in capsys.readouterr().err
    assert not key_file(paths).exists()


@pytest.mark.parametrize("time", ["0", "8d", "soon", "-1h", "9999d"])
def test_a_time_that_is_none_or_too_long_makes_no_key(paths, capsys, time):
    assert status(["share", "--for", time]) == 2
    assert len(capsys.readouterr().err.strip().split("\n")) == 2
    assert not key_file(paths).exists()


def test_a_key_that_cannot_be_let_in_leaves_no_private_half(paths, monkeypatch):
    def full(*_, **__):
        raise UsageError("The key is there already.")

    monkeypatch.setattr(keys, "add", full)
    with pytest.raises(UsageError):
        sharing.share(paths, Role.VIEWER, "ann", datetime.now(UTC) + timedelta(hours=1))
    assert list((paths.state / "shares").iterdir()) == []


def test_private_halves_that_are_over_are_taken_away_by_the_next_share(paths):
    first = sharing.share(paths, Role.VIEWER, "ann", datetime.now(UTC) + timedelta(seconds=0.2))
    second = sharing.share(paths, Role.VIEWER, "bob", datetime.now(UTC) + timedelta(hours=1))
    later = until(lambda: _shared_later(paths, first.file), 10, "the first to be swept")
    assert later
    assert second.file.exists()


def _shared_later(paths: Paths, gone: Path) -> bool:
    sharing._sweep(paths.state / "shares", datetime.now(UTC))
    return not gone.exists()
