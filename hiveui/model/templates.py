"""Prompts that are kept by name: a text with `{{variables}}`, and how these are filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hiveui.model.agent import Agent

_VARIABLE = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_-]{0,63})[ \t]*\}\}")
_FIELD = re.compile(r"([a-z][a-z0-9_-]{0,63}):(?:[ \t]+(.*))?")
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt of the library."""

    name: str
    text: str
    description: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables, in the order of the text."""
        return variables(self.text)


def variables(text: str) -> tuple[str, ...]:
    """Give the names of a text's variables, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Give a text with those variables filled that have a value. What is filled in is not read again."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def of_agent(agent: Agent, workspace: str) -> Mapping[str, str]:
    """Give the variables that every agent has by itself; those that are not known are left out."""
    known = {"role": agent.role, "workspace": workspace, "dir": agent.dir, "branch": agent.branch or ""}
    return {name: value for name, value in known.items() if value}


def parse(name: str, text: str) -> Template:
    """Read a file of the library: Markdown, before it perhaps its description and defaults of variables.

    These stand between two lines `---`, as `name: value`. Raises ValueError with the number of a line that is none.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != _FENCE:
        return Template(name, text.strip("\n"))
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() == _FENCE:
            description = fields.pop("description", "")
            return Template(name, "\n".join(lines[number:]).strip("\n"), description, fields)
        found = _FIELD.fullmatch(line.rstrip())
        if found is None and line.strip():
            raise ValueError(f"line {number} is no `name: value`.")
        if found is not None:
            fields[found[1]] = found[2] or ""
    raise ValueError("the line `---` that ends its fields is missing.")
