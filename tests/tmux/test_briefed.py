"""Briefs that a program does not take at its start, on a real tmux: prompted once, before all that waits."""

import pytest
from tmux.nest import Nest, at
from tmux.test_checks import Told
from waiting import soon

KIND = 'version = 1\ntitle = "Plain"\nargv = ["cat"]\nreports = true\n'


@pytest.fixture
async def nest(short):
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "plain.toml").write_text(KIND)
    (made.paths.kinds / "mute.toml").write_text(KIND.replace("reports = true\n", ""))
    async with made:
        yield made


class First(Told):
    """Keeps the places of what is told, too."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[int | None] = []

    async def queue(self, *, workspace: str, role: str, text: str, place: int | None = None) -> None:
        self.places.append(place)
        await super().queue(workspace=workspace, role=role, text=text)


async def test_a_program_that_takes_no_brief_is_prompted_with_it_and_again_where_it_begins_anew(nest: Nest):
    async with nest.hive() as hive:
        told = hive.briefs._prompts = First()
        spec = {"kind": "plain", "brief": "Do it.", "constraints": ["Only here."]}
        await nest.open(hive, {"coder": spec, "bare": {"kind": "plain"}})
        await soon(lambda: told.said, what="its brief")
        text = "Do it.\n\nConstraints:\n- Only here."
        assert (told.said, told.places) == ([("coder", text)], [0])
        given = (await hive.why(**at(hive, "coder"), brief=True))["brief"]
        assert (given["text"], "first prompt" in given["way"]) == (text, True)
        assert (await hive.why(**at(hive, "bare"), brief=True))["brief"] == {"text": "", "way": ""}
        await hive.restart(**at(hive, "coder"))
        await soon(lambda: len(told.said) == 2, what="its brief again")


async def test_a_brief_waits_where_nothing_tells_when_its_program_can_be_typed_to(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"deaf": {"kind": "mute", "brief": "Do it."}})
        (brief,) = await soon(lambda: hive.prompts.list(**at(hive, "deaf"))["prompts"], what="its brief")
        assert (brief["preview"], brief["step"]) == ("Do it.", "waiting")
        assert brief["why"]
