"""Commands that look after the hive itself; none of them needs the daemon."""

import contextlib
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command
from hiveui.cli.reach import find_paths
from hiveui.errors import UsageError

POLL = 0.2
"""Seconds between looks at a log that is followed."""


@command("hive schema > hive.schema.json")
@click.option("--config", is_flag=True, help="Of config.yaml instead.")
@as_json
def schema(*, config: bool, as_json: bool) -> None:  # noqa: ARG001  it is JSON either way
    """Print every method of the gateway with its parameters as JSON Schema."""
    if config:
        from hiveui.config.options import json_schema  # noqa: PLC0415  only here
        from hiveui.tui.commands.every import TITLES  # noqa: PLC0415

        output.document(**json_schema(TITLES))
        return
    from hiveui.gateway.page import schema_document  # noqa: PLC0415  only here

    output.document(**schema_document())


@command("hive logs -f")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written.")
@click.option("-n", "--last", type=click.IntRange(0), default=50, show_default=True, help="Begin N lines back.")
@as_json
def logs(last: int, *, follow: bool, as_json: bool) -> None:
    """Print the daemon's log; with --json one document a line."""
    path = find_paths().log
    if not path.exists():
        output.talk(f"There is no log yet at {path}.")
        return
    for text in _lines(path, last, follow=follow):
        if as_json:
            output.record(line=text.rstrip("\n"))
        else:
            output.line(text.rstrip("\n"))


def _lines(path: Path, last: int, *, follow: bool) -> Iterator[str]:
    """Give the last lines of a file and, if it is followed, each new one, also after another took its name."""
    with contextlib.ExitStack() as opened:
        log = opened.enter_context(path.open(encoding="utf-8", errors="replace"))
        yield from deque(log, last)
        while follow:
            moved = path.exists() and not os.path.samestat(os.fstat(log.fileno()), path.stat())
            yield from log
            if moved:
                log = opened.enter_context(path.open(encoding="utf-8", errors="replace"))
            else:
                time.sleep(POLL)


@command("hive doctor --report hive-report.txt")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write all of it into this file, without secrets and names."
)
@as_json
def doctor(report: Path | None, *, as_json: bool) -> int:
    """Check this machine, your choices and the daemon; exit code 1 where something is to be mended. Starts nothing."""
    from hiveui.cli import checkup  # noqa: PLC0415  only here

    daemon, checks = checkup.examine(find_paths())
    if report is not None:
        from hiveui.cli.report import write  # noqa: PLC0415  only here

        write(report, find_paths(), daemon, checks)
        output.talk(f"{report} is written: the checks, the daemon, the environment, your choices, the end of the log.")
    if as_json:
        output.document(daemon=daemon, checks=[check._asdict() for check in checks])
    else:
        output.table(("", "what", "found"), [(c.mark, c.name, c.found) for c in checks])
        for check in checks:
            if check.mend:
                output.talk(f"{check.name}: {check.mend}")
    return 0 if all(check.ok for check in checks) else 1


@command("hive reset")
@as_json
def reset(*, as_json: bool) -> None:
    """Mend a terminal that a killed program left in disorder: its screen, mouse, keys and line mode."""
    import contextlib  # noqa: PLC0415  only here
    import termios  # noqa: PLC0415

    from hiveui.model.terminal import RESTORE  # noqa: PLC0415

    mended = False
    with contextlib.suppress(OSError, termios.error), Path("/dev/tty").open("r+b", buffering=0) as tty:
        termios.tcsetattr(tty, termios.TCSANOW, _sane(termios.tcgetattr(tty)))
        tty.write(RESTORE)
        mended = True
    if not mended:
        raise UsageError("There is no terminal to mend.", "Run it in the terminal that is in disorder.")
    if as_json:
        output.document(mended=True)


def _sane(mode: list[int | list[bytes | int]]) -> list[int | list[bytes | int]]:
    """Give the terminal mode that `stty sane` would set (stty(1)), its speeds and characters kept."""
    import termios as t  # noqa: PLC0415  see `reset`

    on = (
        t.BRKINT | t.ICRNL | t.IXON | t.IMAXBEL,
        t.OPOST | t.ONLCR,
        t.CREAD,
        t.ISIG | t.ICANON | t.IEXTEN | t.ECHO | t.ECHOE | t.ECHOK | t.ECHOCTL | t.ECHOKE,
    )
    off = (t.IGNBRK | t.INLCR | t.IGNCR | t.IXOFF, t.OCRNL | t.ONOCR | t.ONLRET, 0, t.ECHONL | t.NOFLSH | t.TOSTOP)
    flags = [int(flag) & ~off[i] | on[i] for i, flag in enumerate(mode[:4]) if isinstance(flag, int)]
    return [*flags, *mode[4:]]


@command("hive bench", ignore_unknown_options=True)
@click.argument("arguments", nargs=-1)
@as_json
def bench(arguments: tuple[str, ...], *, as_json: bool) -> int:
    """Measure speed on this machine, plain tmux beside; ARGUMENTS go to the bench, `-- --help` lists them."""
    whole = (*arguments, "--json") if as_json else arguments
    return subprocess.run([sys.executable, "-m", "hiveui.bench", *whole], check=False).returncode
