"""The review desk: what is drawn of changes, where its keys lead, and what the daemon is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from scripted import workspace
from test_switcher import another

from hiveui.model.codec import to_json
from hiveui.model.comparison import Area, Changed, pages
from hiveui.model.diff import FileDiff, Hunk, Line, Status, digests
from hiveui.model.review import Comment, CommentMoved, CommentWritten, HunksReviewed, Review, Stage
from hiveui.model.risk import Risk
from hiveui.tui.widgets.diffs import _fitted

TOP = "/project"


def hunk(at: int, *lines: str, heading: str = "") -> Hunk:
    body = tuple(Line(line[0], line[1:]) for line in lines)
    olds, news = (sum(line.mark != other for line in body) for other in "+-")
    return Hunk(at, olds, at, news, heading, body)


def one(path: str, *hunks: Hunk, roles: tuple[str, ...] = ("backend",), **more) -> Changed:
    file = FileDiff(path, path, hunks=hunks, **{name: more.pop(name) for name in ("status", "binary") if name in more})
    return Changed(0, roles, file, digests(file), **more)


AUTH = one(
    "services/api/auth.py",
    hunk(4, " import a", "-import hmac", "+import hashlib", heading="module"),
    hunk(
        30, " def check(token):", "-    return hmac.new(token)", "+    return sha.new(token)", heading="class Tokens:"
    ),
)
CLIENT = one("web/client.ts", hunk(1, "+one", "+two"), roles=("frontend",), risk=Risk(40, ("changed by tests too",)))
LOGO = one("logo.png", roles=(), binary=True, status=Status.ADDED)


def answers(seat, *files: Changed, note: str = "") -> None:
    area = Area(TOP, ("backend", "frontend"), "main", note)
    seat.hive.answers["review/take"] = {"comparison": 3, "areas": [to_json(area)], "agents": []}
    (page,) = pages(files)
    seat.hive.answers["review/page"] = {"pieces": page, "next": None}
    seat.hive.answers["review/revert"] = {"reverted": {"added": 1, "removed": 1, "path": "services/api/auth.py"}}
    seat.hive.answers["review/undo"] = {"undone": {"added": 1, "removed": 1, "path": "services/api/auth.py"}}
    seat.hive.answers["comment/write"] = {"number": 7, "stage": "queued", "ahead": 0, "why": "it works"}


def asked(seat, method: str) -> list[dict]:
    return [params for name, params in seat.hive.asked if name == method]


def line_of(seat, text: str) -> str:
    """Give the line that has a text, or '' while the screen is half drawn."""
    return next((line for line in seat.text().splitlines() if text in line), "")


async def test_changes_are_shown_side_by_side_where_there_is_room_and_in_one_column_where_not(sit):
    async with sit(workspace(), size=(120, 32)) as seat:
        answers(seat, AUTH, CLIENT, LOGO)
        seat.press("d")
        await seat.shows("Review", "4 of 4 hunks left", "by agent · side by side", "backend", "services/api/auth.py")
        row = line_of(seat, "import hashlib")
        assert "5 - import hmac" in row
        assert "5 + import hashlib" in row
        assert "class Tokens:" in line_of(seat, "line 30")
        assert "▲ changed by tests too" in seat.text()
        assert "author not known" in line_of(seat, "── author")
        seat.press("tab")
        await seat.shows("by agent · unified")
        assert "hmac" not in line_of(seat, "import hashlib")
    async with sit(workspace(), size=(80, 24)) as seat:
        answers(seat, AUTH)
        seat.press("d")
        await seat.shows("by agent · unified", "esc back")
        seat.press("tab")
        await seat.shows("take 120 columns")


async def test_a_hunk_that_is_accepted_is_told_to_the_daemon_and_the_next_one_comes_up(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH, CLIENT)
        seat.press("d")
        await seat.shows("3 of 3 hunks left")
        seat.press("a")
        await seat.shows("2 of 3 hunks left", "1/2")
        assert seat.hive.heard("review/mark")[0]["digests"] == [AUTH.digests[0]]
        seat.press("a")
        await seat.shows("1 of 3 hunks left", "▸ M services/api/auth.py", "✓ reviewed")
        seat.press("A")
        await seat.shows("all reviewed")
        seat.press("]")
        await seat.shows("Everything is reviewed.")
        seat.hive.happen(HunksReviewed(seat.hive.state.workspaces["w"].id, AUTH.digests, reviewed=False))
        await seat.shows("3 of 3 hunks left")  # what holds is what the daemon says


async def test_a_comment_goes_to_the_author_of_the_line_and_its_answer_is_shown_below_it(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH)
        seat.press("d")
        await seat.shows("2 of 2 hunks left")
        seat.press("c")
        await seat.shows("Go to a line")
        seat.press("j", "j", "c")
        await seat.shows("To 2 backend, about services/api/auth.py:5", "import hashlib")
        seat.press("W", "h", "y", "escape")
        await seat.until(lambda: "To 2 backend" not in seat.text())
        seat.press("c")
        await seat.shows("Why")  # what was not sent is there again
        seat.press("?", "enter")
        await seat.shows("#7 goes to backend: it waits, it works.")
        wanted = {
            "role": "backend",
            "top": TOP,
            "path": "services/api/auth.py",
            "line": 5,
            "old": False,
            "text": "Why?",
        }
        assert asked(seat, "comment/write") == [{"workspace": "w", **wanted}]
        id_ = seat.hive.state.workspaces["w"].id
        seat.hive.happen(CommentWritten(id_, Comment(7, "backend", TOP, "services/api/auth.py", 5, "Why?", "")))
        await seat.shows("… #7 to backend · queued", "1 comment ·")
        seat.hive.happen(CommentMoved(id_, 7, Stage.ANSWERED, "#7: it is kinder"))
        await seat.shows("● #7 to backend · answered", "↳ #7: it is kinder")
        lines = seat.text().splitlines()
        at = next(i for i, line in enumerate(lines) if "#7 to backend" in line)
        assert "import hashlib" in lines[at - 1]
        seat.press("j", "x")
        await seat.until(lambda: asked(seat, "comment/resolve"))
        assert asked(seat, "comment/resolve") == [{"workspace": "w", "number": 7}]


async def test_a_hunk_and_a_file_are_taken_back_and_brought_again(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH)
        seat.press("d")
        await seat.shows("2 of 2 hunks left")
        seat.press("j", "r")
        await seat.shows("Taken back: +1 −1 of services/api/auth.py. u brings it again.")
        seat.press("R")
        await seat.until(lambda: len(asked(seat, "review/revert")) == 2)
        hunks = [params["digest"] for params in asked(seat, "review/revert")]
        assert hunks == [AUTH.digests[0], ""]
        seat.press("u")
        await seat.shows("There again: +1 −1")
        assert len(asked(seat, "review/take")) == 4  # each look is taken anew


async def test_files_are_folded_sought_and_put_in_another_order(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH, CLIENT)
        seat.press("d")
        await seat.shows("import hashlib")
        seat.press("f")
        await seat.until(lambda: "import hashlib" not in seat.text())
        await seat.shows("▸ M services/api/auth.py", "▸ M web/client.ts")
        seat.press("f")
        await seat.shows("import hashlib")
        seat.press("/")
        await seat.shows("Search the changes")
        assert "import hashlib" in seat.text()
        seat.press("S", "H", "A", ".", "enter")
        await seat.until(lambda: "▌" in line_of(seat, "sha.new"))
        seat.press("g", "g")
        await seat.shows("by risk")
        assert asked(seat, "review/page")[-1]["group"] == "risk"
        seat.press("escape")
        await seat.until(lambda: "Review " not in seat.text())


async def test_names_and_lines_that_would_act_on_a_terminal_are_spelled_out(sit):
    evil = "\x1b]0;x\x07\u202e"
    nasty = one(f"a{evil}b", hunk(1, f"+\t{evil}", "+\udcff", "+é中" * 80, heading=evil), risk=Risk(1, (evil,)))
    shown = replace(workspace(), review=Review(comments=(Comment(1, "backend", TOP, f"a{evil}b", 1, evil, ""),)))
    for size in ((80, 24), (120, 32)):
        async with sit(shown, size=size) as seat:
            answers(seat, nasty, note=evil)
            seat.press("d")
            await seat.shows("␛]0;x␇‹U+202E›", "    ␛]0;x", "#1 to backend")
            text = seat.text()
            assert not any(character in text for character in "\x1b\x07\u202e\udcff")
            assert all(len(line) <= size[0] for line in text.splitlines())


async def test_files_that_change_meanwhile_are_said_and_looked_at_again_on_request(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH)
        seat.hive.answers["files/list"] = {"writes": []}
        seat.press("d")
        await seat.until(lambda: asked(seat, "files/list"))
        assert "files have changed" not in seat.text()
        seat.hive.answers["files/list"] = {"writes": [{}]}
        await seat.shows("files have changed: ctrl+r")
        seat.hive.answers["files/list"] = {"writes": []}
        seat.press("ctrl+r")
        await seat.until(lambda: "files have changed" not in seat.text())
        assert len(asked(seat, "review/take")) == 2


async def test_where_nothing_was_changed_a_sentence_says_so(sit):
    async with sit(workspace()) as seat:
        answers(seat)
        seat.press("d")
        await seat.shows("The agents have changed nothing")
        answers(seat, note="/project is in no git repository: there is nothing to compare.")
        seat.press("d")
        await seat.shows("is in no git repository")


@pytest.mark.parametrize("keys", [("l", "l"), ("G",), ("ctrl+d", "ctrl+d"), ("}",), ("K",), ("ctrl+u",), ("home",)])
async def test_a_sheet_of_ten_thousand_lines_is_moved_over_without_leaving_it(sit, keys):
    long = one("long.py", hunk(1, *(f"+line {n} = {n} * {'x' * 300}" for n in range(10_000))))
    async with sit(workspace()) as seat:
        area = Area(TOP, ("backend",), "main")
        seat.hive.answers["review/take"] = {"comparison": 3, "areas": [to_json(area)], "agents": []}
        told = list(pages([long, AUTH]))

        async def call(method, **params):
            if method == "review/page":
                at = params["page"]
                return {"pieces": told[at], "next": at + 1 if at + 1 < len(told) else None}
            return await original(method, **params)

        original = seat.hive.call
        seat.hive.call = call
        seat.press("d")
        await seat.shows("3 of 3 hunks left")
        seat.press(*keys)
        await seat.shows("by agent")
        assert len(seat.text().splitlines()) <= 32
        assert len(told) > 10


async def test_a_key_on_no_change_marks_and_takes_back_nothing(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH, CLIENT)
        seat.press("d")
        await seat.shows("3 of 3 hunks left")
        seat.press("home")
        await seat.until(lambda: "▌" in line_of(seat, "── backend"))
        for key in ("a", "A", "r", "R"):
            seat.press("j", "home", key)
            await seat.shows("Go to a file or a hunk.")
        seat.press("j", "r")
        await seat.shows("Go to a hunk; R takes the whole file back.")
        assert not seat.hive.heard("review/mark")
        assert not asked(seat, "review/revert")


async def test_a_comment_that_was_put_away_is_there_on_its_own_line_alone(sit):
    async with sit(workspace()) as seat:
        answers(seat, AUTH)
        seat.press("d")
        await seat.shows("2 of 2 hunks left")
        seat.press("j", "j", "c")
        await seat.shows("auth.py:5")
        seat.press("W", "h", "y", "escape")
        await seat.until(lambda: "auth.py:5" not in seat.text())
        seat.press("k", "c")
        await seat.shows("auth.py:4")
        assert seat.bench.overlay.card.text == ""
        seat.press("escape")
        await seat.until(lambda: "auth.py:4" not in seat.text())
        seat.press("j", "c")
        await seat.shows("auth.py:5", "Why")


async def test_files_that_were_folded_in_one_workspace_are_not_in_another(sit):
    async with sit(workspace()) as seat:
        await another(seat)
        answers(seat, AUTH)
        seat.press("d")
        await seat.shows("import hashlib")
        seat.press("f")
        await seat.until(lambda: "import hashlib" not in seat.text())
        seat.press("escape", "d")
        await seat.shows("▸ M services/api/auth.py")
        seat.press("escape", "o", "enter")
        await seat.shows("docs ▸ main")
        seat.press("d")
        await seat.shows("import hashlib")


async def test_numbers_of_lines_above_9999_keep_the_code_in_its_column(sit):
    async with sit(workspace(), size=(80, 24)) as seat:
        answers(seat, one("long.py", hunk(9998, *(f"+line {n}" for n in range(9998, 10_003)))))
        seat.press("d")
        await seat.shows("10002 + line 10002")
        assert line_of(seat, "+ line 9998").index("+ line 9998") == line_of(seat, "+ line 10002").index("+ line 10002")


@given(st.text(st.sampled_from("ab中é👍 "), max_size=30), st.integers(0, 20), st.integers(0, 20))
def test_a_line_of_code_takes_its_room_to_the_cell_wherever_wide_characters_stand(text, shift, room):
    inks = [Style()] * len(text)
    drawn = "".join(part.text for part in _fitted(text, inks, (shift, shift + room), Style(), Style()))
    assert cell_len(drawn) == room
    assert ("›" in drawn) is (cell_len(text) > shift + room and room > 1)
