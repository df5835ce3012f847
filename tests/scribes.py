"""A scripted model that has agents write files, one after the other, by their edit tools and by commands of theirs."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.model_server import Block, ModelServer

_ASKED = re.compile(r"scribe (\w+) (\d+)")

THOUGHT = 0.4
"""Seconds that the model takes to answer, at least: real ones take longer, and agents that never wait for theirs would
run commands at once all the time."""


class Step(NamedTuple):
    """One write."""

    path: str
    edit: bool
    """By an edit tool."""
    text: str


def steps(role: str, count: int) -> Iterator[Step]:
    """Give what a role writes: half by its edit tools, half by commands, of which half name the file."""
    for i in range(count):
        yield Step(f"src/m{i // 4 * 4 if i % 4 == 2 else i}-{role}.txt", i % 2 == 0, f"{role} wrote step {i}")


def _command(step: Step, number: int) -> str:
    """Write by a redirection, or by a program of which nothing tells what it writes."""
    if number % 4 == 1:
        return f"mkdir -p src && echo {step.text} > {step.path}"
    return f"python3 -c \"import os; os.makedirs('src', exist_ok=True); open('{step.path}', 'w').write('{step.text}')\""


class Scribes(ModelServer):
    """Answers `scribe ROLE COUNT` by so many uses of tools, and then by `ROLE wrote everything`."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def answer(self, request: dict[str, Any]) -> Block:
        """Give the next use of a tool, by how many results the talk has."""
        asked = _ASKED.search(json.dumps(request["messages"]))
        if not request.get("tools") or asked is None:
            return super().answer(request)
        role, count = asked[1], int(asked[2])
        contents = [message["content"] for message in request["messages"] if message["role"] == "user"]
        done = sum(
            isinstance(block, dict) and block.get("type") == "tool_result"
            for c in contents
            for block in (c if isinstance(c, list) else [])
        )
        self._over.wait(THOUGHT * (1 + done % 3))
        if done >= count:
            return {"type": "text", "text": f"{role} wrote everything."}
        step = list(steps(role, count))[done]
        patches = any(tool.get("name") == "apply_patch" for tool in request["tools"])
        name, given = self._use(step, done, patches=patches)
        return {"type": "tool_use", "id": f"call_{role}_{done}", "name": name, "input": given, "plain": True}

    def _use(self, step: Step, number: int, *, patches: bool) -> tuple[str, Block]:
        if not step.edit:
            return "Bash", {"command": _command(step, number), "description": "Writes a file"}
        again = number % 4 == 2
        old = step.text.replace(f"step {number}", f"step {number - 2}")
        if patches:
            change = (
                f"*** Update File: {step.path}\n@@\n-{old}\n+{step.text}\n"
                if again
                else f"*** Add File: {step.path}\n+{step.text}\n"
            )
            return "apply_patch", {"patch": f"*** Begin Patch\n{change}*** End Patch\n"}
        path = f"{self._folder}/{step.path}"
        if again:
            return "Edit", {"file_path": path, "old_string": old, "new_string": step.text}
        return "Write", {"file_path": path, "content": f"{step.text}\n"}
