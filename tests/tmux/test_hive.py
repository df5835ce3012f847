"""The hive on a real tmux: open, start, stop, adopt, and every way in which that can go wrong."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tmux.nest import CAT, MACHINE, Nest, agent, at, ended, shows, text, workspace
from waiting import soon

from hiveui.errors import TmuxError, UsageError
from hiveui.hive.delivery import cleaned
from hiveui.tmux import commands

DATA = Path(__file__).parents[1] / "data"
DEAF = ("sh", "-c", "trap '' HUP TERM; echo ready; while :; do sleep 0.05; done")


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


# opening


async def test_a_layout_is_opened_and_its_programs_run_where_it_says(nest: Nest):
    (nest.project / "sub").mkdir()
    async with nest.hive() as hive:
        where = {"command": ["sh", "-c", "pwd; exec cat"], "dir": "sub"}
        answer = await nest.open(hive, {"sh": {"kind": "shell"}, "cat": CAT, "where": where})
        assert answer["started"] == ["sh", "cat", "where"]
        assert [a.role for a in workspace(hive).agents] == ["sh", "cat", "where"]
        assert all(MACHINE.alive(a.pid) for a in workspace(hive).agents)
        await shows(hive, "where", str(nest.project / "sub"))
        await shows(hive, "cat", "ready")
        keeper = asyncio.create_task(hive.housekeeping())
        await soon(lambda: {a.reading.state for a in workspace(hive).agents} == {"unsure"})
        keeper.cancel()


async def test_an_agent_gets_the_callers_environment_and_nothing_of_the_daemons(nest: Nest, monkeypatch):
    monkeypatch.setenv("DAEMONS_OWN", "1")
    nest.env |= {
        "MINE": "ä $HOME;\n#{pid} \"'\\",
        "LANG": "de_DE.ISO-8859-1",
        "TMUX": "x",
        "CLAUDECODE": "1",
        "STY": "y",
    }
    async with nest.hive() as hive:
        await nest.open(
            hive,
            {"coder": {"kind": "rehearsal", "command": list(CAT), "env": {"ROLES": "r;"}}, "sh": {"kind": "shell"}},
        )
        await shows(hive, "coder", "ready")
        coder, shell = agent(hive, "coder"), agent(hive, "sh")
        given = dict(MACHINE.environ(coder.pid) or {})
        assert given.pop("HIVE_TOKEN") == hive._tokens.token(coder.id)
        assert given.pop("PWD") == str(nest.project)
        kept = {name: nest.env[name] for name in ("PATH", "HOME", "SHELL", "MINE", "LANG")}
        assert given == {
            **kept,
            "ROLES": "r;",
            "TERM": "tmux-256color",
            "COLORTERM": "truecolor",
            "LC_CTYPE": "C.UTF-8",
            "HIVE_AGENT_ID": coder.id,
            "HIVE_ROLE": "coder",
            "HIVE_SOCKET": str(nest.paths.hive_socket),
        }
        await soon(lambda: (MACHINE.environ(shell.pid) or {}).get("HIVE_ROLE") == "sh")
        assert "HIVE_TOKEN" not in (MACHINE.environ(shell.pid) or {})


async def test_what_cannot_be_started_is_listed_and_the_others_run(nest: Nest, monkeypatch):
    sound = commands.new_window

    def refused(session, name, env, *rest, **more):
        return "new-window -t =nowhere:" if env["HIVE_ROLE"] == "second" else sound(session, name, env, *rest, **more)

    async with nest.hive() as hive:
        monkeypatch.setattr(commands, "new_window", refused)
        answer = await nest.open(hive, {"first": CAT, "second": CAT, "third": CAT})
        assert answer["started"] == ["first", "third"]
        assert any(note.startswith("second was not started") for note in answer["notes"])
        assert agent(hive, "second").reading.state == "exited"
        assert "was not started" in agent(hive, "second").note
        monkeypatch.setattr(commands, "new_window", sound)
        await hive.restart(**at(hive, "second"))
        await shows(hive, "second", "ready")


async def test_a_tmux_that_cannot_start_leaves_nothing_half_open(nest: Nest, monkeypatch):
    async with nest.hive() as hive:
        nest.server.socket.mkdir()
        with pytest.raises(TmuxError):
            await nest.open(hive, {"cat": CAT})
        assert hive.bus.state.workspaces == {}
        nest.server.socket.rmdir()
        await nest.open(hive, {"cat": CAT})
        await shows(hive, "cat", "ready")


async def test_a_program_that_is_not_there_says_so_in_its_pane_and_in_its_note(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"lost": ["no-such-program", "x"]})
        lost = await ended(hive, "lost")
        assert lost.exit_status == 127, lost
        assert "'no-such-program' was not found" in lost.note
        await shows(hive, "lost", "'no-such-program' was not found")


async def test_two_who_open_one_workspace_at_once_get_one_set_of_agents(nest: Nest):
    async with nest.hive() as hive:
        answers = await asyncio.gather(*(nest.open(hive, {"a": CAT, "b": CAT}) for _ in range(3)))
        assert sorted(answer["started"] for answer in answers) == [[], [], ["a", "b"]]
        await shows(hive, "a", "ready")
        assert len(await hive._supervisors[workspace(hive).id].here.session.list_panes()) == 2


async def test_a_workspace_that_was_closed_can_be_restored_until_it_is_forgotten(nest: Nest):
    async with nest.hive() as hive:
        opening = asyncio.create_task(nest.open(hive, {"a": CAT, "b": CAT}))
        await soon(lambda: hive.bus.state.workspaces)
        id_ = workspace(hive).id
        assert (await hive.workspaces.close(workspace=id_))["ended"] == ["a", "b"]
        assert (await opening)["started"] == ["a", "b"]
        assert workspace(hive).note.startswith("taken down")
        assert [agent.pid for agent in workspace(hive).agents] == [None, None]
        assert id_ not in await nest.server.sessions()
        assert await hive.workspaces.close(workspace=id_) == {"ended": [], "kept": True}
        assert (await hive.morning.restore(workspace=id_, env=nest.env))["starting"] == ["a", "b"]
        await soon(lambda: all(agent.pid for agent in workspace(hive).agents))
        assert await hive.workspaces.close(workspace=id_, forget=True) == {"ended": ["a", "b"], "kept": False}
        assert hive.bus.state.workspaces == {}
        with pytest.raises(UsageError):
            await hive.workspaces.close(workspace=id_)


async def test_a_layout_that_changed_starts_restarts_and_ends_what_it_says_and_only_when_asked(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"same": CAT, "other": CAT, "gone": CAT})
        before = {a.role: a for a in workspace(hive).agents}
        changed = {"same": CAT, "other": ["sh", "-c", "echo anew; exec cat"], "new": CAT}
        answer = await nest.open(hive, changed)
        assert answer["started"] == ["new"]
        assert {a.role: a.pid for a in workspace(hive).agents if a.role in before} == {
            role: a.pid for role, a in before.items()
        }
        plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
        assert plan["changes"] == [{"role": "other", "do": "restart"}, {"role": "gone", "do": "end"}]
        await nest.open(hive, changed, remove=True)
        await shows(hive, "other", "anew")
        assert [a.role for a in workspace(hive).agents] == ["same", "other", "new"]
        assert agent(hive, "same").pid == before["same"].pid
        assert not MACHINE.alive(before["other"].pid)
        assert not MACHINE.alive(before["gone"].pid)


async def test_what_a_layout_says_that_needs_no_start_holds_for_those_that_run(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"same": {"command": CAT}, "shut": {"command": CAT}})
        before = agent(hive, "same")
        await nest.open(hive, {"same": {"command": CAT, "notify": "off", "budget": 5}, "shut": {"command": CAT}})
        after = agent(hive, "same")
        assert (after.spec.notify, after.spec.budget, after.spec.env) == ("off", 5, before.spec.env)
        assert replace(after, spec=before.spec, reading=before.reading) == before


@pytest.mark.parametrize("folder", ["", "relative", "/tmp/\0", "/no/such/folder"])
async def test_what_is_no_folder_is_a_sentence(nest: Nest, folder: str):
    async with nest.hive() as hive:
        with pytest.raises(UsageError, match="folder"):
            await hive.workspaces.open(folder=folder, layout="pair")
        assert hive.bus.state.workspaces == {}


async def test_a_scratch_workspace_takes_its_folder_with_it(nest: Nest):
    async with nest.hive() as hive:
        with pytest.raises(UsageError):
            await hive.workspaces.open(layout="demo", name="../../shop", env=nest.env, scratch=True)
        answer = await hive.workspaces.open(layout="demo", name="demo", env=nest.env, scratch=True)
        folder = Path(workspace(hive).scratch)
        assert (folder / ".git").is_dir()
        await hive.workspaces.close(workspace=answer["workspace"])
        assert not folder.exists()


# ending and restarting


async def test_exit_statuses_and_signals_are_reported(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(
            hive, {"three": ["sh", "-c", "exit 3"], "fine": ["true"], "killed": ["sh", "-c", "kill -SEGV $$"]}
        )
        found = {role: (await ended(hive, role)).exit_status for role in ("three", "fine", "killed")}
        assert found == {"three": 3, "fine": 0, "killed": -signal.SIGSEGV}
        assert agent(hive, "killed").reading.evidence == "ended by SIGSEGV"


async def test_a_restart_replaces_the_pane_and_begins_with_a_clean_history(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"count": ["sh", "-c", "seq 200; echo ready; exec cat"]})
        await shows(hive, "count", "ready")
        old = agent(hive, "count")
        assert len((await text(hive, "count", history=True)).splitlines()) == 201
        await hive.restart(**at(hive, "count"))
        await shows(hive, "count", "ready")
        new = agent(hive, "count")
        panes = [fact.pane for fact in await hive._supervisors[workspace(hive).id].here.session.list_panes()]
        assert panes == [new.pane]
        assert new.pane != old.pane
        assert not MACHINE.alive(old.pid)
        assert len((await text(hive, "count", history=True)).splitlines()) == 201


async def test_no_restart_takes_tmux_down_while_panes_are_flooded(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"burst": ["seq", "20000"], "yes": ["yes"], "other": ["yes"]})
        server, other = await nest.server.pid(), agent(hive, "other").pid
        for _ in range(5):
            await ended(hive, "burst")
            await hive.restart(**at(hive, "burst"))
            await hive.restart(**at(hive, "yes"))
        assert await nest.server.pid() == server
        assert agent(hive, "other").pid == other
        assert MACHINE.alive(other)


async def test_two_restarts_at_once_make_one_pane(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        session = hive._supervisors[workspace(hive).id].here.session
        (await session.client.ask(f"kill-pane -t {agent(hive, 'cat').pane}")).checked()
        await ended(hive, "cat")
        await asyncio.gather(*(hive.restart(**at(hive, "cat")) for _ in range(3)))
        await shows(hive, "cat", "ready")
        assert [fact.pane for fact in await session.list_panes()] == [agent(hive, "cat").pane]
        assert [a.role for a in workspace(hive).agents] == ["cat"]


async def test_a_program_that_heeds_no_hangup_is_ended_before_it_is_started_anew(nest: Nest, monkeypatch):
    monkeypatch.setattr("hiveui.hive.processes.ENDING", ((signal.SIGHUP, 0.1), (signal.SIGKILL, 3.0)))
    async with nest.hive() as hive:
        await nest.open(hive, {"deaf": DEAF})
        await shows(hive, "deaf", "ready")
        old = agent(hive, "deaf").pid
        await hive.restart(**at(hive, "deaf"))
        assert not MACHINE.alive(old)
        await shows(hive, "deaf", "ready")
        new = agent(hive, "deaf").pid
        assert new is not None
        os.kill(new, signal.SIGKILL)


async def test_stopping_ends_the_whole_process_group_and_keeps_the_screen(nest: Nest, monkeypatch):
    monkeypatch.setattr(
        "hiveui.hive.processes.ENDING", ((signal.SIGHUP, 0.2), (signal.SIGTERM, 0.2), (signal.SIGKILL, 3.0))
    )
    child = nest.project / "child"
    script = (
        f"(trap '' HUP TERM; echo $(exec sh -c 'echo $PPID') > {child}; while :; do sleep 0.05; done) & echo ready; cat"
    )
    async with nest.hive() as hive:
        await nest.open(hive, {"parent": ["sh", "-c", script]})
        await shows(hive, "parent", "ready")
        await soon(lambda: child.exists() and child.read_text().strip())
        stopped = (await hive.shaping.stop(**at(hive, "parent")))["agent"]
        assert (stopped["pid"], stopped["exit_status"]) == (None, -signal.SIGHUP)
        assert not MACHINE.alive(int(child.read_text()))
        assert await text(hive, "parent") == "ready"
        with pytest.raises(UsageError, match="is not running"):
            await hive.shaping.stop(**at(hive, "parent"))


async def test_an_end_is_known_while_a_leftover_holds_the_pane(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"parent": ["sh", "-c", "setsid sh -c 'sleep 20' & echo ready; exit 4"]})
        assert (await ended(hive, "parent")).exit_status == 4


async def test_an_agent_whose_pane_was_killed_has_ended_and_can_be_started_again(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        pane = agent(hive, "cat").pane
        (await hive._supervisors[workspace(hive).id].here.session.client.ask(f"kill-pane -t {pane}")).checked()
        assert (await ended(hive, "cat")).note == "its pane is gone"
        with pytest.raises(UsageError, match="is not running"):
            await hive.shaping.stop(**at(hive, "cat"))
        await hive.restart(**at(hive, "cat"))
        await shows(hive, "cat", "ready")


async def test_closing_ends_what_runs_even_without_a_connection(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT, "done": ["true"]})
        await ended(hive, "done")
        pid, id_ = agent(hive, "cat").pid, workspace(hive).id
        hive._supervisors[id_].here.session.client.close()
        assert (await hive.workspaces.close(workspace=id_))["ended"] == ["cat"]
        assert not MACHINE.alive(pid)
        assert id_ not in await nest.server.sessions()


# panes that nobody declared


def plain_tmux(nest: Nest, *argv: str) -> str:
    done = subprocess.run(["tmux", "-S", str(nest.server.socket), *argv], capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_a_pane_that_was_split_off_is_shown_as_a_child_and_goes_when_its_program_ends(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"coder": {"kind": "rehearsal", "command": list(CAT)}, "cat": CAT})
        split = ("split-window", "-d", "-P", "-F", "#{pane_pid}", "-t", agent(hive, "coder").pane)
        first = int(plain_tmux(nest, *split, "cat"))
        await soon(lambda: workspace(hive).role("coder pane 1"))
        second = int(plain_tmux(nest, *split, "cat"))
        await soon(lambda: workspace(hive).role("coder pane 2"))
        child = agent(hive, "coder pane 1")
        assert (child.child_of, child.pid) == (agent(hive, "coder").id, first)
        assert hive.agent_behind(first) == child.id
        await hive.shaping.stop(**at(hive, "cat"))
        assert MACHINE.alive(first)
        with pytest.raises(UsageError, match="was not started by HiveUI"):
            await hive.restart(**at(hive, "coder pane 1"))
        os.kill(first, signal.SIGKILL)
        await soon(lambda: workspace(hive).role("coder pane 1") is None)
        assert agent(hive, "coder pane 2").pid == second
        plain_tmux(nest, *split, "cat")
        await soon(lambda: workspace(hive).role("coder pane 1"))
        stopped = await hive.shaping.stop(**at(hive, "coder pane 2"))
        assert stopped["agent"]["pid"] is None
        assert not MACHINE.alive(second)


async def test_what_a_person_makes_by_plain_tmux_is_theirs(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        pid = int(
            plain_tmux(nest, "new-window", "-d", "-P", "-F", "#{pane_pid}", "-t", f"={workspace(hive).id}:", "cat")
        )
        await soon(lambda: workspace(hive).role("extra pane 1"))
        assert hive.agent_behind(pid) is None


# a daemon that went


async def test_a_second_hive_adopts_what_the_first_left(nest: Nest):
    nest.env["MINE"] = "kept"
    async with nest.hive() as hive:
        await nest.open(hive, {"bar": ["sh", "-c", "printf '\\033[5 qready'; exec cat"], "cat": CAT})
        await shows(hive, "bar", "ready")
        session = hive._supervisors[workspace(hive).id].here.session
        await soon(lambda: session._shapes.get(agent(hive, "bar").pane) == 5)
        (await session.client.ask("display-message -p told")).checked()
        before = {a.role: (a.pid, a.pane) for a in workspace(hive).agents}
    nest.env.clear()
    async with nest.hive() as hive:
        assert {a.role: (a.pid, a.pane) for a in workspace(hive).agents} == before
        supervisor = hive._supervisors[workspace(hive).id]
        assert supervisor.here.session._shapes == {agent(hive, "bar").pane: 5}
        assert (await hive.workspaces.plan(folder=str(nest.project), layout="one"))["changes"] == []
        await hive.restart(**at(hive, "cat"))
        await shows(hive, "cat", "ready")
        assert (MACHINE.environ(agent(hive, "cat").pid) or {})["MINE"] == "kept"


async def test_what_ended_and_what_appeared_while_no_hive_ran_is_found(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT, "other": CAT})
        pid, pane = agent(hive, "cat").pid, agent(hive, "other").pane
    os.kill(pid, signal.SIGTERM)
    plain_tmux(nest, "split-window", "-d", "-t", pane, "cat")
    async with nest.hive() as hive:
        assert (await ended(hive, "cat")).exit_status == -signal.SIGTERM
        assert agent(hive, "other pane 1").child_of == agent(hive, "other").id


async def test_a_restart_that_was_not_written_down_is_found_by_the_next_hive(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT, "done": CAT})
        kept = Path(shutil.copytree(nest.paths.events, nest.paths.state / "kept"))
        for role in ("cat", "done"):
            await hive.restart(**at(hive, role))
        cat, done = agent(hive, "cat"), agent(hive, "done")
    os.kill(done.pid, signal.SIGTERM)
    shutil.rmtree(nest.paths.events)
    kept.rename(nest.paths.events)
    async with nest.hive() as hive:
        assert [a.role for a in workspace(hive).agents] == ["cat", "done"]
        assert (agent(hive, "cat").pid, agent(hive, "cat").pane) == (cat.pid, cat.pane)
        assert (await ended(hive, "done")).exit_status == -signal.SIGTERM, agent(hive, "done")
        assert agent(hive, "done").pane == done.pane


async def test_a_store_that_cannot_be_read_costs_a_question_and_no_agent(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        id_, pid = workspace(hive).id, agent(hive, "cat").pid
    plain_tmux(nest, "set-environment", "-h", "-t", f"={id_}", "HIVE_STORE", "bm90IGpzb24=")
    async with nest.hive() as hive:
        with pytest.raises(UsageError, match="not known any more"):
            await hive.restart(**at(hive, "cat"))
        assert (await nest.open(hive, {"cat": CAT}))["started"] == []
        assert agent(hive, "cat").pid == pid
        assert MACHINE.alive(pid)
        await nest.open(hive, {"cat": CAT}, remove=True)
        await shows(hive, "cat", "ready")
        assert agent(hive, "cat").pid != pid
        assert not MACHINE.alive(pid)


async def test_an_opening_that_its_daemon_did_not_live_to_finish_is_told_by_the_next(nest: Nest):
    async with nest.hive() as hive:
        opening = asyncio.create_task(nest.open(hive, {"a": CAT, "b": CAT, "c": CAT}))
        await soon(lambda: hive.bus.state.workspaces and any(a.pid for a in workspace(hive).agents))
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    async with nest.hive() as hive:
        assert [a.role for a in workspace(hive).agents] == ["a", "b", "c"]
        assert all((a.pid is None) == (a.reading.state == "exited") for a in workspace(hive).agents)
        for role in "abc":
            await hive.restart(**at(hive, role))
            await shows(hive, role, "ready")
        assert len(await hive._supervisors[workspace(hive).id].here.session.list_panes()) == 3


async def test_a_killed_tap_is_replaced_and_nothing_is_lost(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        supervisor = hive._supervisors[workspace(hive).id]
        pid, tap = agent(hive, "cat").pid, supervisor.here.session.tap_pid
        os.kill(tap, signal.SIGKILL)
        await soon(lambda: supervisor.here.session.tap_pid != tap and not supervisor.here.session._client.lost)
        await shows(hive, "cat", "ready")
        assert agent(hive, "cat").pid == pid


# tmux that went


async def test_after_tmux_was_killed_everything_is_listed_as_ended_and_opening_starts_anew(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT, "deaf": {"kind": "rehearsal", "command": list(DEAF)}, "gone": CAT})
        await shows(hive, "deaf", "ready")
        before = {a.role: a.pid for a in workspace(hive).agents}
        os.kill(await nest.server.pid(), signal.SIGKILL)
        for role in before:
            assert "tmux is gone" in (await ended(hive, role)).note
        assert agent(hive, "deaf").note.startswith(f"tmux is gone; process {before['deaf']}")
        assert hive.agent_behind(before["deaf"]) == agent(hive, "deaf").id
        os.kill(before["deaf"], signal.SIGKILL)
        with pytest.raises(UsageError, match="does not run"):
            await hive.restart(**at(hive, "cat"))
        assert (await nest.open(hive, {"deaf": CAT, "cat": CAT}))["started"] == ["deaf", "cat"]
        assert [a.role for a in workspace(hive).agents] == ["deaf", "cat"]
        for role in ("deaf", "cat"):
            await shows(hive, role, "ready")
        assert workspace(hive).note == ""


async def test_a_run_folder_that_was_deleted_is_made_again_and_the_server_found(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        server, pid = await nest.server.pid(), agent(hive, "cat").pid
        shutil.rmtree(nest.paths.run)
        await hive.workspaces.attached(env={"SSH_AUTH_SOCK": "/tmp/agent"})
        keeper = asyncio.create_task(hive.housekeeping())
        await soon(nest.server.socket.exists)
        keeper.cancel()
        assert await nest.server.pid() == server
        assert agent(hive, "cat").pid == pid
    shutil.rmtree(nest.paths.run)
    async with nest.hive() as hive:
        assert await nest.server.pid() == server
        assert agent(hive, "cat").pid == pid
        await shows(hive, "cat", "ready")


# text in and out


async def test_history_is_read_line_for_line_while_more_is_printed(nest: Nest):
    script = "seq -f 'line %.0f.' 3000; i=3000; while :; do seq -f 'line %.0f.' $((i+1)) $((i+40)); i=$((i+40)); sleep 0.01; done"
    async with nest.hive() as hive:
        await nest.open(hive, {"count": {"command": ["sh", "-c", script], "history": 50000}})
        pane, lines, start = agent(hive, "count").pane, [], 0
        session = hive._supervisors[workspace(hive).id].here.session

        async def long() -> bool:
            return (await session.extent(pane))[1] >= 4000

        await soon(long, what="a long history")
        while len(lines) < 3000:
            rows, first, _ = await session.history(pane, start, 400)
            assert first == start
            lines += [row.ansi.rstrip() for row in rows]
            start += len(rows)
        assert lines == [f"line {n}." for n in range(1, len(lines) + 1)]
        page = await hive.panes.read(**at(hive, "count"), history=True, start=0)
        lines = page["lines"][:-100]  # without what stood on a screen that was being written
        assert (page["first"], page["next"]) == (0, None)
        assert lines == [f"line {n}." for n in range(1, len(lines) + 1)]
        assert len(lines) >= 3000


async def test_prompts_arrive_as_they_are_and_none_is_typed_as_keys(nest: Nest):
    kept = nest.project / "kept"
    taker = ["python3", "-u", str(DATA.parent / "tmux" / "taker.py"), str(kept)]
    prompts = [entry["text"] for entry in json.loads((DATA / "prompts.json").read_text())]
    prompts += [
        "hello;",
        ";",
        "a;\n",
        "%end 1 1 1",
        "\x1b[201~\x1b[31m;",
        "C-c",
        "Enter",
        "$HOME `id` #{pid} \\n \"'",
        "ä中🙂",
    ]
    async with nest.hive() as hive:
        await nest.open(hive, {"taker": taker})
        await shows(hive, "taker", "ready")
        wanted = b""
        for prompt in prompts:
            receipt = (await hive.panes.send(**at(hive, "taker"), text=prompt, enter=False))["receipt"]
            clean = cleaned(prompt)[0]
            assert receipt == {"sent": len(clean), "removed": cleaned(prompt)[1].removed}
            assert not set(clean) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
            if clean:
                wanted += b"\x1b[200~" + clean.encode() + b"\x1b[201~"
            await soon(lambda wanted=wanted: kept.read_bytes() == wanted, what=repr(prompt))
        await hive.panes.paste(None, pane=agent(hive, "taker").pane, text="in two ", more=True)
        await hive.panes.paste(None, pane=agent(hive, "taker").pane, text="parts;")
        await soon(lambda: kept.read_bytes() == wanted + b"\x1b[200~in two parts;\x1b[201~")


async def test_texts_that_are_sent_at_once_keep_their_enters(nest: Nest):
    kept = nest.project / "kept"
    async with nest.hive() as hive:
        await nest.open(hive, {"taker": ["python3", "-u", str(DATA.parent / "tmux" / "taker.py"), str(kept)]})
        await shows(hive, "taker", "ready")
        await asyncio.gather(*(hive.panes.send(**at(hive, "taker"), text=word) for word in ("one", "two", "three")))
        await soon(lambda: kept.read_bytes().count(b"\r") == 3)
        assert sorted(kept.read_bytes().split(b"\r")) == sorted(
            [b"", *(b"\x1b[200~" + word + b"\x1b[201~" for word in (b"one", b"two", b"three"))]
        )


async def test_a_paste_that_is_too_long_is_refused_as_a_whole(nest: Nest):
    kept = nest.project / "kept"
    async with nest.hive() as hive:
        await nest.open(hive, {"taker": ["python3", "-u", str(DATA.parent / "tmux" / "taker.py"), str(kept)]})
        await shows(hive, "taker", "ready")
        pane = agent(hive, "taker").pane
        for _ in range(5):
            assert await hive.panes.paste(None, pane=pane, text="x" * 400_000, more=True) is None
        with pytest.raises(UsageError, match="1 MiB"):
            await hive.panes.paste(None, pane=pane, text="the end")
        await hive.panes.paste(None, pane=pane, text="alone")
        await soon(lambda: kept.read_bytes() == b"\x1b[200~alone\x1b[201~")
        with pytest.raises(UsageError, match="gone"):
            await hive.panes.paste(None, pane="%99", text="x", more=True)


async def test_hostile_names_are_kept_as_they_are_and_none_is_run(nest: Nest):
    mark = nest.project / "pwned"
    names = [entry["name"] for entry in json.loads((DATA / "names.json").read_text())]
    names = [name.replace("HIVE_PWN_MARKER", str(mark)) for name in names]
    names += [f'\udcff" ; run-shell "touch {mark}" ; "', f"\udcff;run-shell 'touch {mark}';", "~root", "-l", "--", ""]
    assert len(names) > 150
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        client = hive._supervisors[workspace(hive).id].here.session.client
        pane = agent(hive, "cat").pane
        plain_tmux(nest, "set-option", "-g", "status-interval", "1")
        for name in names:
            try:
                line = commands.set_role(pane, name)
            except TmuxError:
                assert "\0" in name or not name.isprintable()
                continue
            said = await client.ask(line)
            assert said.ok, (name, said)
            answer = (await client.ask(f"show-options -p -v -t {pane} @hive_role")).checked()
            assert b"\n".join(answer.lines) == name.encode("utf-8", "surrogateescape"), name
        with pytest.raises(AssertionError):
            await soon(mark.exists, 1.2)


# what an agent says


async def test_an_agent_reports_of_itself_while_it_runs_and_in_known_words(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"coder": {"kind": "rehearsal", "command": list(CAT)}})
        await shows(hive, "coder", "ready")
        id_ = agent(hive, "coder").id
        for word in ("workign", "exited", "starting", "", "\ud800"):
            with pytest.raises(UsageError, match="is no state"):
                await hive.report(id_, state=word)
        await hive.report(id_, state="working", evidence="x" * 10_000, conversation="c-1")
        await soon(lambda: agent(hive, "coder").reading.state == "working")
        assert agent(hive, "coder").conversation == "c-1"
        assert len(agent(hive, "coder").reading.evidence) == 512
        await hive.shaping.stop(**at(hive, "coder"))
        with pytest.raises(UsageError, match="does not run"):
            await hive.report(id_, state="working")
        assert agent(hive, "coder").reading.state == "exited"


async def test_a_flood_of_reports_is_few_events_and_ends_in_the_last_one(nest: Nest):
    report = "import base64;[print(f'\\033]7501;state=working:msg={base64.b64encode(str(n).encode()).decode()}\\033\\\\', end='') for n in range(20000)]"
    async with nest.hive() as hive:
        await nest.open(
            hive, {"coder": {"kind": "rehearsal", "command": ["python3", "-c", report + ";print('ready');input()"]}}
        )
        await shows(hive, "coder", "ready")
        await soon(lambda: agent(hive, "coder").reading.evidence == "19999")
        assert hive.bus.seq < 60
