"""Other hosts without any: names, lines, what ssh says, what a host says of itself."""

import asyncio
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hiveui.hosts.line
from hiveui.errors import HostError, LayoutError, TmuxError
from hiveui.hive.session import PaneFacts, read_facts
from hiveui.hosts.line import NO_ANSWER, NOT_FOUND, Command, Done, Ssh, line_to, once, surroundings
from hiveui.hosts.link import hold
from hiveui.hosts.refusals import REFUSALS, explain
from hiveui.hosts.survey import Folder, Survey, obstacle, read_environment, survey
from hiveui.model.hosts import (
    HOST_NAME,
    HostDeclared,
    HostForgotten,
    HostLink,
    HostSpec,
    HostStood,
    Standing,
    Way,
    fold,
    folder_on,
    folder_there,
    host_of,
    pane_on,
)
from hiveui.model.text import visible
from hiveui.storage.layouts import parse_layout
from hiveui.tmux.commands import checked_pane

NAMES = st.from_regex(HOST_NAME, fullmatch=True)
PANES = st.integers(0, 10**6).map("%{}".format)
SAID = {
    "changed": "@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@\nHost key verification failed.\r\n",
    "unknown": "No ED25519 host key is known for [h]:22 and you have requested strict checking.\r\n"
    "Host key verification failed.\r\n",
    "denied": "me@h: Permission denied (publickey,password).\r\n",
    "options": "/home/me/.ssh/config: line 3: Bad configuration option: hostnaem\r\n",
    "unnamed": "ssh: Could not resolve hostname h: Name or service not known\r\n",
    "closed": "ssh: connect to host h port 22: Connection refused\r\n",
    "away": "ssh: connect to host h port 22: No route to host\r\n",
    "silent": "Timeout, server h not responding.\r\n",
    "ended": "kex_exchange_identification: Connection closed by remote host\r\n",
}
"""What OpenSSH 9.2 says."""


# names


@given(NAMES, PANES)
def test_a_pane_is_named_with_its_host_and_tmux_never_hears_that(host: str, pane: str) -> None:
    named = pane_on(host, pane)
    assert checked_pane(named) == pane
    assert host_of(named) == host
    assert pane_on("local", pane) == pane
    assert host_of(pane) == "local"


@pytest.mark.parametrize(
    "pane", ["box%", "%", "Box%1", "b;kill-server%1", "box%1;", "-x%1", "box %1", "%1\n", "box%1%2"]
)
def test_what_is_no_pane_of_any_host_is_refused(pane: str) -> None:
    with pytest.raises(TmuxError):
        checked_pane(pane)


@given(NAMES, st.text())
def test_a_folder_of_another_host_is_nothing_here(host: str, folder: str) -> None:
    assert folder_there(host, folder_on(host, folder)) == folder
    assert host == "local" or not folder_on(host, folder).startswith("/")


def test_hosts_are_declared_stand_and_are_forgotten() -> None:
    spec, lost = HostSpec("box", Way.COMMAND, ("x",)), HostLink(Standing.LOST, "why")
    hosts = fold(fold({}, HostDeclared(spec)), HostStood("box", lost))
    assert hosts["box"].link == lost
    assert fold(hosts, HostDeclared(HostSpec("box", Way.COMMAND, ("y",))))["box"].link == lost
    assert fold(hosts, HostStood("other", lost)) == hosts
    assert fold(hosts, HostForgotten("box")) == {}


# layouts


def parse(text: str) -> dict[str, HostSpec]:
    return dict(parse_layout(f"version: 1\nname: x\nagents: {{a: }}\n{text}".encode(), "x.yaml", ("shell",)).hosts)


def test_a_layout_names_hosts_by_destination_by_words_and_by_command() -> None:
    found = parse("""
hosts:
  one: {ssh: me@one.example}
  two: {ssh: [-p, "22", two], dir: /srv}
  box: {command: [docker, exec, -i, box]}
""")
    assert found == {
        "one": HostSpec("one", Way.SSH, ("me@one.example",)),
        "two": HostSpec("two", Way.SSH, ("-p", "22", "two"), "/srv"),
        "box": HostSpec("box", Way.COMMAND, ("docker", "exec", "-i", "box")),
    }


@pytest.mark.parametrize(
    ("hosts", "why"),
    [
        ("{One: {ssh: x}}", "cannot be 'One'"),
        ("{local: {ssh: x}}", "cannot name a host local"),
        ("{retry: {ssh: x}}", "cannot name a host retry"),
        ("{a: {}}", "either `ssh` or `command`"),
        ("{a: {ssh: x, command: [y]}}", "either `ssh` or `command`"),
        ("{a: {ssh: -oProxyCommand=x}}", "ends in no destination"),
        ('{a: {ssh: "x y"}}', "ends in no destination"),
        ("{a: {ssh: [-p, -x]}}", "ends in no destination"),
        ("{a: {sssh: x}}", "has no field 'sssh'"),
        ("[a]", "is to be a map"),
    ],
)
def test_a_host_that_cannot_be_reached_so_is_refused_with_the_place(hosts: str, why: str) -> None:
    with pytest.raises(LayoutError, match=why):
        parse(f"hosts: {hosts}")


# lines


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1), min_size=1))
def test_words_reach_the_other_side_of_ssh_as_they_are(words: Sequence[str]) -> None:
    line = Ssh("box", ("box",), Path("/run/c"), {})
    *_, dashes, destination, said = line.argv(words)
    assert (dashes, destination) == ("--", "box")
    assert shlex.split(said) == ["exec", *words]


def test_ssh_asks_nobody_and_believes_no_key_whatever_the_words_say() -> None:
    argv = Ssh("box", ("-o", "StrictHostKeyChecking=no", "box"), Path("/run/c"), {}).argv(["true"])
    ours = argv.index("StrictHostKeyChecking=yes")
    assert ours < argv.index("StrictHostKeyChecking=no")
    done = subprocess.run([argv[0], "-G", *argv[1:-1]], capture_output=True, text=True, check=True).stdout
    assert "stricthostkeychecking true" in done
    assert "batchmode yes" in done
    assert "proxycommand exit 255" in done


async def test_a_line_without_its_master_fails_at_once_and_does_not_connect(tmp_path: Path) -> None:
    spec = HostSpec("box", Way.SSH, ("-p", "1", "127.0.0.1"))
    done = await line_to(spec, tmp_path / "c", surroundings(os.environ)).run(["true"], within=30)
    assert done.code == 255


async def test_a_command_puts_its_words_before_and_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    line = Command("box", ("env", "MARK=1"), env)
    done = await line.run(["sh", "-c", 'cat; echo "$MARK"; echo bad >&2; exit 3'], stdin=b"in ")
    assert done == Done(3, b"in 1\n", b"bad\n")
    marker = tmp_path / "alive"
    slow = await line.run(["sh", "-c", f"(sleep 30; echo x >{marker}) & wait"], within=0.2)
    assert slow.code == NO_ANSWER
    assert (await once(["no-such-program"], env)).code == NOT_FOUND


# what ssh says


async def test_how_to_connect_by_hand_is_said_with_all_options(tmp_path: Path):
    line = Ssh("box", ("-F", "none", "-p", "1", "127.0.0.1"), tmp_path / "c", surroundings(os.environ))
    error = await hold(line, lambda: None)
    assert error.hint.endswith("ssh -F none -p 1 127.0.0.1")


@pytest.mark.parametrize(("said", "final"), [(key, key in {"changed", "unknown", "denied", "options"}) for key in SAID])
def test_what_ssh_says_becomes_a_sentence_with_its_mend(said: str, final: bool) -> None:
    error = explain(SAID[said], "box", "me@box")
    assert error.final is final
    assert "box" in str(error)
    assert str(error) in {refusal.sentence.format(name="box", to="me@box") for refusal in REFUSALS}


def test_each_reason_has_a_sentence_of_its_own() -> None:
    assert len({str(explain(said, "box", "box")) for said in SAID.values()}) == len(SAID)


@given(st.text())
def test_whatever_ssh_says_is_safe_to_show(said: str) -> None:
    error = explain(said, "box", said)
    shown = f"{error}{error.hint}"
    assert visible(shown) == shown


# what a host has


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True), st.text(st.characters(codec="ascii")))
)
def test_an_environment_is_read_as_it_was_printed(env: dict[str, str]) -> None:
    env = {name: value.replace("\0", "") for name, value in env.items()}
    printed = "Welcome!\nPATH=/evil\n\0" + "".join(f"{name}={value}\0" for name, value in env.items())
    assert read_environment(printed.encode()) == env


class Told:
    """A line at whose end somebody answers what they were told to."""

    name = "box"

    def __init__(self, *answers: Done) -> None:
        self.env: dict[str, str] = {}
        self._answers = list(answers)

    def argv(self, words: Sequence[str]) -> list[str]:
        return list(words)

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
        await asyncio.sleep(0)
        return self._answers.pop(0)


HOME = b"\0HOME=/home/me\0PATH=/bin\0"


async def test_hostile_answers_of_a_host_are_shown_safely_and_believed_in_nothing() -> None:
    tools = "tmux=tmux 3.3a\x1b]0;x\x07\nterminal=../../evil\nprogram.git=rm -rf\nsystem=\u202eLinux\nfolder=\x1b[2J\n"
    found = await survey(Told(Done(0, HOME, b""), Done(0, tools.encode(), b"")), "hive")
    assert found.terminal == "screen-256color"
    assert found.programs == {}
    assert (found.tmux + found.system + found.folder.trouble).isprintable()


@pytest.mark.parametrize(
    "answer",
    [
        Done(127, b"", b"sh: not found"),
        Done(0, b"", b""),
        Done(0, b"\0HOME=nowhere\0", b""),
        Done(0, b"\0HOME=/home\nPATH=/evil\0X=1\0", b""),
        Done(0, b"\0HOME=/" + b"x" * 200_000 + b"\0X=1\0", b""),
    ],
)
async def test_a_host_without_a_shell_or_a_home_is_refused_with_a_sentence(answer: Done) -> None:
    with pytest.raises(HostError, match="box gives no POSIX shell"):
        await survey(Told(answer), "hive")


@pytest.mark.parametrize(
    ("said", "why"),
    [("", "has no tmux"), ("tmux 3.1c", "too old"), ("tmux 3.2", ""), ("tmux next-3.6", ""), ("tmux master", "")],
)
def test_a_host_needs_a_tmux_that_is_new_enough(said: str, why: str) -> None:
    error = obstacle("box", Survey({"HOME": "/h"}, Folder("/h/hive"), tmux=said))
    assert (why in str(error)) if why else error is None


async def test_what_a_host_prints_without_end_is_kept_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiveui.hosts.line, "MOST", 100_000)
    done = await once(["sh", "-c", "head -c 300000 /dev/zero; cat"], {"PATH": os.environ["PATH"]}, stdin=b"over")
    assert done == Done(0, bytes(100_000), b"")


@given(st.text())
def test_what_a_host_lists_as_panes_are_panes_or_an_error(said: str) -> None:
    try:
        fact = read_facts(said)
    except TmuxError:
        return
    assert checked_pane(fact.pane) == fact.pane


@pytest.mark.parametrize("pane", ["other%3", "%", "%3 ", "", "%1234567890"])
def test_no_host_names_a_pane_of_another(pane: str) -> None:
    assert read_facts("%3 17 1 . 9. a b") == PaneFacts("%3", 17, dead=True, status=-9, window="a b")
    with pytest.raises(TmuxError):
        read_facts(f"{pane} 17 0 . . agent")
