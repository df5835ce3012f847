"""What agents ask, in words: in one line, and in full with the answers. Pure; no Textual."""

import re
import textwrap
from collections.abc import Iterator, Mapping

from rich.cells import cell_len

from hiveui.model.agent import Agent
from hiveui.model.attention import Need
from hiveui.model.collisions import WORDS
from hiveui.model.signs import AgentState, Choice, Dialog
from hiveui.model.text import visible
from hiveui.tui.chrome import shortened
from hiveui.tui.reply import Reply
from hiveui.tui.widgets.line import Words

LONGEST = 6
"""Lines of a question that are shown."""
SHORT = 8
"""Cells of an answer in one word."""
_WORD = re.compile(r"[\w'-]+")


def asks(agent: Agent) -> str:
    """Say in one line what an agent wants; safe."""
    reading = agent.reading
    return visible((reading.dialog.question if reading.dialog else "") or reading.evidence)


def matter(need: Need) -> str:
    """Say in one line what an agent has for the person; safe."""
    if need.meets is not None:
        others = {visible(side.role) for side in need.meets.named} - {visible(need.agent.role)}
        return f"{visible(need.meets.path)}: {WORDS[need.meets.sort]}, with {' and '.join(sorted(others))}"
    if need.outside:
        last = need.outside[-1]
        owned = f", owned by {' and '.join(map(visible, last.owners))}" if last.owners else ", not its own"
        more = len(need.outside) - 1
        return f"{visible(last.path)}{owned}" + (f", and {more} more" if more else "")
    return visible(f"{need.held} Q, then b lets it go on.") if need.held else asks(need.agent)


def short(choice: Choice) -> str:
    """Say an answer in one word; safe."""
    found = _WORD.search(choice.label)
    word = "always" if choice.lasting else found[0].lower() if found else "…"
    return shortened(visible(word), SHORT)


def answers(dialog: Dialog | None) -> str:
    """Name the answers in a few words: `1 yes  2 always  3 no`; safe."""
    return "  ".join(f"{i} {short(choice)}" for i, choice in enumerate(dialog.choices, 1)) if dialog else ""


def question(agent: Agent, columns: int) -> list[Words]:
    """Write what an agent asks, in full, over a few lines."""
    asked = asks(agent)
    wide = cell_len(asked) > len(asked)  # some of its characters take two cells
    lines = textwrap.wrap(asked, max(20, columns // 2 if wide else columns)) or ["It does not say what it wants."]
    if len(lines) > LONGEST:
        lines[LONGEST - 1 :] = [shortened(" ".join(lines[LONGEST - 1 :]), columns)]
    return [((line, "plain"),) for line in lines]


_WITHOUT_ANSWERS: Mapping[AgentState, str] = {
    AgentState.STUCK: "Mark it as read to let it go on; ",
    AgentState.FAILED: "There, E shows what its check printed; ",
}
"""What the person can do for who asks nothing."""


def details(reply: Reply, enter: str, columns: int) -> Iterator[Words]:
    """Write the answers that an agent offers, and what the key `enter` does next."""
    dialog, need = reply.dialog, reply.need
    if not reply.may:
        yield from _told(dialog, enter, columns)
        return
    if need is not None and not need.asks:
        rest = "shows both changes; t there tells both" if need.meets else "shows what it wrote; u takes it as seen"
        yield ((enter, "key"), (f" {rest}.", "quiet"))
        return
    if dialog is None:
        state = reply.need.agent.reading.state if reply.need is not None else AgentState.UNSURE
        said = _WITHOUT_ANSWERS.get(state, "Its answers cannot be read from here: ")
        yield ((said, "quiet"), (enter, "key"), (" goes to its pane.", "quiet"))
        return
    for i, choice in enumerate(dialog.choices, 1):
        picked = i == reply.picked
        name, tail = _answer(choice, columns)
        tone = "lit" if picked else "plain" if choice.keys else "quiet"
        yield ((f"{'▸' if picked else ' '} {i}  ", tone if picked else "key"), (name, tone), (tail, "warning"))
    if reply.choice is None:
        yield ((f"a number, then {enter}, answers", "quiet"),)
    elif reply.sure:
        yield ((f"This holds for times to come, not only for now: {enter} once more gives it.", "attention"),)
    else:
        yield ((enter, "key"), (" gives this answer", "quiet"))


def _answer(choice: Choice, columns: int) -> tuple[str, str]:
    """Write one answer, and what is particular about it."""
    tail = "  for times to come too" if choice.lasting else ""
    return shortened(visible(choice.label), max(10, columns - 5 - cell_len(tail))), tail


def _told(dialog: Dialog | None, enter: str, columns: int) -> Iterator[Words]:
    """Write the answers that an agent offers for who may give none, and what the key `enter` does."""
    for choice in dialog.choices if dialog is not None else ():
        name, tail = _answer(choice, columns)
        yield (("  ·  ", "quiet"), (name, "quiet"), (tail, "quiet"))
    rest = " goes to its pane; to answer is for approvers." if dialog is not None else " goes to its pane."
    yield ((enter, "key"), (rest, "quiet"))
