"""Checks that are no agent's, one after the other."""

import asyncio
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to."""

    status: str
    output: str
    sentence: str


class Proofs:
    """Runs them."""

    async def prove(self, argv: Sequence[str], folder: str | Path, env: Mapping[str, str]) -> Outcome:
        """Run a check."""
        return await asyncio.to_thread(_run, argv, folder, env)


def _run(argv: Sequence[str], folder: str | Path, env: Mapping[str, str]) -> Outcome:
    with tempfile.NamedTemporaryFile(prefix="hive-check-", delete=False) as out:
        done = subprocess.run(
            argv, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
        )
    return Outcome("failed" if done.returncode else "passed", out.name, f"it ended with {done.returncode}")
