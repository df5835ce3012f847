"""What an agent is given to read when it begins: its role's brief, its constraints, and what done means."""

import shlex
from collections.abc import Sequence

from hiveui.model.layout import AgentSpec


def compose(spec: AgentSpec) -> str:
    """Put together what an agent reads, in Markdown; '' where its layout says nothing of it."""
    done = list(spec.done)
    if spec.check:
        done.append(f"`{shlex.join(spec.check)}` passes. It is run here whenever you say that you are done.")
    said = [spec.brief.strip(), _listed("Constraints:", spec.constraints)]
    if any(said) or spec.done:
        said.append(_listed("Done means:", done))
    return "\n\n".join(filter(None, said))


def _listed(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *(f"- {line}" for line in lines)]) if lines else ""
