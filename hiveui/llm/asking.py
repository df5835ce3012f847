"""Puts a question to a model in a process of its own, which is gone when it has answered."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping

from hiveui.llm.question import Answer, Question

GRACE = 10.0
"""Seconds beside those of the question: for the process to begin and to import what it needs."""
MAX_SAID = 1 << 20
"""Bytes that are read of what it prints."""
_WITHHELD = ("ANTHROPIC_", "HIVE_")
"""Variables that could send the key, or another, elsewhere: the process gets none but its key."""


async def ask(question: Question, key: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
    """Give an answer for each prompt, in their order; where there is none, it says why."""
    kept = {name: value for name, value in environ.items() if not name.startswith(_WITHHELD)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "hiveui.llm"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "ANTHROPIC_API_KEY": key},
    )
    try:
        async with asyncio.timeout(question.seconds + GRACE):
            said, _ = await process.communicate(question.to_json())
        return tuple(Answer(**answer) for answer in json.loads(said[:MAX_SAID]))
    except TimeoutError:
        problem = f"{question.model} did not answer in time."
    except (ValueError, TypeError, OSError):
        problem = f"{question.model} cannot be asked: what asks it ended with {process.returncode}."
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return (Answer(problem=problem),) * len(question.prompts)
