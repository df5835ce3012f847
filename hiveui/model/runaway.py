"""Whether an agent runs on for nothing: what is observed of its turn, folded; and the reason, where there is one.

Pure; times are seconds of a monotonic clock. A turn is stuck while one of four things holds, and not any more once
something else happens:

- the same call of a tool, or the same two or three in turn, over and over;
- the same error, of one call or of one after the other;
- many tokens written, and no call that is new;
- no output and no event for a long time.

A command that runs for long and prints is none of them. Nor is an agent that waits for the person, or that rests.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

CALLS = 8
"""Times that a call, or a round of calls, is made before that counts as going round in circles."""
ERRORS = 8
"""Times that an error is met before it counts as one that the agent cannot get past."""
MINUTES = 20
"""Minutes without any output before a turn counts as stuck: long builds say something now and then."""
TOKENS = 200_000
"""Tokens written without a new call. One answer is 64,000 at most, and most are under 4,000."""
PERIODS = (1, 2, 3)
"""Calls of one round."""
KEPT = 300
"""Calls that are remembered, and errors."""
TEXT = 200
"""Characters of a call or an error that are kept to be shown."""
REMARKS = frozenset({"description"})
"""Fields of a tool's input that are a model's own words on it, and change while it does the same."""

_NUMBER = re.compile(r"\d+")
_TIMER = re.compile(r"(?:\d+(?:\.\d+)?\s?(?:ms|s|m|min|h|k)\b\s*)+|\b\d+:\d\d(?::\d\d)?\b")
_SPINNER = re.compile("[\u2800-\u28ff\u2700-\u27bf\u25a0-\u25ff\u2b1b-\u2b1d·*]")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is too much; 0 is never."""

    calls: int = CALLS
    errors: int = ERRORS
    minutes: int = MINUTES
    tokens: int = TOKENS


class Cause(StrEnum):
    """Why a turn counts as stuck."""

    CALLS = "calls"
    ERRORS = "errors"
    TOKENS = "tokens"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Stuck:
    """One reason. Two are the same where cause and subject are."""

    cause: Cause
    subject: str
    why: str
    """In one sentence; hostile until shown through the sanitiser."""


@dataclass(frozen=True, slots=True)
class Prompted:
    """A prompt was taken: what comes is another turn."""


@dataclass(frozen=True, slots=True)
class Ran:
    """It works: a turn began, or goes on after it was held up."""


@dataclass(frozen=True, slots=True)
class Held:
    """Its turn waits for the person, a limit or another try, or nobody knows what it does."""


@dataclass(frozen=True, slots=True)
class Rested:
    """Its turn is over."""


@dataclass(frozen=True, slots=True)
class Called:
    """It uses a tool."""

    digest: str
    """Of the tool and what it is given (`digest`)."""
    said: str
    """What a person calls it: `Bash: make test`."""
    thread: str = ""
    """The sub-agent that does; '' for the main thread."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A tool's use is over."""

    digest: str
    said: str
    error: str = ""
    """What went wrong; '' where it went well, or that is not told."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """So many tokens were written by its models so far, ever."""

    tokens: int


@dataclass(frozen=True, slots=True)
class Showed:
    """What stands on its screen (`look`)."""

    digest: str


@dataclass(frozen=True, slots=True)
class Stirred:
    """It told of something else."""


Observation = Prompted | Ran | Held | Rested | Called | Returned | Wrote | Showed | Stirred


@dataclass(frozen=True, slots=True)
class Failure:
    """An error, and how often it was met."""

    error: str = ""
    """Without its figures."""
    shown: str = ""
    times: int = 0

    def met(self, error: str) -> "Failure":
        """Count an error: another one is the first of its own."""
        plain = _NUMBER.sub("0", error)[:TEXT]
        return Failure(plain, error[:TEXT], self.times + 1 if plain == self.error else 1)


@dataclass(frozen=True, slots=True)
class Runaway:
    """What was observed of one agent's turn, while one program of its runs."""

    runs: bool = False
    held: bool = False
    since: float = 0.0
    """When there was last a sign of life, or its turn went on."""
    told: bool = False
    """Its program has told of a call at some time: it would tell of others."""
    calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By thread: what was called, the newest last."""
    said: Mapping[str, str] = field(default_factory=dict)
    """By call: what a person calls it."""
    using: str = ""
    """The call that runs, as a person calls it."""
    row: Failure = Failure()
    """The error met one call after the other, none between that went well."""
    failed: Mapping[str, Failure] = field(default_factory=dict)
    """By call: the error it met each time."""
    written: int | None = None
    """Tokens; None where nothing tells."""
    fresh: int | None = None
    """Those that were written when it last did something new."""
    screen: str = ""
    dismissed: frozenset[tuple[Cause, str]] = frozenset()
    """Reasons that the person does not want to hear of again in this turn."""

    def see(self, seen: Observation, now: float) -> "Runaway":
        """Take one observation in."""
        match seen:
            case Prompted():
                return self._begun(now)
            case Ran():
                if self.runs:
                    return self
                return replace(self, runs=True, held=False, since=now) if self.held else self._begun(now)
            case Held():
                return replace(self, runs=False, held=self.runs or self.held)
            case Rested():
                return replace(self, runs=False, held=False, using="")
            case Called():
                return self._called(seen, now)
            case Returned():
                return self._returned(seen, now)
            case Wrote():
                grown = self.written is not None and seen.tokens > self.written
                fresh = seen.tokens if self.fresh is None else min(self.fresh, seen.tokens)
                return replace(self, written=seen.tokens, fresh=fresh, since=now if grown else self.since)
            case Stirred():
                return replace(self, since=now)
            case Showed():
                return self if seen.digest == self.screen else replace(self, screen=seen.digest, since=now)

    def dismiss(self, stuck: Stuck) -> "Runaway":
        """Take note that the person knows of a reason."""
        return replace(self, dismissed=self.dismissed | {(stuck.cause, stuck.subject)})

    def stuck(self, now: float, bounds: Bounds) -> Stuck | None:
        """Give the reason why the turn counts as stuck; None where it does not."""
        if not self.runs:
            return None
        reasons = (reason for look in _LOOKS for reason in look(self, now, bounds))
        return next((one for one in reasons if (one.cause, one.subject) not in self.dismissed), None)

    def _begun(self, now: float) -> "Runaway":
        return Runaway(
            runs=True, since=now, told=self.told, written=self.written, fresh=self.written, screen=self.screen
        )

    def _called(self, call: Called, now: float) -> "Runaway":
        before = self.calls.get(call.thread, ())
        new = call.digest not in before
        return replace(
            self,
            since=now,
            told=True,
            calls={**self.calls, call.thread: (*before, call.digest)[-KEPT:]},
            said=_last({**self.said, call.digest: call.said[:TEXT]}),
            using=call.said[:TEXT],
            fresh=self.written if new else self.fresh,
        )

    def _returned(self, use: Returned, now: float) -> "Runaway":
        known = replace(self, since=now, using="")
        failed = {call: failure for call, failure in self.failed.items() if call != use.digest}
        if not use.error:
            return replace(known, row=Failure(), failed=failed)
        failure = self.failed.get(use.digest, Failure()).met(use.error)
        said = _last({**self.said, use.digest: use.said[:TEXT]})
        return replace(known, row=self.row.met(use.error), failed=_last({**failed, use.digest: failure}), said=said)


def _last(found: dict[str, Any]) -> dict[str, Any]:
    """Keep the newest entries."""
    while len(found) > KEPT:
        del found[next(iter(found))]
    return found


def _circles(runaway: Runaway, _: float, bounds: Bounds) -> Iterator[Stuck]:
    for calls in runaway.calls.values() if bounds.calls else ():
        for period in PERIODS:
            times = rounds(calls, period)
            if times >= bounds.calls:
                unit = calls[-period:]
                what = ", ".join(runaway.said.get(call, "") for call in sorted(set(unit)))
                made = "the same call" if period == 1 else f"the same {period} calls in turn,"
                yield Stuck(Cause.CALLS, " ".join(sorted(set(unit))), f"{made} {times} times: {what}")
                break


def _errors(runaway: Runaway, _: float, bounds: Bounds) -> Iterator[Stuck]:
    if not bounds.errors:
        return
    for call, failure in runaway.failed.items():
        if failure.times >= bounds.errors:
            why = f"the same error {failure.times} times of {runaway.said.get(call, 'one call')}: {failure.shown}"
            yield Stuck(Cause.ERRORS, failure.error, why)
    if runaway.row.times >= bounds.errors:
        why = f"the same error {runaway.row.times} times, one call after the other: {runaway.row.shown}"
        yield Stuck(Cause.ERRORS, runaway.row.error, why)


def _tokens(runaway: Runaway, _: float, bounds: Bounds) -> Iterator[Stuck]:
    if not bounds.tokens or not runaway.told or runaway.written is None or runaway.fresh is None:
        return
    written = runaway.written - runaway.fresh
    if written >= bounds.tokens:
        yield Stuck(Cause.TOKENS, "", f"{written:,} tokens written since it last did something new")


def _silence(runaway: Runaway, now: float, bounds: Bounds) -> Iterator[Stuck]:
    minutes = int((now - runaway.since) // 60)
    if bounds.minutes and minutes >= bounds.minutes:
        what = f" while it uses {runaway.using}" if runaway.using else ""
        yield Stuck(Cause.SILENCE, "", f"no output for {minutes} min{what}")


_LOOKS = (_circles, _errors, _tokens, _silence)


def rounds(calls: Sequence[str], period: int) -> int:
    """Count how often the last `period` calls stand at the end, one round after the other."""
    unit, count = calls[-period:], 0
    while len(calls) >= (count + 1) * period and calls[len(calls) - (count + 1) * period :][:period] == unit:
        count += 1
    return count


def digest(tool: str, given: Mapping[str, Any]) -> str:
    """Tell one call from any other, whatever the order of what it is given; a remark on it makes no other of it."""
    meant = {key: value for key, value in given.items() if key not in REMARKS}
    whole = json.dumps([tool, meant], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]


def look(rows: Iterable[str]) -> str:
    """Tell one screen from another, whatever its timers and spinners show."""
    plain = "\n".join(_SPINNER.sub("", _TIMER.sub("", row)).rstrip() for row in rows)
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:16]
