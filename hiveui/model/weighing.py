"""Weighs the signs of one agent against each other. Pure; times are seconds of a monotonic clock.

A source is believed before those that stand after it (`signs.Source`): a guess from the screen overwrites no hook, and
text on a screen outranks no protocol. Three things a protocol cannot tell, and the screen may:

- what the person did. No hook tells of Escape, so a word from before the person's last key yields to a screen that
  was read after it, as soon as that has stood for a moment;
- the finer state: that working is waiting for a limit or for another try, and which answers a dialog offers;
- that it is out of date: where the screen has said otherwise for long, neither is believed.

The guard is believed where all the others come to "it works", and nowhere else: it outranks no dialog and no end of a
turn. A check is believed where they come to rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hiveui.model.signs import AgentState, Confidence, Reading, Sign, Source

SETTLED = 0.3
"""Seconds for which a screen has to stand before a change that only it tells of is believed."""
PRESENT = 2.0
"""Seconds after a key in which the person is there and sees a turn end."""
UNKNOWN = 0.7
"""Seconds for which a screen is unknown before it is no longer taken for what it was: programs redraw in steps."""
AFTER_KEY = 0.5
"""Seconds after the person's key from which a screen is read as the answer to it."""
STALE = 10.0
"""Seconds of a screen that says otherwise after which a protocol's word is not believed any more."""
BEGUN = 30.0
"""Seconds for which a program that nothing is heard of counts as starting."""
PROTOCOLS = frozenset({Source.PROGRAM, Source.REPORT, Source.HOOK})
"""Sources by which a program speaks for itself."""
RESTING = frozenset({AgentState.DONE, AgentState.IDLE, AgentState.FAILED})
STILL = RESTING | {AgentState.ERROR, AgentState.EXITED, AgentState.STARTING}
"""States in which no turn runs."""
ASKING = frozenset({AgentState.APPROVAL, AgentState.QUESTION})
BUSY = frozenset({AgentState.WORKING, AgentState.RETRYING, AgentState.RATE_LIMITED, AgentState.STARTING})
WORKS = BUSY - {AgentState.STARTING}
"""States after which rest means that a turn has ended."""
_JUDGED: Mapping[Source, frozenset[AgentState]] = {
    Source.GUARD: frozenset({AgentState.WORKING}),
    Source.CHECK: RESTING,
}
"""What all other sources have to come to before one is believed that judges what an agent does."""
_BENEATH: Mapping[AgentState, AgentState] = {AgentState.STUCK: AgentState.WORKING, AgentState.FAILED: AgentState.DONE}
"""What the others had come to, where the person was told a judgement."""

_FINER: Mapping[AgentState, frozenset[AgentState]] = {
    AgentState.WORKING: frozenset({AgentState.RETRYING, AgentState.RATE_LIMITED}),
    AgentState.ERROR: frozenset({AgentState.RATE_LIMITED}),
    AgentState.APPROVAL: ASKING,
    AgentState.QUESTION: ASKING,
}
"""What the screen may say for what a source before it says in general."""
_BESIDE_TITLE = ASKING | {AgentState.ERROR, AgentState.RATE_LIMITED, AgentState.RETRYING}
"""What the screen may say of a program whose title says otherwise: titles tell little more than that it is busy."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A sign with its time."""

    sign: Sign
    since: float
    """When its source first said so without a break."""
    last: float
    """When it said so last."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one agent while one program of its runs."""

    begun: float
    """When its program was first seen."""
    heard: Mapping[Source, Heard] = field(default_factory=dict)
    typed: float = float("-inf")
    """When somebody last typed into its pane."""
    blank: float | None = None
    """Since when its screen is one that no rule knows; None where it is known, or was never read."""
    turned: bool = False
    """It has worked since the person last looked."""
    shown: AgentState = AgentState.STARTING
    """What the person was told last."""

    @classmethod
    def left(cls, reading: Reading, now: float) -> "Known":
        """Give what the last reading tells where all else is forgotten. The screen may say otherwise at once."""
        sign = Sign(reading.source, reading.state, reading.evidence, reading.dialog, reading.resets)
        heard = {sign.source: Heard(sign, now, now)} if sign.source in PROTOCOLS else {}
        turned = reading.state in WORKS | {AgentState.DONE, AgentState.STUCK, AgentState.FAILED}
        return cls(now, heard, typed=now + PRESENT if heard else float("-inf"), turned=turned, shown=reading.state)

    def hear(self, sign: Sign, now: float) -> "Known":
        """Take a sign of a source in place of the one before."""
        old = self.heard.get(sign.source)
        same = old is not None and (old.sign.state, old.sign.dialog) == (sign.state, sign.dialog)
        kept = Heard(sign, old.since if old is not None and same else now, now)
        blank = None if sign.source is Source.SCREEN else self.blank
        return replace(self, heard={**self.heard, sign.source: kept}, blank=blank)

    def withdraw(self, source: Source) -> "Known":
        """Forget what a source said: it has taken it back."""
        return replace(self, heard={known: sign for known, sign in self.heard.items() if known is not source})

    def unknown(self, now: float) -> "Known":
        """Remember that no rule knows its screen."""
        return self if self.blank is not None else replace(self, blank=now)

    def show(self, state: AgentState) -> "Known":
        """Remember what the person was told."""
        return replace(self, shown=state, turned=self.turned or state in WORKS)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the signs come to at one time."""

    reading: Reading | None
    """None where it is too early to say: what the person was told last stands."""
    again: float | None = None
    """When they may come to something else although nothing more is heard; None for never."""


def weigh(known: Known, now: float) -> Weighed:
    """Give the reading that an agent's signs come to."""
    judges = [known.heard[source] for source in _JUDGED if source in known.heard]
    others = replace(known, heard={source: one for source, one in known.heard.items() if source not in _JUDGED})
    weighed = _weighed(replace(others, shown=_BENEATH.get(known.shown, known.shown)), now)
    for judge in judges:
        if weighed.reading is not None and _judges(judge, weighed.reading, known):
            return Weighed(_reading(judge), weighed.again)
    return weighed


def _judges(judge: Heard, reading: Reading, known: Known) -> bool:
    """Tell whether a judgement is of what the others come to: a check judges no turn that ended after it."""
    if reading.state not in _JUDGED[judge.sign.source]:
        return False
    later = reading.source in PROTOCOLS and known.heard[reading.source].last > judge.last
    return judge.sign.source is not Source.CHECK or not later


def _weighed(known: Known, now: float) -> Weighed:
    """Give the reading that the signs of all but the judges come to."""
    first = _first(known)
    if first is None:
        return _unheard(known, now)
    weighed = _against_screen(known, first, now)
    reading = weighed.reading
    if reading is None or reading.source in PROTOCOLS or reading.state is known.shown:
        return weighed
    settled = known.heard[reading.source].since + SETTLED
    return Weighed(None, settled) if now < settled else weighed


def _first(known: Known) -> Heard | None:
    """Give what is believed before all else: of protocols that say the same the one that tells what it is about."""
    first = next((known.heard[source] for source in Source if source in known.heard), None)
    hook = known.heard.get(Source.HOOK)
    if first is None or hook is None or hook.sign.state is not first.sign.state:
        return first
    return Heard(hook.sign, min(first.since, hook.since), max(first.last, hook.last))


def _unheard(known: Known, now: float) -> Weighed:
    """Give the reading of an agent that nothing is heard of: it starts, and then nobody knows."""
    if known.shown is AgentState.STARTING and now < known.begun + BEGUN:
        return Weighed(None, known.begun + BEGUN)
    return Weighed(_unsure(known))


def _unsure(known: Known) -> Reading:
    why = "nothing is known of it yet" if known.blank is None else "no rule knows what stands on its screen"
    return Reading(AgentState.UNSURE, Source.SCREEN, Confidence.CERTAIN, why)


def _against_screen(known: Known, first: Heard, now: float) -> Weighed:
    """Weigh the source that is believed first against what the screen says."""
    screen = known.heard.get(Source.SCREEN)
    if screen is first:
        if known.blank is None:
            return Weighed(_rested(known, first))
        over = now >= known.blank + UNKNOWN
        return Weighed(_unsure(known)) if over else Weighed(_rested(known, first), known.blank + UNKNOWN)
    if screen is None or known.blank is not None or screen.last < first.since:
        return Weighed(_rested(known, first))
    if screen.sign.state in _allowed(first.sign):
        return Weighed(_finer(first, screen))
    if _agree(first.sign.state, screen.sign.state):
        return Weighed(_rested(known, first))
    return _contradicted(known, first, screen, now)


def _allowed(sign: Sign) -> frozenset[AgentState]:
    """Give the states that the screen may say in a sign's place."""
    return _FINER.get(sign.state, frozenset()) if sign.source in PROTOCOLS else _BESIDE_TITLE


def _contradicted(known: Known, first: Heard, screen: Heard, now: float) -> Weighed:
    """Weigh a word against a screen that says otherwise."""
    if first.last < known.typed:
        settled = max(screen.since + SETTLED, known.typed + AFTER_KEY)
        if screen.last < settled:
            return Weighed(_rested(known, first), max(settled, now + SETTLED))
        return Weighed(_rested(known, screen))
    since = max(first.last, screen.since)
    if now < since + STALE or first.sign.holds:
        return Weighed(_rested(known, first), None if first.sign.holds else since + STALE)
    why = f"its {first.sign.source} says {first.sign.state}, but its screen {screen.sign.state}: {screen.sign.evidence}"
    return Weighed(Reading(AgentState.UNSURE, first.sign.source, Confidence.GUESS, why))


def _agree(one: AgentState, other: AgentState) -> bool:
    return one is other or any({one, other} <= alike for alike in (RESTING, ASKING, BUSY))


def _finer(first: Heard, screen: Heard) -> Reading:
    """Give what the screen says in more detail, on the authority of a protocol where one speaks."""
    protocol = first.sign.source in PROTOCOLS
    said = _reading(first if protocol else screen)
    exact = first.sign if protocol and first.sign.state in ASKING else screen.sign
    dialog, resets = screen.sign.dialog or first.sign.dialog, screen.sign.resets or first.sign.resets
    return replace(said, state=exact.state, evidence=exact.evidence, dialog=dialog, resets=resets)


def _rested(known: Known, heard: Heard) -> Reading:
    """Give a reading in which done means that a turn ended which the person has not looked at."""
    reading = _reading(heard)
    if reading.state is AgentState.DONE and not known.turned:
        return replace(reading, state=AgentState.IDLE)
    told = heard.sign.source in PROTOCOLS or heard.since < known.typed + PRESENT
    if reading.state is AgentState.IDLE and known.turned and not told:
        return replace(reading, state=AgentState.DONE)
    return reading


def _reading(heard: Heard) -> Reading:
    sign = heard.sign
    certain = sign.source in PROTOCOLS | {Source.PROCESS, Source.CHECK}
    confidence = Confidence.CERTAIN if certain else Confidence.LIKELY
    return Reading(sign.state, sign.source, confidence, sign.evidence, "", sign.dialog, sign.resets)
