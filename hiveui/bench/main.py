"""One run of the bench: rows, one after the other."""

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from hiveui.bench.figures import BenchError, Measured, Results, SkippedError, markdown
from hiveui.bench.rows import BY_NAME, ROWS, Row
from hiveui.bench.scale import Scale
from hiveui.errors import GatewayError, UsageError

PAGE = Path("docs/bench.md")
QUICK = Scale(keys=100, seconds=4.0, quick=True)


def run(
    rows: Sequence[str] = (),
    keys: int | None = None,
    *,
    quick: bool = False,
    heard: Callable[[Measured], None] = lambda _: None,
) -> Results:
    """Measure the named rows, or all; `heard` gets each as it is done. Raises UsageError for an unknown name."""
    unknown = [name for name in rows if name not in BY_NAME]
    if unknown:
        raise UsageError(f"There is no row {unknown[0]!r}.", f"There are: {', '.join(BY_NAME)}.")
    scale = QUICK if quick else Scale()
    if keys is not None:
        scale = Scale(keys, scale.seconds, quick)
    signal.signal(signal.SIGTERM, _interrupt)
    here = machine()
    done = []
    for row in [BY_NAME[name] for name in rows] or ROWS:
        done.append(measure(row, scale))
        heard(done[-1])
    return Results(here, tuple(done))


def measure(row: Row, scale: Scale) -> Measured:
    """Measure one row; what goes wrong is its result."""
    began = time.monotonic()
    try:
        figures, failure = tuple(row.run(scale)), ""
    except SkippedError as error:
        return Measured(row.name, row.what, (), skipped=str(error))
    except (BenchError, GatewayError, OSError, subprocess.SubprocessError) as error:
        figures, failure = (), str(error)
    return Measured(row.name, row.what, figures, failure, time.monotonic() - began)


def machine() -> str:
    """Name what the figures hold for."""
    tmux = subprocess.run(["tmux", "-V"], capture_output=True, text=True, check=False).stdout.strip()
    cores = os.cpu_count()
    busy = os.getloadavg()[2]
    system = f"{platform.system()} {platform.machine()}, {cores} cores, load {busy:.1f} before"
    return f"{system}, Python {platform.python_version()}, {tmux}"


def write(results: Results) -> None:
    """Put the results into docs/bench.md, beside those of rows that were not measured."""
    before = PAGE.read_text() if PAGE.exists() else ""
    PAGE.write_text(markdown(results, before, {row.name: row.what for row in ROWS}))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    sys.exit(130)
