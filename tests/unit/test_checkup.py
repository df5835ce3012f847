"""What `hive doctor` looks at, and what of it leaves the machine."""

import errno
import os
import resource
from pathlib import Path

import pytest
from fake_machine import FakeMachine

from hiveui.agents.catalog import Kind
from hiveui.cli import abilities, limits, programs, report
from hiveui.cli.checks import Check
from hiveui.paths import Paths
from hiveui.watch.inotify import Inotify

KITTY = b"\x1b[?1u\x1b]11;rgb:fafa/fafa/fafa\x1b\\\x1b[?2026;2$y\x1b[?62;4c"


@pytest.mark.parametrize(
    ("kind", "refusal", "found", "mend"),
    [
        ("ext4", None, "the kernel tells", ""),
        ("fuse.fuse-overlayfs", None, "the kernel tells", ""),
        ("fuse.sshfs", None, "fuse.sshfs", "local disk"),
        ("nfs4", None, "nfs4", "local disk"),
        ("ext4", errno.ENOSPC, "max_user_watches is reached", "sudo sysctl fs.inotify.max_user_watches="),
        ("ext4", errno.EMFILE, "max_user_instances is reached", "sudo sysctl fs.inotify.max_user_instances="),
        ("ext4", errno.EIO, os.strerror(errno.EIO), "Nothing is lost"),
    ],
)
def test_whether_a_folder_can_be_watched_is_said_with_a_mend(monkeypatch, tmp_path: Path, kind, refusal, found, mend):
    def add(_: Inotify, folder: str) -> int:
        if refusal is not None:
            raise OSError(refusal, os.strerror(refusal))
        return 1

    monkeypatch.setattr(FakeMachine, "file_system", lambda *_: kind)
    monkeypatch.setattr(limits, "this_machine", FakeMachine)
    monkeypatch.setattr(Inotify, "add", add)
    check = limits.watching(tmp_path)
    assert found in check.found
    assert mend in check.mend
    assert bool(mend) is bool(check.mend)


def test_a_terminal_is_told_by_its_answers():
    found = abilities.abilities(KITTY)
    assert found.found == "every key distinct (kitty's protocol), whole frames at once, a light background"
    assert (found.ok, found.mend) == (True, "")
    plain = abilities.abilities(b"\x1b]11;rgb:1616/1616/1e1e\x07\x1b[?2026;0$y\x1b[?1;2c")
    assert plain.found == "a dark background"
    assert "cannot be told apart" in plain.mend
    assert abilities.abilities(b"").found == "it does not answer"


@pytest.mark.parametrize(
    ("granted", "ok", "mend"),
    [
        ((4096, 4096), True, ""),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), True, ""),
        ((256, 4096), False, "`ulimit -n 1024`"),
        ((256, 512), False, "The hard limit is 512"),
    ],
)
def test_too_few_open_files_have_a_mend(monkeypatch, granted, ok, mend):
    monkeypatch.setattr(resource, "getrlimit", lambda _: granted)
    found = limits.limits()[0]
    assert found.ok == ok
    assert mend in found.mend


@pytest.mark.parametrize(
    ("linger", "kills", "ok", "mend"),
    [("no", "yes", False, "enable-linger"), ("yes", "yes", True, ""), ("no", "no", True, "enable-linger")],
)
def test_logind_that_ends_agents_at_logout_is_named(monkeypatch, linger, kills, ok, mend):
    answers = {"--property=Linger": linger, "--property=KillUserProcesses": kills}
    monkeypatch.setattr(limits, "said", lambda argv: answers[argv[-2]])
    monkeypatch.setattr(limits.sys, "platform", "linux")
    (found,) = limits.lingering()
    assert (found.ok, mend in found.mend) == (ok, True)
    monkeypatch.setattr(limits, "said", lambda _: "")
    assert limits.lingering() == []


def test_programs_say_their_versions_and_none_is_waited_for_long(tmp_path, monkeypatch):
    for name, script in {"good": "echo good-cli 1.2.3-beta", "mute": "exit 1", "slow": "exec sleep 60"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(programs, "PATIENCE", 0.5)
    kinds = {name: Kind(name, name, (name,), install="x") for name in ("good", "mute", "slow", "absent-program")}
    assert {name: programs.is_found(kind) for name, kind in kinds.items()}["absent-program"] is False
    assert programs.versions(kinds) == {"good": "1.2.3-beta", "mute": "", "slow": "", "absent-program": ""}


@pytest.mark.parametrize(
    "written",
    [
        "notify_command: [curl, https://hooks.example.org/B0SS]\nbell: on\n",
        "notify_command:\n- curl\n- https://hooks.example.org/B0SS\nbell: on\n",
        "notify_command: [\n  curl,\n  https://hooks.example.org/B0SS\n]\nbell: on\n",
        '{\n "notify_command": [\n  "B0SS"],\n"bell": "on"\n}\n',
    ],
)
def test_a_report_keeps_the_command_for_notifications_to_itself(tmp_path, written):
    paths = Paths.find({"HOME": str(tmp_path)})
    paths.config_file.parent.mkdir(parents=True)
    paths.config_file.write_text(f"theme: dark\n{written}" if written[0] != "{" else written)
    told = report.text(paths, {"pid": 1}, [], {})
    assert ("B0SS" in told, "bell" in told, "notify_command" in told) == (False, True, True)


def test_a_report_names_nobody_and_has_no_secret(tmp_path):
    environ = {"HOME": str(tmp_path), "USER": "miriam", "HIVE_TOKEN": "hive_secret", "TERM": "xterm", "OTHER": "no"}
    paths = Paths.find(environ)
    paths.state.mkdir(parents=True)
    key = "sk-ant-api03-" + "Ab1" * 20
    paths.log.write_text(f"miriam ran {tmp_path}/shop with {key}\x1b[2J\n")
    told = report.text(paths, {"pid": 1}, [Check("tmux", ok=True, found="3.3")], environ)
    for hidden in (str(tmp_path), "miriam", "hive_secret", key, "\x1b"):
        assert hidden not in told
    assert "OTHER" not in told
    for shown in ("ok  tmux: 3.3", "TERM=xterm", "HIVE_TOKEN=[secret]", "USER ran ~/shop", "## log"):
        assert shown in told
