"""Parts of paths and of branches, made from people's names: safe everywhere, and distinct for distinct names."""

import hashlib
import re
import unicodedata

LONGEST = 64
STEM = 40
"""Characters that are kept of a name which needs a hash."""

_PLAIN = re.compile(r"(?!.*(?:\.lock|-[0-9a-f]{8})$)[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""Fit for a path on every disk and for git-check-ref-format(1), and not of the form that a hash gives."""


def slug(name: str) -> str:
    """Give a name as one part of a path or branch.

    One that is fit for that stays as it is; any other is cut to letters and digits and carries a hash of itself. So
    no two names become one, not on a disk either that takes `API` and `api` for the same.
    """
    if len(name) <= LONGEST and _PLAIN.fullmatch(name):
        return name
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", letters)[:STEM].strip("-")
    return f"{stem or 'x'}-{_hash(name)}"


def branches(workspace: str, role: str) -> tuple[str, str]:
    """Give the branch of a role, and the one that takes its place where the name of a branch bars the way to it."""
    parts = (slug(workspace), slug(role))
    flat = "-".join(("hive", *parts))
    if any("-" in part for part in parts):  # it could be read in two ways
        flat = f"{flat}-{_hash('/'.join(parts))}"
    return "/".join(("hive", *parts)), flat


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
