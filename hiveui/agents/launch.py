"""How one agent of a layout is started."""

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hiveui.agents.catalog import PLACEHOLDERS, Inline, Kind
from hiveui.agents.hooks.injection import Hooks
from hiveui.model.box import Boxed
from hiveui.model.briefs import compose
from hiveui.model.hosts import LOCAL
from hiveui.model.layout import AgentSpec
from hiveui.model.names import quoted
from hiveui.model.text import visible
from hiveui.model.worktree import FORMS, Worktree

_PLACEHOLDER = re.compile("|".join(map(re.escape, sorted(PLACEHOLDERS))))

CONVERSATION = "\0"
"""Stands for the conversation's id in the words of a launch: nothing that a person writes there can hold it."""

NOT_ENFORCED: tuple[tuple[Callable[[AgentSpec], bool], str], ...] = (
    (
        lambda spec: spec.owns is None and bool(spec.mode or spec.tell),
        "`mode` and `tell` say nothing without `owns`: it may change any file.",
    ),
    (lambda spec: bool(spec.sandbox) and spec.host != LOCAL, "`sandbox` is for agents here: on its host it has none."),
    (
        lambda spec: spec.checkout not in FORMS and bool(spec.setup or spec.copy or spec.link),
        "`setup`, `copy` and `link` are for worktrees and clones: nothing is done in a checkout that is there already.",
    ),
)
"""What a layout may already say, and what happens meanwhile."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is run for an agent. Plain values only: it is kept as JSON and read back."""

    argv: tuple[str, ...]
    """What begins anew, with CONVERSATION where the program takes an id."""
    env: Mapping[str, str]
    """The kind's variables."""
    role_env: Mapping[str, str]
    """The layout's variables."""
    cwd: str
    newline: str
    history: int
    notes: tuple[str, ...] = ()
    """Sentences on what the layout asks for and does not get."""
    install: str = ""
    """What to tell the person when the program is not there."""
    person: bool = False
    reports: bool = False
    quiet_when_hidden: bool = False
    resume: tuple[str, ...] = ()
    """What goes on with a conversation, with CONVERSATION for its id; empty where the program cannot."""
    transcripts: tuple[str, ...] = ()
    """Where conversations are kept (Kind)."""
    hooks: Hooks | None = None
    """How its program is given our hooks; None where it has none, or another program is run."""
    shell: str = ""
    """What a prompt begins with that the program runs in a shell (Kind)."""
    brief: str = ""
    """What it is given to read: all that its layout says of its task (`model.briefs`)."""
    briefed: str = ""
    """By which way, in words; '' where there is nothing to read."""
    first_prompt: bool = False
    """It is typed as the first prompt of each new conversation."""
    worktree: Worktree | None = None
    """What is to be there before it begins; None where it works in a folder that is."""
    there: Worktree | None = None
    """The same on another host: paths there, which are below the home where they are relative."""
    sandbox: Boxed | None = None
    """What it is run in; None for nothing."""

    @property
    def shown(self) -> tuple[str, ...]:
        """What begins anew, as a person reads it."""
        return tuple(word.replace(CONVERSATION, "{conversation}") for word in self.argv)


class Start(NamedTuple):
    """One start of a program."""

    argv: tuple[str, ...]
    conversation: str
    """The id that it begins or goes on with; '' where the program makes its own, or has none."""
    resumes: bool


def launch(kind: Kind, spec: AgentSpec, folder: Path, *, worktree: Worktree | None = None) -> Launch:
    """Work out how `spec` is started in a workspace's `folder`, or in its `worktree`.

    A `command` of the layout is run exactly as it is written.
    """
    inline = kind.inline if kind.inline and spec.inline else Inline(history=kind.history)
    brief, briefed = compose(spec), _briefed(kind, spec)
    values = {
        "{python}": sys.executable,
        "{brief}": brief,
        "{brief_json}": json.dumps(brief, ensure_ascii=False),
        "{model}": spec.model,
        "{conversation}": CONVERSATION,
    }

    def filled(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.sub(lambda found: values[found.group()], word) for word in words)

    boxed = Boxed(spec.sandbox, spec.box, kind.sandbox) if spec.sandbox and spec.host == LOCAL else None
    words = spec.command or filled(_words(kind, spec, inline, resuming=False))
    resumes = kind.resume and not spec.command
    checkout = "." if spec.checkout in {"shared", *FORMS} else spec.checkout
    return Launch(
        argv=words,
        env={**kind.env, **inline.env},
        role_env=dict(spec.env),
        cwd=worktree.place(spec.dir) if worktree else os.path.normpath(folder / checkout / spec.dir),
        newline=kind.newline,
        history=spec.history or inline.history,
        notes=_notes(kind, spec),
        install=kind.install if words[0] == kind.argv[0] and kind.install else _absent(words[0]),
        person=kind.person and boxed is None,
        reports=kind.reports,
        quiet_when_hidden=kind.quiet_when_hidden,
        resume=filled(_words(kind, spec, inline, resuming=True)) if resumes else (),
        transcripts=kind.transcripts if resumes else (),
        hooks=kind.hooks if _is_own(words[0], *filled(kind.argv[:1])) else None,
        shell=kind.shell,
        worktree=worktree,
        sandbox=boxed,
        brief=brief,
        briefed=briefed,
        first_prompt=briefed == FIRST_PROMPT,
    )


def _is_own(program: str, kinds: str) -> bool:
    """Tell whether a program is the kind's own, wherever it stands."""
    return os.path.basename(program) == os.path.basename(kinds)  # noqa: PTH119  words are text


def begin(way: Launch, conversation: str, fresh: str) -> Start:
    """Go on with `conversation` where there is one and the program can; else begin one, with the id `fresh`."""
    if conversation and way.resume:
        return Start(_with_id(way.resume, conversation), conversation, resumes=True)
    takes_id = any(CONVERSATION in word for word in way.argv)
    return Start(_with_id(way.argv, fresh), fresh if takes_id else "", resumes=False)


def _with_id(words: Iterable[str], conversation: str) -> tuple[str, ...]:
    return tuple(word.replace(CONVERSATION, conversation) for word in words)


def missing(way: Launch, which: Callable[[str], str | None]) -> str:
    """Say that the program is not there and how to get it, or ''. `which` looks in the agent's PATH."""
    return "" if which(way.argv[0]) else way.install


def _words(kind: Kind, spec: AgentSpec, inline: Inline, *, resuming: bool) -> tuple[str, ...]:
    brief = kind.brief if compose(spec) and not (resuming and kind.brief_once) else ()
    return (
        *(kind.resume if resuming else (*kind.argv, *kind.session)),
        *inline.argv,
        *(kind.model if spec.model else ()),
        *brief,
    )


def _notes(kind: Kind, spec: AgentSpec) -> tuple[str, ...]:
    notes = [sentence for asked, sentence in NOT_ENFORCED if asked(spec)]
    if spec.model and spec.command:
        notes.append("`model` is not passed on: `command` is run as it is written.")
    elif spec.model and not kind.model:
        notes.append(f"`model` is not passed on: the kind {kind.name} takes none at its start.")
    if kind.person and compose(spec):
        notes.append(f"`brief` is {_briefed(kind, spec)}.")
    if spec.check and not kind.person:
        notes.append(f"is checked by `{visible(shlex.join(spec.check))}` whenever it says that it is done.")
    if spec.sandbox and spec.host == LOCAL:
        notes.append(Boxed(spec.sandbox, spec.box, kind.sandbox).sentence)
    if spec.allow:
        notes.append(f"is answered yes, once each time, where it asks for {', '.join(spec.allow)}.")
    return tuple(notes)


FIRST_PROMPT = "as its first prompt, typed once it is at rest"


def _briefed(kind: Kind, spec: AgentSpec) -> str:
    """Say by which way a program is given what it is to read."""
    if not compose(spec):
        return ""
    if kind.person:
        return f"not passed on: the kind {kind.name} takes none"
    words = () if spec.command else (*kind.argv, *kind.brief)
    if not any("{brief" in word for word in words):
        return FIRST_PROMPT
    if kind.brief_once:
        return f"as its first prompt, by `{' '.join(kind.brief)}`; a conversation that goes on knows it"
    return f"as a part of its instructions at each start, by `{' '.join(kind.brief)}`"


def _absent(program: str) -> str:
    return f"{quoted(program)} was not found in the PATH of the shell that ran hive."
