"""How one agent of a layout is started."""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.agents.catalog import PLACEHOLDERS, Inline, Kind
from hiveui.model.layout import AgentSpec
from hiveui.model.names import quoted
from hiveui.model.worktree import Worktree

_PLACEHOLDER = re.compile("|".join(map(re.escape, sorted(PLACEHOLDERS))))

ANY = "\0"
"""Stands for the id of a conversation: what no argument can hold."""

NOT_ENFORCED: tuple[tuple[Callable[[AgentSpec], bool], str], ...] = (
    (lambda spec: bool(spec.owns), "`owns` is not enforced yet: it may change any file."),
    (lambda spec: bool(spec.mode), "`mode` is not enforced yet: the program's own default holds."),
    (lambda spec: bool(spec.check), "`check` is not run yet."),
    (lambda spec: spec.host != "local", "`host` is not enforced yet: it runs on this machine."),
    (lambda spec: bool(spec.sandbox), "`sandbox` is not enforced yet: it runs without one."),
    (
        lambda spec: spec.checkout != "worktree" and bool(spec.setup or spec.copy or spec.link),
        "`setup`, `copy` and `link` are for worktrees: nothing is done in a checkout that is there already.",
    ),
)
"""What a layout may already say, and what happens meanwhile."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is run for an agent. Plain values only: it is kept as JSON and read back."""

    argv: tuple[str, ...]
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
    worktree: Worktree | None = None
    """What is to be there before it begins; None where it works in a folder that is."""
    resume: tuple[str, ...] = ()
    """Argv that goes on with a conversation, ANY in place of its id; empty where the program cannot."""


def resumed(way: Launch, conversation: str | None) -> Launch:
    """Give the launch that goes on with a conversation, or `way` itself where that cannot be."""
    if not conversation or not way.resume:
        return way
    return replace(way, argv=tuple(word.replace(ANY, conversation) for word in way.resume))


def launch(
    kind: Kind, spec: AgentSpec, folder: Path, *, conversation: str = "", worktree: Worktree | None = None
) -> Launch:
    """Work out how `spec` is started in a workspace's `folder`, or in its `worktree`.

    It resumes `conversation` where the kind can. A `command` of the layout is run exactly as it is written.
    """
    inline = kind.inline if kind.inline and spec.inline else Inline(history=kind.history)
    words = spec.command or _argv(kind, spec, inline, conversation)
    checkout = "." if spec.checkout in {"shared", "worktree"} else spec.checkout
    return Launch(
        argv=words,
        env={**kind.env, **inline.env},
        role_env=dict(spec.env),
        cwd=worktree.place(spec.dir) if worktree else os.path.normpath(folder / checkout / spec.dir),
        newline=kind.newline,
        history=spec.history or inline.history,
        notes=_notes(kind, spec),
        install=kind.install if words[0] == kind.argv[0] and kind.install else _absent(words[0]),
        person=kind.person,
        reports=kind.reports,
        quiet_when_hidden=kind.quiet_when_hidden,
        worktree=worktree,
        resume=_argv(kind, spec, inline, ANY) if kind.resume and not spec.command else (),
    )


def missing(way: Launch, which: Callable[[str], str | None]) -> str:
    """Say that the program is not there and how to get it, or ''. `which` looks in the agent's PATH."""
    return "" if which(way.argv[0]) else way.install


def _argv(kind: Kind, spec: AgentSpec, inline: Inline, conversation: str) -> tuple[str, ...]:
    values = {
        "{python}": sys.executable,
        "{brief}": spec.brief,
        "{brief_json}": json.dumps(spec.brief, ensure_ascii=False),
        "{model}": spec.model,
        "{conversation}": conversation,
    }
    words = _words(kind, spec, inline, resuming=bool(conversation and kind.resume))
    return tuple(_PLACEHOLDER.sub(lambda found: values[found.group()], word) for word in words)


def _words(kind: Kind, spec: AgentSpec, inline: Inline, *, resuming: bool) -> tuple[str, ...]:
    brief = kind.brief if spec.brief and not (resuming and kind.brief_once) else ()
    return (
        *(kind.resume if resuming else kind.argv),
        *inline.argv,
        *(kind.model if spec.model else ()),
        *brief,
    )


def _notes(kind: Kind, spec: AgentSpec) -> tuple[str, ...]:
    notes = [sentence for asked, sentence in NOT_ENFORCED if asked(spec)]
    for name, given, way in (("brief", spec.brief, kind.brief), ("model", spec.model, kind.model)):
        if given and spec.command:
            notes.append(f"`{name}` is not passed on: `command` is run as it is written.")
        elif given and not way:
            notes.append(f"`{name}` is not passed on: the kind {kind.name} takes none at its start.")
    return tuple(notes)


def _absent(program: str) -> str:
    return f"{quoted(program)} was not found in the PATH of the shell that ran hive up."
