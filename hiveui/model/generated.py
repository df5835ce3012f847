"""Files that machines write: two agents that change one of these seldom undo each other's work."""

from fnmatch import fnmatchcase

NAMES = (
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "*.lock",
    "*.lockb",
    "go.sum",
    "*.min.js",
    "*.min.css",
    "*.map",
    "*.snap",
    "*.pyc",
    "*.log",
    "*.tsbuildinfo",
    ".DS_Store",
    "*~",
    "*.sw?",
    "*.tmp",
)
"""Globs of names."""
FOLDERS = frozenset(
    {"dist", "build", "out", "target", "node_modules", "__pycache__", "coverage", ".next", ".venv", ".cache", ".git"}
)
"""Names of folders, wherever they stand."""


def is_generated(path: str) -> bool:
    """Tell whether a path below a checkout's top is of a kind that machines write."""
    *folders, name = path.split("/")
    return not FOLDERS.isdisjoint(folders) or any(fnmatchcase(name, glob) for glob in NAMES)
