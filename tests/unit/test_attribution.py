"""Whose a change is: known or unknown, and never another's, however hooks, processes and writes come between each other."""

import contextlib
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiveui.hive.attributing import LOOK, Attributing, Scene
from hiveui.hive.authors import Teller
from hiveui.hive.feed import KEPT, Entry, Feed
from hiveui.model.agent import AgentId
from hiveui.model.attribution import Author, Moment, Verdict
from hiveui.model.changes import Deed, How, Write
from hiveui.model.turns import Happening, Hooked

TOP = "/shop"
PATHS = ("api/a.py", "api/b.py", "web/a.js", "web/b.js")
FOLDERS = ("", "api", "web")
ROLES = ("ann", "ben", "cod")


@dataclass
class Tree:
    """A tree with agents in it, in a time of its own: what happens, and what is told of it later."""

    scene: Scene = field(default_factory=lambda: Scene(roles={AgentId(role): role for role in ROLES}))
    now: float = 0.0
    told: float = -1.0
    """When hooks were heard last."""
    git: float = 0.0
    """When git changed what is checked out."""
    writers: frozenset[AgentId] | None = frozenset()
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    truth: dict[int, set[str]] = field(default_factory=dict)
    """Who wrote what a change tells of, by its number."""

    def __post_init__(self) -> None:
        self.feed = Feed(TOP, "")
        self.attributing = Attributing(lambda _: self.scene, lambda *_: None)
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._written: dict[str, set[str]] = {}
        self._last: dict[str, float] = {}

    def at(self, time: float, do: Callable[[], None]) -> None:
        """Have something happen."""
        heapq.heappush(self._coming, (time, next(self._order), do))

    def hook(self, time: float, delay: float, role: str, happening: Happening, **more: Any) -> None:
        """Have a hook tell something, which is heard a little later."""

        def heard() -> None:
            event = Hooked(happening, since=min(time, self.told), folder=TOP, **more)
            over = self.attributing.authors.heard(Teller(AgentId(role), role, 1, TOP), event, self.now)
            self.told = time
            if over is not None:
                self.attributing.correct(self.feed, over, self.now)

        self.at(time + delay, heard)

    def write(self, time: float, role: str, path: str, delay: float, *, gone: bool = False) -> None:
        """Have a role write a path, which is noticed a little later; what was written meanwhile counts as one."""

        def written() -> None:
            self._last[path] = self.now
            waiting = path in self._written
            self._written.setdefault(path, set()).add(role)
            if not waiting:
                self.at(self.now + delay, noticed)

        def noticed() -> None:
            number = next(self._order) + 1
            self.truth[number] = self._written.pop(path)
            at = self._last[path]
            moment = Moment(self.now - 2, self.now) if gone else Moment(at - 0.02, at + 0.02)
            change = Write(TOP, path, Deed.MODIFIED, "", number=number)
            by_git = abs(self.git - at) < 2
            entry = Entry(change, f"{TOP}/{path}", self.now, moment, git=by_git, writers=self.writers)
            self.feed.add(entry)
            self.attributing.notice(self.feed, entry)

        self.at(time, written)

    def act(self) -> None:
        """Have HiveUI itself begin to write."""
        self.stack.enter_context(self.attributing.acting(TOP, lambda: self.now))

    def run(self) -> None:
        """Let everything happen."""
        while self._coming:
            time, _, do = heapq.heappop(self._coming)
            while self.now + 0.03 < time:
                self.now += 0.03
                self.attributing.settle(self.now, 1000)
            self.now = max(self.now, time)
            do()
        for _ in range(200):
            self.now += 0.05
            self.attributing.settle(self.now, 1000)

    def said(self) -> list[Write]:
        """Give what is said in the end, oldest first."""
        return [entry.write for entry in self.feed.newest()][::-1]


MS = st.integers(1, 400).map(lambda ms: ms / 1000)
DELAY = st.integers(1, 60).map(lambda ms: ms / 1000)


@st.composite
def deeds(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw one thing that an agent does, as the parameters of `do`."""
    kind = draw(st.sampled_from(["edit", "named", "cover", "left", "silent", "refused"]))
    writes = draw(st.lists(st.tuples(st.sampled_from(PATHS), st.floats(0.05, 0.95)), min_size=1, max_size=3))
    return kind, {
        "pause": draw(MS),
        "takes": draw(MS),
        "folder": draw(st.sampled_from(FOLDERS)),
        "writes": writes,
        "delay": draw(DELAY),
        "noticed": draw(MS),
        "succeeds": draw(st.booleans()),
        "gone": draw(st.booleans()),
    }


def do(tree: Tree, role: str, number: int, began: float, kind: str, deed: dict[str, Any]) -> float:
    """Have a role do it from `began` on; when it is over."""
    over = began + deed["takes"]
    path, part = deed["writes"][0]
    file = f"{TOP}/{path}"
    tool, given = {
        "edit": ("Write", {"file_path": file}),
        "refused": ("Edit", {"file_path": file}),
        "named": ("Bash", {"command": f"echo said > {path}"}),
        "cover": ("Bash", {"command": f"make -C {TOP}/{deed['folder']}"}),
        "left": ("Bash", {"command": f"make -C {TOP}/{deed['folder']} &"}),
        "silent": (
            "Bash",
            {"command": f"apply_patch <<'E'\n*** Begin Patch\n*** Update File: {path}\n+a\n*** End Patch\nE"},
        ),
    }[kind]
    call = {"tool": tool, "tool_input": given, "call": f"{role}-{number}"}
    tree.hook(began, deed["delay"], role, Happening.TOOL, **call)
    names = [(path, part)] if kind in {"edit", "named"} or (kind == "silent" and deed["succeeds"]) else []
    covered = [(p, part) for p, part in deed["writes"] if p.startswith(deed["folder"])]
    for written, share in names + (covered if kind in {"cover", "left"} else []):
        at = began + share * deed["takes"] * (6 if kind == "left" else 1)
        tree.write(at, role, written, deed["noticed"], gone=deed["gone"])
    if kind != "silent":
        failure = "no" if kind == "refused" else ""
        tree.hook(over, deed["delay"], role, Happening.TOOL_OVER, failure=failure, **call)
    return float(over)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(deeds(), max_size=8), min_size=3, max_size=3))
def test_no_order_of_hooks_and_writes_makes_a_change_anothers(lives: list[list[tuple[str, dict[str, Any]]]]) -> None:
    tree = Tree()
    for role, life in zip(ROLES, lives, strict=True):
        clock = 10.0
        for number, (kind, deed) in enumerate(life):
            clock = do(tree, role, number, clock + deed["pause"], kind, deed)
    tree.run()
    for write in tree.said():
        assert write.by is None or write.by in tree.truth[write.number], (write, tree.truth[write.number])


def edit(tree: Tree, role: str, began: float, path: str = PATHS[0], *, late: float = 0.01) -> None:
    """Have a role edit a path for a tenth of a second, of which hooks tell so much later."""
    call = {"tool": "Edit", "tool_input": {"file_path": f"{TOP}/{path}"}, "call": f"{role}{began}"}
    tree.hook(began, late, role, Happening.TOOL, **call)
    tree.write(began + 0.05, role, path, 0.05)
    tree.hook(began + 0.1, late, role, Happening.TOOL_OVER, **call)


def runs(tree: Tree, role: str, began: float, command: str, *written: str, takes: float = 1.0) -> None:
    """Have a role run a command that writes half-way."""
    call = {"tool": "Bash", "tool_input": {"command": command}, "call": f"{role}{began}"}
    tree.hook(began, 0.01, role, Happening.TOOL, **call)
    for path in written:
        tree.write(began + takes / 2, role, path, 0.05)
    tree.hook(began + takes, 0.01, role, Happening.TOOL_OVER, **call)


def only(tree: Tree) -> Write:
    tree.run()
    (write,) = tree.said()
    return write


@pytest.mark.parametrize(("after", "how"), [(LOOK - 0.5, How.PROCESS), (LOOK + 0.5, How.UNKNOWN)])
def test_a_change_is_nobodys_once_it_was_looked_who_has_it_open_or_nobody_looks(after: float, how: How) -> None:
    tree = Tree()
    tree.writers = None
    tree.write(10.0, "ann", PATHS[0], 0.05)
    tree.at(10.05 + after, lambda: setattr(next(tree.feed.newest()), "writers", frozenset({AgentId("ann")})))
    assert only(tree).how is how


def test_a_hook_that_tells_late_makes_an_unknown_change_known() -> None:
    tree = Tree()
    edit(tree, "ann", 10.0, late=1.5)
    seen = []
    tree.at(11.4, lambda: seen.append(tree.said()[0].how))
    write = only(tree)
    assert (seen, write.by, write.how) == ([How.UNKNOWN], "ann", How.TOOL)


def test_a_change_that_is_one_agents_is_never_made_anothers() -> None:
    entry = Entry(Write(TOP, "a", Deed.ADDED, ""), f"{TOP}/a", 0.0, Moment(0, 0))
    assert entry.take(Verdict(AgentId("ann"), "ann", How.COMMAND))
    assert not entry.take(Verdict(AgentId("ben"), "ben", How.TOOL))
    assert not entry.take(Verdict())
    assert entry.write.by == "ann"


def test_two_that_edit_the_same_file_at_once_are_both_named_and_neither_is_believed() -> None:
    tree = Tree()
    edit(tree, "ann", 10.0)
    edit(tree, "ben", 10.02)
    write = only(tree)
    assert write.by is None
    assert "ann and ben" in write.evidence


@pytest.mark.parametrize(
    ("mine", "theirs", "how"),
    [
        ("make", "", How.COMMAND),
        ("make", "echo other > other.txt", How.COMMAND),
        ("make", "make test", How.UNKNOWN),
        ("echo said > api/a.py", "make test", How.COMMAND),
        ("cp x api/a.py && ls", "make test", How.COMMAND),
        ("echo said > api/a.py", "sed -i s/a/b/ api/a.py", How.UNKNOWN),
        ("grep -r said .", "", How.UNKNOWN),
        ("grep -r said . | sort -u > web/a.js", "", How.UNKNOWN),
    ],
)
def test_a_command_is_believed_where_it_names_the_file_or_nobody_else_may_have_written_it(
    mine: str, theirs: str, how: How
) -> None:
    tree = Tree()
    runs(tree, "ann", 10.0, mine, PATHS[0])
    if theirs:
        runs(tree, "ben", 9.9, theirs, takes=2.0)
    assert only(tree).how is how


def test_what_waits_for_leave_has_written_nothing() -> None:
    tree = Tree()
    call = {"tool": "Bash", "tool_input": {"command": "make"}, "call": "1"}
    tree.hook(10.0, 0.01, "ann", Happening.TOOL, **call)
    tree.hook(10.1, 0.01, "ann", Happening.APPROVAL, **call)
    tree.write(12.0, "", PATHS[0], 0.05)
    assert only(tree).how is How.UNKNOWN


def test_what_a_command_left_running_is_a_doubt_until_the_program_says_that_nothing_runs() -> None:
    tree = Tree()
    runs(tree, "ben", 10.0, "npm run dev &", takes=0.1)
    runs(tree, "ann", 20.0, "make", PATHS[0])
    tree.hook(30.0, 0.01, "ben", Happening.DONE, tasks=frozenset())
    runs(tree, "ann", 40.0, "make", PATHS[1])
    tree.run()
    assert [write.by for write in tree.said()] == [None, "ann"]


@pytest.mark.parametrize(
    ("scene", "how"),
    [
        (Scene(owner=Author(AgentId("ann"), "ann")), How.WORKTREE),
        (Scene(doubts=("shell, which does not tell what it does",)), How.UNKNOWN),
        (Scene(), How.UNKNOWN),
    ],
)
def test_a_place_of_its_own_tells_whose_a_change_is(scene: Scene, how: How) -> None:
    tree = Tree(scene)
    tree.write(10.0, "ann", PATHS[0], 0.05)
    assert only(tree).how is how


def test_what_another_agents_tools_did_in_a_worktree_is_not_its_owners() -> None:
    tree = Tree(Scene(owner=Author(AgentId("ann"), "ann")))
    runs(tree, "ben", 10.0, "make", PATHS[0])
    edit(tree, "ben", 20.0, PATHS[1])
    tree.run()
    assert [(write.by, write.how) for write in tree.said()] == [("ben", How.COMMAND), ("ben", How.TOOL)]


def test_what_git_and_hiveui_write_is_no_agents() -> None:
    for path in PATHS[:2]:
        tree = Tree()
        runs(tree, "ann", 10.0, "make", path)
        if path == PATHS[0]:
            tree.git = 10.4
        else:
            tree.at(10.2, tree.act)
        assert only(tree).by is None


def test_what_hiveui_writes_is_its_own_also_while_it_does_two_things_at_once() -> None:
    tree = Tree()
    first, second = (tree.attributing.acting(TOP, lambda: tree.now) for _ in range(2))
    first.__enter__()
    second.__enter__()
    tree.at(10.0, lambda: first.__exit__(None, None, None))
    runs(tree, "ann", 20.0, "make", PATHS[0])
    tree.at(30.0, lambda: second.__exit__(None, None, None))
    assert only(tree).by is None
    assert len(tree.attributing._acting[TOP]) == 2


def test_one_whose_process_has_the_file_open_to_write_has_written_it() -> None:
    tree = Tree()
    tree.writers = frozenset({AgentId("cod")})
    tree.write(10.0, "cod", PATHS[0], 0.05)
    write = only(tree)
    assert (write.by, write.how) == ("cod", How.PROCESS)


def test_in_a_flood_what_newer_changes_of_a_path_have_driven_out_is_not_said_but_every_path_is() -> None:
    told: list[Write] = []
    feed = Feed(TOP, "")
    attributing = Attributing(lambda _: Scene(), lambda _, entries: told.extend(entry.write for entry in entries))
    paths = [f"once{number}" for number in range(100)] + [f"often{number % 50}" for number in range(2 * KEPT)]
    for number, path in enumerate(paths):
        entry = Entry(Write(TOP, path, Deed.MODIFIED, "", number=number), f"{TOP}/{path}", 10.0, Moment(10.0, 10.0))
        feed.add(entry)
        attributing.notice(feed, entry)
    looks = 0
    while len({write.path for write in told}) < 150:
        attributing.settle(11.0, 200)
        looks += 1
        assert looks <= (100 + KEPT) // 200 + 1
    assert [write.number for write in told[:100]] == list(range(100))
