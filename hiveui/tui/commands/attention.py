"""Commands about those that need the person."""

from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import DIGITS, Command, Place


def _pick(at: At, chord: str) -> None:
    at.attention.pick(DIGITS.index(chord[-1]) + 1)


ATTENTION = (
    Command(
        "attention.next",
        Place.SUPERVISE,
        ("n",),
        "Go to the next that needs you",
        lambda at, _: at.rounds.next(1),
        "next ▲",
    ),
    Command(
        "attention.previous", Place.SUPERVISE, ("N",), "Go to the one before that", lambda at, _: at.rounds.next(-1)
    ),
    Command(
        "attention.answer",
        Place.SUPERVISE,
        ("a",),
        "Answer the agent, or the most urgent one",
        lambda at, _: at.attention.answer(),
        "answer",
    ),
    Command("attention.queue", Place.SUPERVISE, ("A",), "List who needs you", lambda at, _: at.attention.open()),
    Command("attention.read", Place.SUPERVISE, ("u",), "Mark it read", lambda at, _: at.attention.read()),
    Command(
        "attention.snooze",
        Place.SUPERVISE,
        ("Z",),
        "Snooze it for 10 minutes; again: an hour; again: not",
        lambda at, _: at.attention.hush(),
    ),
)
QUEUE = (
    Command("queue.down", Place.QUEUE, ("j", "down"), "To the next agent", lambda at, _: at.attention.move(1)),
    Command("queue.up", Place.QUEUE, ("k", "up"), "To the agent before", lambda at, _: at.attention.move(-1)),
    Command("queue.pick", Place.QUEUE, DIGITS[:9], "Choose that answer; enter gives it", _pick, "answer", "1-9"),
    Command(
        "queue.enter",
        Place.QUEUE,
        ("enter",),
        "Give the answer; where none is chosen, go to the agent",
        lambda at, _: at.attention.enter(),
        "go there",
    ),
    Command("queue.text", Place.QUEUE, ("t",), "Add a text to the answer", lambda at, _: at.attention.write(), "text"),
    Command(
        "queue.snooze",
        Place.QUEUE,
        ("Z", "z"),
        "Snooze it for 10 minutes; again: an hour; again: not",
        lambda at, _: at.attention.hush(),
        "snooze",
    ),
    Command(
        "queue.mute",
        Place.QUEUE,
        ("m",),
        "Mute the agent, or hear of it again",
        lambda at, _: at.attention.mute(),
        "mute",
    ),
    Command("queue.read", Place.QUEUE, ("u",), "Mark it read", lambda at, _: at.attention.read(), "read"),
    Command("queue.close", Place.QUEUE, ("escape", "q", "A"), "Back", lambda at, _: at.close(), "back"),
    Command("answer.pick", Place.ANSWER, DIGITS[:9], "Choose that answer; enter gives it", _pick, "answer", "1-9"),
    Command("answer.enter", Place.ANSWER, ("enter",), "Give the answer", lambda at, _: at.attention.enter(), "give it"),
    Command(
        "answer.text", Place.ANSWER, ("t",), "Add a text to the answer", lambda at, _: at.attention.write(), "text"
    ),
    Command("answer.close", Place.ANSWER, ("escape", "q", "a"), "Back", lambda at, _: at.close(), "back"),
    Command(
        "remark.send",
        Place.REMARK,
        ("enter",),
        "Give the answer with this text",
        lambda at, _: at.attention.send(),
        "send",
    ),
    Command("remark.close", Place.REMARK, ("escape",), "Back", lambda at, _: at.attention.leave_text(), "back"),
)
WRONG = (
    Command("wrong.down", Place.WRONG, ("j", "down"), "Down", lambda at, _: at.misreading.move(1)),
    Command("wrong.up", Place.WRONG, ("k", "up"), "Up", lambda at, _: at.misreading.move(-1), "up, down", "k j"),
    Command(
        "wrong.keep",
        Place.WRONG,
        ("enter",),
        "Keep the screen and this state, to mend the rules by",
        lambda at, _: at.misreading.keep(),
        "keep the screen",
    ),
    Command("wrong.close", Place.WRONG, ("escape", "q"), "Back", lambda at, _: at.close(), "back"),
)
