"""What ask.sh decides by: the globs that a role owns, as lines that a shell script can read."""

import json
from collections.abc import Iterable

from hiveui.model.globs import Globs, expression
from hiveui.model.layout import AgentSpec
from hiveui.model.ownership import described

SCRIPT = "ask.sh"


def lines(spec: AgentSpec, base: str, free: Iterable[str]) -> bytes:
    """Write the file for a role that works in `base`, and may write in the folders `free` as well; links followed."""
    why = json.dumps(f"this is not what {spec.role} owns ({described(spec)}).", ensure_ascii=False)[1:-1]
    globs = (
        (("leave" if glob.negated else "take") + "/" * glob.folders, expression(glob.segments))
        for glob in Globs(spec.owns or ()).globs
    )
    told = [("base", base), *(("free", folder) for folder in free), ("why", why), *globs]
    kept = (f"{word} {said}\n" for word, said in told if "\n" not in said)
    return "".join(kept).encode("utf-8", "surrogateescape")
