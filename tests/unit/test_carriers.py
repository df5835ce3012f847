"""Programs that carry alerts, and the way from the state to them and to terminals."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hiveui.config.files import Configuration
from hiveui.hive import alerts, carriers
from hiveui.hive.alerts import Alerts
from hiveui.hive.bus import Bus
from hiveui.hive.carriers import Carrier, for_command, for_desktop, has_desktop, run
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.alerts import Alert
from hiveui.model.attention import Need
from hiveui.model.events import AgentAdded, AgentRead, Record, WorkspaceOpened
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths, project_config
from tests.waiting import soon

W = WorkspaceId("w")
HOSTILE = "$(touch pwned) `touch pwned`; touch pwned 'x' \"y\" <b>&amp; -rf %s \\x1b"
PYTHON = (sys.executable, "-c")


def python(code: str, text: str = "") -> carriers.Letter:
    return for_command(Alert("t", text), (*PYTHON, code), 1)


# one program


async def test_a_program_is_given_the_text_as_it_is_and_no_shell_reads_it(tmp_path: Path):
    kept = tmp_path / "kept"
    code = f"import os, sys; open({str(kept)!r}, 'w').write(sys.stdin.read() + os.environ['HIVE_TEXT'] + os.environ['HIVE_TITLE'])"
    assert await run(for_command(Alert("Title", HOSTILE), (*PYTHON, code), 2)) == ""
    assert kept.read_text() == f"{HOSTILE}\n{HOSTILE}Title"
    assert for_desktop(Alert("Title", HOSTILE), "darwin").argv[-2:] == ("Title", HOSTILE)
    linux = for_desktop(Alert("Title", "-u <b>&"), "linux").argv
    assert linux == ("notify-send", "--app-name=HiveUI", "--", "Title", "-u &lt;b&gt;&amp;")


@pytest.mark.parametrize(
    ("letter", "trouble"),
    [
        (carriers.Letter(("no-such-program-anywhere",)), "no-such-program-anywhere cannot be run: No such file"),
        (carriers.Letter(("x\0y",)), "cannot be run"),
        (python("raise SystemExit(3)"), "ended with 3."),
        (python("import sys; sys.exit('bad \\x1b[31mhost\\nlast')"), "ended with 1: bad ␛[31mhost␊last"),
        (python("import sys; sys.exit('Bearer sk-ant-' + 'a1' * 20)"), "[secret]"),
    ],
)
async def test_what_goes_wrong_is_one_sentence_without_secrets(letter: carriers.Letter, trouble: str):
    assert trouble in await run(letter)


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "import sys; sys.stderr.write('x' * 10_000_000)",
        "import os, time; os.fork(); time.sleep(60)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
    ],
)
async def test_a_program_that_takes_too_long_or_says_too_much_is_ended(code: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carriers, "PATIENCE", 0.5)
    assert "was ended" in await run(python(code))


async def test_what_comes_while_a_program_runs_is_carried_together_and_trouble_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async with asyncio.TaskGroup() as tasks:
        carrier = Carrier("command", tasks.create_task)
        gate, kept = tmp_path / "gate", tmp_path / "kept"
        code = (
            "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.01)\n"
            "open(sys.argv[2], 'a').write(os.environ['HIVE_COUNT'] + ' ')\nsys.exit('no')"
        )

        def letter(needs):
            return for_command(Alert("t", "x"), (*PYTHON, code, str(gate), str(kept)), len(needs))

        for number in range(5):
            carrier.take([need(number)], letter)
            await asyncio.sleep(0)
        gate.touch()
    assert kept.read_text() == "1 4 "
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == ["notifications by the command"]
    assert carrier.trouble.endswith("ended with 1: no")


@pytest.mark.parametrize(
    ("environ", "there"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w", "SSH_CONNECTION": "a b c d"}, False)],
)
def test_a_desktop_is_where_the_daemon_was_started_on_one(environ, there, tmp_path: Path, monkeypatch):
    program = tmp_path / "notify-send"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert has_desktop(environ, "linux") is there
    program.unlink()
    assert not has_desktop(environ, "linux")


# the whole way


class Log:
    """Keeps nothing."""

    def __init__(self) -> None:
        self.seq = 0

    def append(self, event, *, trace_id: str = "", span_id: str = "") -> Record:
        self.seq += 1
        return Record(self.seq, "", event)


class Viewer:
    backlog = 0
    drives = True

    def __init__(self) -> None:
        self.heard: list[dict] = []

    def notify(self, method: str, params) -> None:
        assert method == "alert"
        self.heard.append(params)


class World:
    """A hive of agents whose panes viewers show, and a program that writes down each alert."""

    def __init__(self, folder: Path, spawn, config: str = "") -> None:
        self.paths = Paths.find({"HOME": str(folder)})
        self.paths.config_file.parent.mkdir(parents=True)
        self.kept = folder / "kept"
        code = f"import sys; open({str(self.kept)!r}, 'a').write(sys.stdin.read())"
        command = f'notify_command: ["{sys.executable}", "-c", "{code}"]\n'
        self.paths.config_file.write_text(f"notify_desktop: off\n{command}{config}")
        self.bus = Bus(Log(), State(), 0)
        self.bus.publish(WorkspaceOpened(W, "shop", "/", "team", "", ()))
        for number in (1, 2, 3):
            self.bus.publish(AgentAdded(W, one(number)))
        self.shown: dict[int, set[str]] = {}
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
        choices = Configuration(self.paths, folder, {}, commands={})

        def shown(viewer) -> frozenset[PaneId]:
            return frozenset(self.shown.get(id(viewer), ()))

        self.alerts = Alerts(self.bus, shown, choices, spawn, lambda: self.now)

    def read(self, number: int, state: AgentState, since: str = "s1", evidence: str = "") -> None:
        self.bus.publish(AgentRead(W, AgentId(f"a{number}"), Reading(state, since=since, evidence=evidence)))

    @property
    def told(self) -> str:
        return self.kept.read_text() if self.kept.exists() else ""


def one(number: int) -> Agent:
    return Agent(AgentId(f"a{number}"), f"role{number}", "claude", "/", pane=PaneId(f"%{number}"), pid=1)


def need(number: int) -> Need:
    return Need(Workspace(W, "shop", "/", ""), one(number))


async def test_needs_become_one_alert_on_terminals_and_in_a_program_unless_they_go_by_themselves(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(alerts, "GATHER", 0.1)
    async with asyncio.TaskGroup() as tasks:
        world, viewer = World(tmp_path, tasks.create_task), Viewer()
        following = tasks.create_task(world.alerts.follow())
        world.alerts.terminal(viewer, focused=True)
        for number in (1, 2, 3):
            world.read(number, AgentState.APPROVAL)
        await asyncio.sleep(0)
        world.read(3, AgentState.WORKING, "s2")
        await soon(lambda: world.told)
        assert world.told == "role1 asks for approval (shop), role2 asks for approval (shop)\n"
        assert viewer.heard == [{"title": "2 agents need you", "text": world.told.strip()}]
        world.read(1, AgentState.APPROVAL)
        world.shown[id(viewer)] = {"%3"}
        world.read(3, AgentState.ERROR, "s3")
        await soon(lambda: AgentId("a3") in world.alerts._called and world.alerts._called[AgentId("a3")][0] == "s3")
        assert (len(viewer.heard), world.told.count("\n")) == (1, 1)
        world.alerts.leave(viewer)
        world.read(2, AgentState.QUESTION, "s4")
        await soon(lambda: world.told.count("\n") == 2)
        assert len(viewer.heard) == 1
        following.cancel()


async def test_nobody_is_spared_an_alert_because_somebody_looks_on_who_could_not_answer_it(tmp_path: Path):
    async with asyncio.TaskGroup() as tasks:
        world, owner, onlooker = World(tmp_path, tasks.create_task), Viewer(), Viewer()
        onlooker.drives = False
        world.alerts.terminal(owner, focused=False)
        world.alerts.terminal(onlooker, focused=True, pops=True)
        world.shown[id(onlooker)] = {"%1"}
        world.read(1, AgentState.APPROVAL, "s1")
        world.alerts.call()
        assert (len(owner.heard), len(onlooker.heard)) == (1, 1)
        assert world.alerts._no_desktop() != "a terminal pops it up"


async def test_who_did_nothing_for_long_is_not_in_front_and_neither_is_who_looks_elsewhere(tmp_path: Path):
    async with asyncio.TaskGroup() as tasks:
        world, viewer = World(tmp_path, tasks.create_task), Viewer()
        world.alerts.terminal(viewer)
        world.shown[id(viewer)] = {"%1"}

        def heard(since: str) -> int:
            world.read(1, AgentState.APPROVAL, since)
            world.alerts.call()
            return len(viewer.heard)

        assert heard("s1") == 0
        world.now += timedelta(minutes=6)
        assert heard("s2") == 1
        world.alerts.acted(viewer)
        assert heard("s3") == 1
        world.alerts.terminal(viewer, focused=False)
        assert heard("s4") == 2
        world.now += timedelta(minutes=6)
        world.alerts.terminal(viewer, focused=True)
        assert heard("s5") == 2


async def test_what_agents_say_is_told_only_where_that_is_wanted_and_without_secrets(tmp_path: Path):
    async with asyncio.TaskGroup() as tasks:
        world, viewer = World(tmp_path, tasks.create_task, "notify_detail: on\n"), Viewer()
        world.alerts.terminal(viewer)
        said = "curl -H 'Authorization: Bearer abcdefghijklmnop1234'\n"
        for config in ("", "notify_detail: on\n"):
            world.paths.config_file.write_text(config)
            await world.alerts._look()
            world.read(1, AgentState.APPROVAL, f"since {config}", said)
            world.alerts.call()
        assert [alert["text"] for alert in viewer.heard] == [
            "role1 asks for approval (shop)",
            "role1 asks for approval (shop): curl -H 'Authorization: Bearer [secret]'␊",
        ]


async def test_what_is_of_no_agents_state_is_told_by_the_same_rules_but_not_after_quiet_hours(tmp_path: Path):
    async with asyncio.TaskGroup() as tasks:
        world, viewer = World(tmp_path, tasks.create_task, "notify_roles: {tests: off}\n"), Viewer()
        await world.alerts._look()
        world.alerts.terminal(viewer)
        met = Alert("1 collision", "api.py: backend and tests, same lines (shop)")
        world.alerts.announce(met, {"tests"})
        assert viewer.heard == []
        world.alerts.announce(met, {"backend", "tests"})
        await soon(lambda: world.told == f"{met.text}\n")
        assert viewer.heard == [met._asdict()]
        world.paths.config_file.write_text("quiet_hours: 11:00-13:00\n")
        await world.alerts._look()
        world.alerts.announce(met, {"backend"})
        assert len(viewer.heard) == 1


async def test_trying_tells_what_each_way_did_and_names_no_more_of_a_command_than_its_program(
    tmp_path: Path, monkeypatch
):
    stub = tmp_path / "bin" / "notify-send"
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\necho no such service >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "linux")
    async with asyncio.TaskGroup() as tasks:
        world = World(tmp_path, tasks.create_task, "quiet_hours: 11:00-13:00\n")
        world.paths.config_file.write_text(
            world.paths.config_file.read_text().replace("notify_desktop: off", "notify_desktop: on")
        )
        await world.alerts._look()
        world.read(1, AgentState.APPROVAL)
        world.alerts.call()
        found = await world.alerts.test()
        assert (found["quiet"], found["waiting"], found["level"]) == (True, 1, "needs")
        assert found["ways"] == [
            {
                "name": "desktop", "program": "notify-send", "idle": "",
                "trouble": "notify-send ended with 1: no such service",
            },
            {"name": "command", "program": Path(sys.executable).name, "idle": "", "trouble": ""},
        ]  # fmt: skip
        assert world.told == "This is what a notification looks like.\n"


def test_a_project_may_set_nothing_of_it(tmp_path: Path):
    paths = Paths.find({"HOME": str(tmp_path)})
    file = project_config(tmp_path)
    file.parent.mkdir()
    for line in ("notify_command: [evil]", "notify: off", "quiet_hours: 00:00-23:59", "notify_roles: {a: off}"):
        file.write_text(f"{line}\n")
        choices = Configuration(paths, tmp_path, {}, commands={}, trusted=lambda _: True)
        choices.look()
        assert choices.config.settings.notify_command == ()
        assert "a project may not set" in str(choices.config.problems[0])
