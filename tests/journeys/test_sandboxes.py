"""Agents in sandboxes: what is seen of it, what is held, and real programs that work there."""

import json
import os
import sys
from pathlib import Path

import pytest

from hiveui.agents.sandboxes import box
from hiveui.agents.sandboxes.templates import sandboxes, trouble
from tests.model_server import ModelServer
from tests.programs import SLOW, installed, with_claude, with_codex
from tests.repositories import commit
from tests.robot import CAT, World
from tests.waiting import until

works = pytest.mark.skipif(bool(trouble(sandboxes()["bubblewrap"], os.environ)), reason="bubblewrap does not work here")

PROGRAM = r"""
import json, os, socket, sys
held = 0
for place in sys.argv[1:]:
    try:
        socket.socket(socket.AF_UNIX).connect(place) if place.endswith(".sock") else open(place).read()
    except OSError:
        held += 1
print("held", held, "of", len(sys.argv) - 1, flush=True)
with socket.create_connection(("127.0.0.1", 3128)) as proxy:
    proxy.sendall(b"CONNECT elsewhere.invalid:443 HTTP/1.1\r\n\r\n")
    print("the proxy says", proxy.recv(4096).split()[1].decode(), flush=True)
sys.stdin.read()
"""


@works
@pytest.mark.timeout(180)
def test_an_agent_in_a_sandbox_is_marked_and_reaches_neither_home_nor_hive_nor_unnamed_hosts(world: World) -> None:
    commit(world.project)
    (world.home / "secret").write_text("the person's")
    (world.project / "beside").write_text("of the workspace's own checkout")
    paths = world.paths
    closed = (world.home / "secret", world.project / "beside", paths.token_key, paths.hive_socket, paths.tmux_socket)
    world.up(
        {
            "coder": {
                "command": ["python3", "-u", "-c", PROGRAM, *map(str, closed)],
                "checkout": "worktree",
                "check": ["sh", "-c", f"test ! -e {world.home}/secret"],
                "sandbox": {"use": "bubblewrap", "network": ["example.org"]},
            },
            "plain": CAT,
        }
    )
    reach = "coder: runs in the sandbox bubblewrap: it writes its checkout alone, and has of the network example.org."
    assert reach in world.done("up", "--dry-run")
    robot = world.opens()
    robot.sees("1 coder  shell ▣", "held 5 of 5", "the proxy says 403")
    robot.sees("▣1")
    assert world.done("events").count("coder: its sandbox has no way to elsewhere.invalid") == 1
    facts = json.loads(world.done("why", "coder", "--json"))["sandbox"]
    assert (facts["use"], facts["refused"]) == ("bubblewrap", ["elsewhere.invalid"])
    assert "the sandbox bubblewrap" in world.done("owners")
    world.done("check", "coder", "--wait")
    assert world.agent("coder").proof.status == "passed"
    world.done("restart", "coder")
    until(lambda: world.workspace().boxes["coder"].refused == ("elsewhere.invalid",), 20, "it is said anew")


@pytest.mark.timeout(120)
def test_an_agent_whose_sandbox_does_not_work_is_not_started_and_its_pane_says_why(world: World) -> None:
    templates = world.paths.config / "sandboxes"
    templates.mkdir(parents=True)
    shipped = (Path(box.__file__).parent / "bubblewrap.toml").read_text()
    (templates / "broken.toml").write_text(shipped.replace('"bwrap"', '"no-such-sandbox"').replace("bubblewrap", "it"))
    agent = {"command": ["touch", "ran"]}
    world.up({"coder": {**agent, "sandbox": "broken"}, "writer": {**agent, "sandbox": "absent"}, "plain": CAT})
    for role, why in (
        ("coder", "It was not started: its sandbox is not there: it is not installed. Install it: apt install it"),
        ("writer", "It was not started: there is no sandbox 'absent'."),
    ):
        until(lambda role=role, why=why: why in world.screen(role).replace("\n", ""), 20, why)
    assert not (world.project / "ran").exists()
    assert "no-such-sandbox" not in json.dumps(json.loads(world.done("why", "coder", "--json"))["sandbox"])


@works
@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_works_in_a_sandbox_tells_by_its_hooks_and_goes_on_with_its_conversation(world: World) -> None:
    commit(world.project)
    with ModelServer() as model:
        env = with_claude(world, model)
        host = model.url.removeprefix("http://")
        may = ["claude", "--permission-mode", "acceptEdits", "--allowedTools", "Bash"]
        boxed = {"use": "bubblewrap", "network": [host], "read": [str(installed("claude").parent)]}
        world.up(
            {"coder": {"kind": "claude", "env": env, "sandbox": boxed}, "free": {"kind": "claude", "command": may}}
        )
        robot = world.opens()
        robot.sees("1 coder  claude ▣", "❯", within=SLOW)
        world.done("send", "coder", "Remember the number 4711.")
        robot.sees("You wrote: Remember the number 4711.", within=SLOW)
        until(lambda: world.agent("coder").reading.state == "done", SLOW, "the end of the turn")
        assert world.agent("coder").reading.source == "hook"
        id_ = world.agent("coder").conversation
        assert id_
        assert not list(world.home.glob(f".claude/projects/*/{id_}.jsonl")), "it has a home of its own"
        world.done("restart", "coder")
        until(lambda: world.agent("coder").pid, SLOW, "its start")
        robot.sees("You wrote: Remember the number 4711.", within=SLOW)
        world.done("send", "coder", "Which one was it?")
        robot.sees("You wrote: Which one was it?", within=SLOW)
        assert "4711" in model.talks[-1]
        assert world.agent("coder").conversation == id_


@works
@pytest.mark.real
@pytest.mark.timeout(400)
def test_codex_works_in_a_sandbox_its_commands_stay_there_and_it_goes_on_with_its_conversation(world: World) -> None:
    commit(world.project)
    (world.home / "secret").write_text("the person's")
    with ModelServer() as model:
        env = with_codex(world, model)
        boxed = {"use": "bubblewrap", "network": [model.url.removeprefix("http://")]}
        world.up({"coder": {"kind": "codex", "env": env, "sandbox": boxed}, "plain": CAT})
        robot = world.opens()
        robot.sees("1 coder  codex ▣", "OpenAI Codex", within=SLOW)
        world.done("send", "coder", f"run: echo in >made; cat {world.home}/secret >stolen")
        robot.press("1", "Enter")
        robot.sees("Would you like to run", within=SLOW)
        robot.press("y")
        robot.sees("The command said:", within=SLOW)
        assert (world.project / "made").exists()
        assert not (world.project / "stolen").exists() or not (world.project / "stolen").read_text()
        id_ = until(lambda: world.agent("coder").conversation, SLOW, "what its hooks tell")
        robot.press("C-]")
        until(lambda: world.agent("coder").reading.state == "done", SLOW, "the end of the turn")
        robot.hang_up()
        world.reboot()
        assert f"resume {id_[:8]}" in world.done("restore", "--yes", "--detach")
        again = world.opens()
        again.sees("1 coder  codex ▣", "The command said:", within=SLOW)
        width = ("display-message", "-p", "-t", world.pane("coder"), "#{pane_width}")
        until(lambda: world.tmux(*width).strip() == "60", SLOW, "the pane's size")  # it draws half a prompt amid that
        world.done("send", "coder", "Once more.")
        again.sees("You wrote: Once more.", within=SLOW)
        assert "echo in >made" in model.talks[-1]
        assert world.agent("coder").conversation == id_


ASKS = """
import os, sys
from pathlib import Path
from hiveui.errors import HiveError
from hiveui.gateway.blocking import connect
report = "agent/report", {"state": "working", "evidence": "from inside"}
stop = "agent/stop", {"workspace": sys.argv[1], "role": "plain"}
for token, (method, params) in ((os.environ["HIVE_TOKEN"], report), (os.environ["HIVE_TOKEN"], stop), (None, stop)):
    try:
        with connect(Path(os.environ["HIVE_SOCKET"]), "test", "1", token) as client:
            client.call(method, **params)
            print(method, bool(token), "done")
    except HiveError as error:
        print(method, bool(token), "refused")
print("asked", flush=True)
sys.stdin.read()
"""


@works
@pytest.mark.timeout(180)
def test_an_agent_whose_sandbox_lets_the_socket_in_is_that_agent_there_with_its_token_or_without(world: World) -> None:
    world.up({"plain": CAT})
    command = [sys.executable, "-P", "-c", ASKS, world.workspace().id]
    world.up({"coder": {"command": command, "sandbox": {"use": "bubblewrap", "socket": True}}, "plain": CAT})
    world.pane_sees("coder", "asked", 60)
    said = world.screen("coder")
    assert "agent/report True done" in said, said
    assert "agent/stop True refused" in said
    assert "agent/stop False refused" in said
    assert world.agent("plain").pid
