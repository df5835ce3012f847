import asyncio
import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hiveui.cli import main, output, reach, upkeep
from hiveui.cli.page import page
from hiveui.errors import UsageError
from hiveui.gateway.connection import Connection
from hiveui.gateway.server import GatewayServer, Identity
from hiveui.machine import Peer, this_machine
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.checks import Outcome
from hiveui.model.checks import Status as Proof
from hiveui.model.codec import to_json
from hiveui.model.collisions import Collision, Part, Side, Sort
from hiveui.model.layout import AgentSpec, Leaf, Tab
from hiveui.model.seat import Role
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths

ACTS_ON_A_TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "\x1b]52;c;SElWRQ==\x07\x9b\u202e\x7f"


class Daemon:
    """A scripted hive behind a real gateway. `answers` maps a method to its result, or to a function of params."""

    def __init__(self) -> None:
        self.state = State()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {"state/subscribe": lambda _: {"seq": 3, "state": to_json(self.state)}}

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        self.calls.append((method, params))
        answer = self.answers.get(method)
        return answer(params) if callable(answer) else answer

    def params(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    def add(self, name: str, path: Path, *roles: str, **facts: Any) -> Workspace:
        agents = tuple(Agent(AgentId(f"a-{i}"), role, "shell", str(path), **facts) for i, role in enumerate(roles))
        tabs = tuple(Tab("build", Leaf(role)) for role in roles)
        found = Workspace(WorkspaceId(f"w-{len(self.state.workspaces)}"), name, str(path), "team", "", tabs, agents)
        self.state = State({**self.state.workspaces, found.id: found})
        return found

    @property
    def plan(self) -> dict[str, Any]:
        agent = {"role": "one", "kind": "shell", "dir": "/x", "argv": ["sh", "-c", "a b"], "env": {}, "notes": []}
        known = {"known": True, "running": False, "agents": [agent], "changes": [{"role": "one", "do": "start"}]}
        return {"workspace": "w-1", "name": "shop", "layout": "pair", "file": "/x/pair.yaml", "hash": "h1", **known}


def authorise(_peer: Peer, _token: str | None) -> tuple[Role, str]:
    return Role.OWNER, ""


def serve(path: Path, daemon: Daemon, version: str) -> Callable[[], None]:
    """Serve in a thread; gives what ends it."""
    server = GatewayServer(path, daemon, authorise, this_machine(), Identity(version, "e"))
    server.bind()
    loop = asyncio.new_event_loop()
    task = loop.create_task(server.serve())
    begun = threading.Event()
    loop.call_soon(begun.set)

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(asyncio.wait({task}))

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()

    def end() -> None:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()

    return end


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """A hive of its own, and a project as the current folder."""
    for name in list(os.environ):
        if name.startswith(("XDG_", "HIVE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    project = tmp_path / "shop"
    project.mkdir()
    monkeypatch.chdir(project)
    return tmp_path


@pytest.fixture
def daemon(home: Path) -> Iterator[Daemon]:
    found = Daemon()
    paths = Paths.find(os.environ)
    paths.state.mkdir(parents=True, mode=0o700)
    end = serve(paths.hive_socket, found, reach.version("hiveui"))
    yield found
    end()


@pytest.fixture
def hive(capsys) -> Callable[..., tuple[int, str, str]]:
    """Run the command line here; gives exit code, standard output and standard error."""

    def run(*args: str) -> tuple[int, str, str]:
        code = main.status(list(args))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def person(monkeypatch) -> Callable[..., list[str]]:
    """Have a person at the terminal give these answers; gives what was asked."""

    def answer(*answers: str) -> list[str]:
        asked: list[str] = []
        left = list(answers)
        monkeypatch.setattr(output, "at_terminal", lambda: True)
        monkeypatch.setattr(reach, "at_terminal", lambda: True)
        monkeypatch.setattr(output, "_answer", lambda prompt: (asked.append(prompt), left.pop(0))[1])
        return asked

    return answer


# the parts


def test_help_and_ls_import_nothing_heavy(home: Path) -> None:
    code = (
        "import sys; from hiveui.cli.main import status; status({args}); "
        "print(*sorted({{'textual', 'rich', 'asyncio', 'ruamel', 'psutil', 'libtmux'}} & set(sys.modules)))"
    )
    for args in (["--help"], ["ls"]):
        done = subprocess.run(
            [sys.executable, "-c", code.format(args=args)], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "", args


def test_every_command_has_help_with_an_example(hive) -> None:
    for name in [name for section in main.COMMANDS.values() for name in section]:
        code, out, _ = hive(name, "--help")
        assert code == 0
        assert f"Example: hive {name}" in out
        assert "--json" in out


def test_the_command_page_is_as_the_commands_are() -> None:
    found = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
    assert found == page(), "run `python -m hiveui.cli.page`"


def test_every_exit_code_has_a_meaning_in_help(hive) -> None:
    _, out, _ = hive("--help")
    assert all(re.search(rf"^  {code} +\w", out, re.MULTILINE) for code in main.EXIT_CODES)


def test_an_unknown_command_is_a_sentence_and_exit_code_2(hive) -> None:
    assert hive("nope")[0] == 2
    assert hive("send", "backend")[0] == 2


def test_a_bug_is_a_sentence_and_its_traceback_goes_to_the_log(home, hive, monkeypatch) -> None:
    def stumble() -> None:
        raise ZeroDivisionError

    Paths.find(os.environ).state.mkdir(parents=True)
    monkeypatch.setattr("hiveui.cli.looking.reach_if_there", stumble)
    code, out, err = hive("ls")
    assert (code, out) == (1, "")
    assert err == "HiveUI met an error of its own.\n`hive logs` has it.\n"
    assert "ZeroDivisionError" in hive("logs")[1]


def test_a_followed_log_goes_on_after_another_file_took_its_name(tmp_path, monkeypatch) -> None:
    log = tmp_path / "hive.log"
    log.write_text("one\ntwo\n")
    monkeypatch.setattr(upkeep, "POLL", 0)
    lines = upkeep._lines(log, 1, follow=True)
    assert next(lines) == "two\n"
    with log.open("a") as file:
        file.write("three\n")
    log.rename(tmp_path / "hive.log.1")
    log.write_text("four\n")
    assert [next(lines), next(lines)] == ["three\n", "four\n"]


def test_a_reader_that_leaves_ends_the_command_quietly(home) -> None:
    command = f"{sys.executable} -m hiveui schema | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stderr == ""


def test_a_person_who_waits_is_told_for_what_and_a_script_is_not(capsys, monkeypatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.01)
    with output.waiting("Starting…"):
        pass
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    said = threading.Event()
    monkeypatch.setattr(output, "talk", lambda text: (print(text), said.set()))
    with output.waiting("Starting…"):
        assert said.wait(20)
    assert capsys.readouterr().out == "Starting…\n"


# looking


def test_without_a_daemon_nothing_is_open_and_none_is_started(home, hive) -> None:
    assert hive("ls") == (0, "", "No workspace is open.\n")
    assert json.loads(hive("status", "--json")[1]) == {"version": 1, "workspaces": [], "hosts": []}
    assert not Paths.find(os.environ).hive_socket.exists()


def test_status_is_the_documented_json(home, daemon, hive) -> None:
    reading = Reading(AgentState.UNSURE, since="2026-11-21T05:00:00Z")
    daemon.add("shop", home / "shop", "one", pid=7, pane=PaneId("%1"), reading=reading)
    code, out, _ = hive("status", "--json")
    assert code == 0
    assert json.loads(out) == {
        "version": 1,
        "hosts": [],
        "workspaces": [
            {
                "name": "shop",
                "path": str(home / "shop"),
                "agents": [
                    {
                        "id": "a-0",
                        "role": "one",
                        "kind": "shell",
                        "host": "local",
                        "pid": 7,
                        "pane": "%1",
                        "tab": "build",
                        "state": "unsure",
                        "check": None,
                        "source": "process",
                        "confidence": "certain",
                        "since": "2026-11-21T05:00:00Z",
                        "exit_status": None,
                        "branch": None,
                        "cwd": str(home / "shop"),
                        "conversation": None,
                        "resets": None,
                        "dialog": None,
                        "snoozed": None,
                        "muted": False,
                    }
                ],
                "attention": 0,
                "collisions": [],
            }
        ],
    }


@pytest.mark.parametrize("args", [["ls"], ["status"], ["ls", "--json"], ["status", "--json"], ["read", HOSTILE]])
def test_hostile_names_are_harmless_wherever_they_are_printed(home, daemon, hive, args) -> None:
    daemon.add(HOSTILE, home / "shop", HOSTILE, note=HOSTILE, branch=HOSTILE)
    daemon.answers["agent/read"] = {"lines": [HOSTILE], "next": None}
    code, out, err = hive(*args)
    assert code == 0
    assert "52;c;SElWRQ==" in out
    assert not ACTS_ON_A_TERMINAL.search(out + err)


def test_colours_stay_where_asked_for_and_nothing_else_does(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    daemon.answers["agent/read"] = {"lines": [f"\x1b[1;31mred\x1b[0m{HOSTILE}\x1b[0m"], "next": None}
    assert hive("read", "one", "--ansi")[1] == "\x1b[1;31mred\x1b[0m␛]52;c;SElWRQ==␇‹U+009B›‹U+202E›␡\x1b[0m\n"
    assert daemon.params("agent/read") == [{"workspace": "w-0", "role": "one", "ansi": True, "history": False}]


def test_the_last_lines_are_those_that_were_printed(home, daemon, hive) -> None:
    history = [f"line {i}" for i in range(50)] + [""] * 5
    daemon.add("shop", home / "shop", "one")
    daemon.answers["agent/read"] = lambda params: {"lines": history[-params.get("lines", 10) :], "next": None}
    assert hive("read", "one", "-n", "2")[1] == "line 48\nline 49\n"
    assert hive("read", "one", "-n", "20")[1].splitlines() == history[30:50]
    assert hive("read", "one")[1].splitlines() == history[45:50]


def test_a_long_history_is_read_page_by_page(home, daemon, hive) -> None:
    def pages(params: dict[str, Any]) -> dict[str, Any]:
        start = params.get("start", 0)
        return {"lines": [f"line {start}"], "next": start + 1 if start < 3 else None}

    daemon.add("shop", home / "shop", "one")
    daemon.answers["agent/read"] = pages
    assert hive("read", "one", "--history")[1].splitlines() == [f"line {i}" for i in range(4)]


def test_why_hides_secret_values(home, daemon, hive) -> None:
    agent = daemon.add("shop", home / "shop", "one").agents[0]
    env = [
        {"name": "PATH", "value": "/bin", "origin": "shell", "secret": False},
        {"name": "API_KEY", "value": None, "origin": "role", "secret": True},
    ]
    daemon.answers["agent/why"] = {"reading": to_json(agent.reading), "agent": to_json(agent), "signs": [], "env": env}
    out = hive("why", "one", "--env")[1]
    assert re.search(r"^PATH +/bin +shell$", out, re.MULTILINE)
    assert re.search(r"^API_KEY +\(hidden\) +role$", out, re.MULTILINE)


def test_events_are_paged_to_the_end_and_not_beyond(home, daemon, hive) -> None:
    def events(params: dict[str, int]) -> dict[str, Any]:
        rows = [{"seq": s, "time": "t", "event": {"type": "Noticed", "text": HOSTILE}} for s in (1, 2, 3, 4)]
        found = [row for row in rows if row["seq"] > params["after"]][:2]
        return {"records": found, "next": found[-1]["seq"] if len(found) == 2 else None}

    daemon.answers["events/list"] = events
    lines = hive("events", "--json")[1].splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    out = hive("events")[1]
    assert out.count("Noticed") == 3
    assert not ACTS_ON_A_TERMINAL.search(out)


# which workspace


def test_the_workspace_is_the_nearest_above_the_current_folder(home, daemon, monkeypatch) -> None:
    daemon.add("outer", home, "one")
    daemon.add("inner", home / "shop", "one")
    (home / "shop" / "deep").mkdir()
    monkeypatch.chdir(home / "shop" / "deep")
    assert reach.pick(daemon.state, None).name == "inner"
    assert reach.pick(daemon.state, "outer").name == "outer"
    assert reach.pick(daemon.state, "w-0").name == "outer"


def test_where_the_folder_does_not_tell_the_person_is_asked(home, daemon, hive, monkeypatch, person) -> None:
    daemon.add("left", home / "a", "one")
    daemon.add("right", home / "b", "one")
    daemon.answers["agent/read"] = {"lines": ["hello"], "next": None}
    code, out, err = hive("read", "one")
    assert (code, out) == (2, "")
    assert "1  left" in err
    assert "2  right" in err
    person("7", "x", "2")
    assert hive("read", "one")[:2] == (0, "hello\n")
    assert daemon.params("agent/read")[-1]["workspace"] == "w-1"


def test_a_workspace_that_is_not_there_is_named_with_those_that_are(home, daemon) -> None:
    with pytest.raises(UsageError, match="No workspace is open"):
        reach.pick(daemon.state, None)
    daemon.add("left", home / "a", "one")
    with pytest.raises(UsageError, match="no workspace 'nope'") as refused:
        reach.pick(daemon.state, "nope")
    assert refused.value.hint == "There are: left."


def test_a_current_folder_that_is_gone_is_a_sentence(home, daemon, hive, monkeypatch) -> None:
    gone = home / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert hive("up", "--detach") == (2, "", "The current folder is gone.\ncd to one that is there.\n")


# opening


def test_a_known_layout_is_opened_with_this_environment(home, daemon, hive, monkeypatch) -> None:
    monkeypatch.setenv("MARK", "£")
    daemon.answers |= {"workspace/plan": daemon.plan, "workspace/open": {"workspace": "w-1", "notes": [HOSTILE]}}
    code, _, err = hive("up", "pair", "--detach")
    assert code == 0
    assert not ACTS_ON_A_TERMINAL.search(err)
    assert daemon.params("workspace/plan") == [{"folder": str(home / "shop"), "layout": "pair"}]
    opened = daemon.params("workspace/open")[0]
    assert opened["env"]["MARK"] == "£"
    assert (opened["folder"], opened["hash"], opened["remove"]) == (str(home / "shop"), "h1", False)


def test_an_unknown_layout_is_shown_and_asked_about(home, daemon, hive, person) -> None:
    daemon.answers |= {"workspace/plan": daemon.plan | {"known": False}, "workspace/open": {"workspace": "w-1"}}
    code, out, err = hive("up", "--detach")
    assert code == 2
    assert "sh -c 'a b'" in out
    assert "`--yes` runs it" in err
    person("n")
    assert hive("up", "--detach")[0] == 2
    assert not daemon.params("workspace/open")
    person("y")
    assert hive("up", "--detach")[0] == 0
    assert hive("up", "--detach", "--yes")[0] == 0
    assert len(daemon.params("workspace/open")) == 2


def test_a_dry_run_opens_nothing(home, daemon, hive) -> None:
    daemon.answers["workspace/plan"] = daemon.plan
    assert "sh -c 'a b'" in hive("up", "--dry-run")[1]
    assert json.loads(hive("up", "--dry-run", "--json")[1])["plan"]["hash"] == "h1"
    assert not daemon.params("workspace/open")


def test_agents_end_only_when_the_person_agrees(home, daemon, hive, person) -> None:
    changes = [{"role": "two", "do": "start"}, {"role": "old", "do": "end"}]
    plan = daemon.plan | {"running": True, "changes": changes}
    daemon.answers |= {"workspace/plan": plan, "workspace/open": {"workspace": "w-1"}}
    assert hive("up", "--detach")[0] == 0
    person("n")
    assert hive("up", "--detach")[0] == 0
    person("y")
    assert hive("up", "--detach")[0] == 0
    assert hive("up", "--detach", "--yes")[0] == 0
    assert [opened["remove"] for opened in daemon.params("workspace/open")] == [False, False, True, True]


def test_a_running_workspace_keeps_its_layout_where_none_is_named(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    daemon.answers["workspace/plan"] = daemon.plan
    hive("up", "--dry-run")
    hive("up", "--dry-run", "--name", "other")
    assert [params.get("layout") for params in daemon.params("workspace/plan")] == ["team", "pair"]


def test_an_unknown_layout_is_named_where_there_is_no_terminal_too(home, daemon, hive) -> None:
    def refuse(_params: object) -> None:
        raise UsageError("There is no layout 'nope'.", "There are: pair.")

    daemon.answers["workspace/plan"] = refuse
    assert hive("up", "nope") == (2, "", "There is no layout 'nope'.\nThere are: pair.\n")
    daemon.answers["workspace/plan"] = daemon.plan
    assert hive("up", "pair")[2].startswith("There is no terminal")
    assert not daemon.params("workspace/open")


def test_what_would_be_attached_to_is_told_without_a_terminal(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    code, out, _ = hive("attach", "--json")
    told = json.loads(out)["workspace"]
    assert code == 0
    assert (told["id"], told["name"], told["layout"]) == ("w-0", "shop", "team")
    assert [agent["role"] for agent in told["agents"]] == ["one"]


@pytest.mark.parametrize("args", [[], ["up"], ["attach"], ["demo"]])
def test_without_a_terminal_nothing_is_shown_or_opened(home, daemon, hive, args) -> None:
    code, out, err = hive(*args)
    assert (code, out) == (2, "")
    assert err.startswith("There is no terminal")
    assert daemon.calls == []


def test_the_demo_opens_in_a_scratch_repository(home, daemon, hive) -> None:
    daemon.answers["workspace/open"] = {"workspace": "w-1"}
    assert hive("demo", "--detach")[0] == 0
    opened = daemon.params("workspace/open")[0]
    assert (opened["layout"], opened["name"], opened["scratch"]) == ("demo", "demo", True)
    assert "folder" not in opened


def test_an_older_daemon_is_replaced_if_the_person_agrees(home, hive, person, monkeypatch) -> None:
    daemon, paths = Daemon(), Paths.find(os.environ)
    paths.state.mkdir(parents=True, mode=0o700)
    daemon.answers["workspace/plan"] = daemon.plan
    ends = [serve(paths.hive_socket, daemon, "0.0.9")]

    def replace(_paths: Paths) -> None:
        ends[-1]()
        ends.append(serve(paths.hive_socket, daemon, reach.version("hiveui")))

    monkeypatch.setattr(reach, "_end_daemon", replace)
    assert hive("up", "--dry-run")[0] == 0
    asked = person("n", "y")
    assert hive("up", "--dry-run")[0] == 0
    assert len(ends) == 1
    assert hive("up", "--dry-run")[0] == 0
    assert len(ends) == 2
    assert hive("up", "--dry-run")[0] == 0
    assert len(asked) == 2
    assert "The daemon is version 0.0.9" in asked[0]
    ends[-1]()


# acting


def test_a_text_is_sent_as_it_is(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    daemon.answers["prompt/queue"] = {
        "prompt": "",
        "receipt": {"sent": 2, "removed": 3},
        "ahead": 0,
        "why": "",
    }
    for text in ("-l", "trailing;", "two\nlines", "--", "£"):
        code, _, err = hive("send", "one", *(["--"] if text == "--" else []), text)
        assert (code, err) == (0, "3 control characters were left out.\n")
        assert daemon.params("prompt/queue")[-1] == {"workspace": "w-0", "role": "one", "text": text}


def test_a_text_may_come_from_standard_input(home, daemon, hive, monkeypatch, tmp_path) -> None:
    daemon.add("shop", home / "shop", "one")
    daemon.answers["agent/send"] = {"receipt": {"sent": 2, "removed": 0}}
    (tmp_path / "text").write_text("from a file")
    with (tmp_path / "text").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert json.loads(hive("send", "one", "-", "--no-enter", "--json")[1])["receipt"]["sent"] == 2
    assert daemon.params("agent/send")[0] | {"workspace": ""} == {
        "workspace": "",
        "role": "one",
        "text": "from a file",
        "enter": False,
    }


def test_a_text_over_one_mebibyte_is_refused_with_a_sentence(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    code, _, err = hive("send", "one", "x" * (1 << 20))
    assert code == 1
    assert err.startswith("What is to be sent is larger than 1 MiB.")


def test_keys_go_as_chords(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    assert hive("press", "one", "ctrl+c", "enter")[0] == 0
    assert daemon.params("agent/keys") == [{"workspace": "w-0", "role": "one", "keys": ["ctrl+c", "enter"]}]


def test_down_ends_the_workspace_that_is_named_or_all(home, daemon, hive) -> None:
    daemon.add("left", home / "a", "one")
    daemon.add("right", home / "b", "one")
    daemon.answers["workspace/close"] = {"ended": ["one"], "kept": True}
    assert hive("down", "right") == (0, "right  ended one\n", "hive restore right brings it back.\n")
    assert hive("down", "--all", "--json")[0] == 0
    assert [params["forget"] for params in daemon.params("workspace/close")] == [False] * 3
    assert [params["workspace"] for params in daemon.params("workspace/close")] == ["w-1", "w-0", "w-1"]
    assert hive("down")[0] == 2


def test_ending_agents_that_run_is_asked_once_at_a_terminal_and_never_in_a_script(home, daemon, hive, person) -> None:
    daemon.add("left", home / "a", "one", pid=7)
    daemon.add("quiet", home / "b", "two")
    daemon.answers["workspace/close"] = {"ended": [], "kept": False}
    assert hive("down", "left")[0] == 0
    asked = person("n", "y", "y")
    assert hive("down", "left")[::2] == (2, "Nothing was ended.\n")
    assert hive("down", "left")[0] == 0
    assert hive("down", "--all")[0] == 0
    assert hive("down", "left", "--yes")[0] == 0
    assert hive("down", "quiet")[0] == 0
    assert asked == ["End left? Running: one. [y/N] "] * 2 + ["End left, quiet? Running: one. [y/N] "]
    assert len(daemon.params("workspace/close")) == 6


def test_of_several_those_that_run_are_meant_and_for_a_restore_those_that_do_not(home, daemon, hive) -> None:
    daemon.add("one", home / "a", "x")
    old = replace(daemon.add("two", home / "b", "x"), note="taken down")
    daemon.state = State({**daemon.state.workspaces, old.id: old})
    daemon.answers["workspace/close"] = {"ended": [], "kept": True}
    assert hive("down")[0] == 0
    assert hive("down", "--all")[0] == 0
    assert [params["workspace"] for params in daemon.params("workspace/close")] == ["w-0", "w-0"]
    assert hive("down", "--all", "--forget")[0] == 0
    assert [params["workspace"] for params in daemon.params("workspace/close")[2:]] == ["w-0", "w-1"]
    assert reach.pick(daemon.state, None, gone=True).name == "two"


def test_forgetting_what_was_saved_is_asked_even_where_nothing_runs(home, daemon, hive, person) -> None:
    daemon.add("quiet", home / "b", "two")
    daemon.answers["workspace/close"] = {"ended": [], "kept": False}
    asked = person("n", "y")
    assert hive("down", "quiet", "--forget")[0] == 2
    assert hive("down", "quiet", "--forget")[0] == 0
    assert asked == ["End and forget quiet? [y/N] "] * 2
    assert [params["forget"] for params in daemon.params("workspace/close")] == [True]


def test_an_error_of_the_daemon_keeps_its_exit_code(home, daemon, hive) -> None:
    def refuse(_params: object) -> None:
        raise UsageError("There is no agent 'x' here.", "There are: one.")

    daemon.add("shop", home / "shop", "one")
    daemon.answers["agent/stop"] = refuse
    assert hive("stop", "x") == (2, "", "There is no agent 'x' here.\nThere are: one.\n")


# upkeep


def test_the_schema_is_one_document(hive) -> None:
    found = json.loads(hive("schema")[1])
    assert found["version"] == 1
    assert "pane/view" in found["methods"]


def test_doctor_names_the_daemon(home, daemon, hive) -> None:
    daemon.answers["daemon/status"] = {"pid": 42, "version": "1", "memory": 30 << 20}
    command = {"name": "command", "program": "ntfy", "idle": "", "trouble": "ntfy ended with 1: no route"}
    daemon.answers["alert/ways"] = {"ways": [command]}
    found = json.loads(hive("doctor", "--json")[1])
    (told,) = (check for check in found["checks"] if check["name"] == "notifications")
    assert (told["ok"], "command: ntfy" in told["found"], told["mend"]) == (False, True, "ntfy ended with 1: no route")
    assert found["daemon"]["pid"] == 42
    assert {check["name"] for check in found["checks"]} >= {"tmux", "git", "daemon", "terminal", "folder"}


def test_doctor_starts_no_daemon_and_finds_an_open_folder(home, hive) -> None:
    assert json.loads(hive("doctor", "--json")[1])["daemon"] == {"pid": None}
    state = Paths.find(os.environ).state
    state.mkdir(parents=True, mode=0o700)
    state.chmod(0o777)
    code, _, err = hive("doctor")
    assert code == 1
    assert f"chmod 700 {state}" in err


def test_reset_mends_the_line_mode_and_the_screen(home) -> None:
    ours, theirs = pty.openpty()
    mode = termios.tcgetattr(theirs)
    mode[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, mode)
    code = (
        "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "from hiveui.cli.main import status; sys.exit(status(['reset']))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdin=theirs, capture_output=True)
    assert done.returncode == 0, done.stderr
    written = os.read(ours, 4096)
    assert all(off in written for off in (b"\x1b[?1049l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[<u", b"\x1b[?25h"))
    mended = termios.tcgetattr(theirs)
    assert mended[3] & (termios.ICANON | termios.ECHO | termios.ISIG) == termios.ICANON | termios.ECHO | termios.ISIG
    assert mended[1] & termios.OPOST
    os.close(ours)
    os.close(theirs)


def test_reset_without_a_terminal_is_a_sentence(home) -> None:
    argv = [sys.executable, "-m", "hiveui", "reset"]
    where = Path(__file__).parents[2]
    done = subprocess.run(argv, capture_output=True, text=True, start_new_session=True, cwd=where)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no terminal to mend.")


# what is written, checked, and met


@pytest.fixture
def editor(home: Path, monkeypatch) -> Callable[[str], None]:
    """Have the person's editor run a line of the shell on its file, `$1`."""

    def does(line: str) -> None:
        script = home / "editor"
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(script))

    return does


def memory_of(daemon: Daemon, home: Path, text: str) -> None:
    daemon.add("shop", home / "shop", "one")
    daemon.answers["memory/read"] = {"folder": str(home), "files": [{"name": "AGENTS.md", "text": text}]}


def test_what_was_written_is_kept_in_a_file_where_it_cannot_be_saved(home, daemon, hive, editor) -> None:
    def refuse(_: Any) -> None:
        raise UsageError("AGENTS.md is a link that leads out of it.", "Put a file in its place.")

    memory_of(daemon, home, "old\n")
    daemon.answers["memory/save"] = refuse
    editor('printf "new\\nand long\\n" > "$1"')
    code, _, err = hive("memory", "--edit")
    kept = re.search(r"what you wrote stands in (\S+)\.\n", err)
    assert code == 1
    assert "leads out of it. Nothing was saved" in err
    assert "Put a file in its place." in err
    assert kept is not None
    assert Path(kept[1]).read_text() == "new\nand long\n"
    Path(kept[1]).unlink()


def test_what_was_written_is_saved_by_the_daemon_that_is_there_by_then(home, hive, editor) -> None:
    daemon, paths = Daemon(), Paths.find(os.environ)
    paths.state.mkdir(parents=True, mode=0o700)
    memory_of(daemon, home, "old\n")
    daemon.answers["memory/save"] = {"saved": True, "merged": False, "text": "new\n", "current": "old\n"}
    ends = [serve(paths.hive_socket, daemon, reach.version("hiveui"))]
    os.mkfifo(home / "edited")
    os.mkfifo(home / "anew")
    editor(f'printf "new\\n" > "$1"; echo > "{home}/edited"; cat "{home}/anew"')

    def restart() -> None:
        (home / "edited").read_text()
        ends.pop()()
        ends.append(serve(paths.hive_socket, daemon, reach.version("hiveui")))
        (home / "anew").write_text("")

    restarting = threading.Thread(target=restart)
    restarting.start()
    code, _, err = hive("memory", "--edit")
    restarting.join()
    ends.pop()()
    assert (code, err) == (0, "AGENTS.md is saved.\n")
    assert [one["text"] for one in daemon.params("memory/save")] == ["new\n"]


def test_an_editor_that_changes_nothing_changes_no_line_end_either(home, daemon, hive, editor) -> None:
    memory_of(daemon, home, "one\r\ntwo\n")
    editor("true")
    assert hive("memory", "--edit") == (0, "", "Nothing was changed.\n")


def test_every_check_is_run_once_and_waited_for_at_the_same_time(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", "two", spec=AgentSpec("one", check=("true",)))
    outcome = to_json(Outcome(Proof.PASSED, 0, 0.1))
    daemon.answers["check/run"] = lambda params: {"role": params["role"], "outcome": outcome}
    code, out, _ = hive("check", "--wait", "--json")
    assert (code, [one["role"] for one in json.loads(out)["checks"]]) == (0, ["one", "two"])
    assert [(one["role"], one["wait"]) for one in daemon.params("check/run")] == [("one", True), ("two", True)]


def test_agents_that_undo_one_another_are_listed_with_an_exit_code_of_their_own(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", "two")
    sides = tuple(Side(id_, AgentId(id_), id_, "/x", Part.WROTE, "t") for id_ in ("a", "b"))
    one = Collision("c1", HOSTILE, Sort.LINES, sides, "t", "t", lines=((3, 4),))
    for found, code in ((one, 3), (replace(one, settled="t", why="by you"), 0), (replace(one, sides=sides[:1]), 0)):
        daemon.answers["collision/list"] = {"collisions": [to_json(found)]}
        got, out, _ = hive("collisions", "--all")
        assert got == code
        assert not ACTS_ON_A_TERMINAL.search(out.replace("\n", ""))
