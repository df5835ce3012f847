import asyncio
from dataclasses import replace

import pytest
from scripted import workspace

from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.changes import How
from hiveui.model.collisions import Collision, CollisionSeen, CollisionSettled, Part, QueueHeld, Radar, Side, Sort
from hiveui.model.reservations import Reservation

W = WorkspaceId("w")


def at(minute: int, second: int = 0) -> str:
    return f"2026-01-01T00:{minute:02}:{second:02}.000Z"


def side(number: int, role: str, part: Part = Part.WROTE, *, added: int | None = None, removed: int = 0) -> Side:
    top = f"/trees/{role}"
    return Side(f"a{number}", AgentId(f"a{number}"), role, top, part, at(3, 48), How.TOOL, "", added, removed)


SCHEMA = Collision(
    "one",
    "services/api/schema.py",
    Sort.LINES,
    (side(2, "backend", added=14, removed=3), side(3, "frontend", added=2, removed=2)),
    at(3),
    at(3),
    lines=((40, 52),),
    conflict=True,
)
CLIENT = Collision(
    "two",
    "web/\x1b[31msrc/client.ts",
    Sort.READ,
    (side(3, "frontend", added=31), side(4, "tests", Part.READ)),
    at(0),
    at(0),
)
HELD = Reservation("r", ("docs/**",), "planner", AgentId("a1"), at(0), at(40), why="the plan")
LOOKED = {
    "sides": [
        {
            "role": "backend",
            "top": "/trees/backend",
            "lines": [[41, "-", "expires: int"], [41, "+", "expires: datetime"]],
        },
        {
            "role": "frontend",
            "top": "/trees/frontend",
            "lines": [[41, "-", "expires: int"], [41, "+", "expires_at: int"]],
        },
    ],
    "conflict": [[40, "!", "<<<<<<< one"]],
    "owners": ["planner"],
}


def meeting():
    return replace(workspace(), radar=Radar((SCHEMA, CLIENT), (HELD,)))


@pytest.mark.parametrize("size", [(80, 24), (120, 32), (200, 50)])
async def test_the_radar_has_paths_by_agents_the_worst_first_and_both_differences(sit, size):
    async with sit(meeting(), size) as seat:
        seat.hive.answers["collision/look"] = LOOKED
        await seat.shows("⇄ 2")
        seat.press("c")
        await seat.shows("Collisions  2 now, 2 today", "backend", "frontend", "+14 −3", "+2 −2", "read", "12s", "·")
        await seat.shows("schema.py", "client.ts", "␛", "40–52", "docs/**", "by planner", "the plan")
        await seat.shows("backend (backend) ─", "frontend (frontend) ─", "41 - expires: int", "41 + expires_at: int")
        await seat.shows(
            "a merge would conflict", "owned by planner", "what a merge would leave", "t tell both", "esc back"
        )
        lines = seat.text().splitlines()
        assert next(i for i, line in enumerate(lines) if "schema.py" in line) < next(
            i for i, line in enumerate(lines) if "client.ts" in line
        )
        beside = any("expires: datetime" in line and "expires_at: int" in line for line in lines)
        assert beside is (size[0] >= 120)
        seat.press("escape")
        await seat.until(lambda: "Collisions" not in seat.text())


async def test_what_the_person_does_about_it_goes_to_the_daemon(sit):
    async with sit(meeting()) as seat:
        seat.hive.answers |= {"collision/look": LOOKED, "collision/tell": {"told": ["backend", "frontend"]}}
        seat.press("c")
        await seat.shows("41 + expires: datetime")
        seat.press("t")
        await seat.shows("backend and frontend will be told")
        seat.press("h")
        await seat.until(
            lambda: ("prompt/hold", {"workspace": "w", "role": "backend", "held": True}) in seat.hive.asked
        )
        seat.hive.happen(QueueHeld(W, "backend", "you hold its queue"))
        await seat.shows("backend's prompts are held")
        seat.press("h")
        await seat.until(
            lambda: ("prompt/hold", {"workspace": "w", "role": "backend", "held": False}) in seat.hive.asked
        )
        seat.press("j", "x")
        await seat.until(lambda: ("collision/settle", {"workspace": "w", "collision": "two"}) in seat.hive.asked)
        seat.hive.happen(CollisionSettled(W, "two", at(4), "you said so"))
        await seat.shows("1 now, 2 today")
        seat.press("a")
        await seat.shows("✓")
        seat.press("o")
        await seat.until(lambda: seat.bench.desk.role == "planner")
        seat.hive.answers |= {"agent/add": {"role": "shell"}}
        seat.press("c", "e")
        await seat.until(lambda: any(method == "agent/send" for method, _ in seat.hive.asked))
        (typed,) = [asked["text"] for method, asked in seat.hive.asked if method == "agent/send"]
        assert typed.endswith("+40 /trees/backend/services/api/schema.py")


async def test_a_collision_shows_at_once_and_its_agents_are_marked_and_led_to(sit):
    async with sit(workspace(), (200, 50)) as seat:
        seat.hive.answers["collision/look"] = LOOKED
        seat.press("c")
        await seat.shows("No agents meet in any file")
        seat.press("c", "R")
        seat.hive.happen(CollisionSeen(W, SCHEMA))
        await seat.shows("⇄ 1 collision")
        await seat.until(lambda: sum("⇄" in line for line in seat.text().splitlines()) == 5)
        seat.press("c", "enter")
        await seat.until(lambda: seat.bench.desk.role == "backend")


async def test_the_owner_of_one_path_is_not_taken_for_that_of_another_and_scrolling_ends_with_the_lines(sit):
    async with sit(meeting()) as seat:
        seat.hive.answers["collision/look"] = LOOKED
        seat.press("c")
        await seat.shows("owned by planner", "41 + expires: datetime")
        seat.press(*["pagedown"] * 20)
        await seat.until(lambda: "expires: datetime" not in seat.text())
        seat.press("pageup")
        await seat.shows("41 + expires: datetime")
        looked = seat.hive.answers["collision/look"] = asyncio.get_running_loop().create_future()
        seat.press("j", "o")
        await seat.shows("Whose that path is has not been looked up.")
        assert seat.bench.desk.role == "frontend"
        looked.set_result(LOOKED)
