"""Operations on the tabs of a workspace. Each gives new tabs, or the same where there is nothing to do.

A role stands once in a tab. One that stands in every tab, of two or more, is pinned.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from hiveui.model import tree
from hiveui.model.borders import splits
from hiveui.model.layout import Direction, Leaf, Node, Split, Tab, even_grid, roles
from hiveui.model.text import visible

Tabs = tuple[Tab, ...]

MAX_TABS = 99
MAX_TITLE = 200
"""Characters of one line, as a layout file allows."""


def complete(tabs: Tabs, names: Iterable[str]) -> Tabs:
    """Add a tab with those of the named roles that no tab shows."""
    shown = {role for tab in tabs for role in roles(tab.root)}
    missing = tuple(name for name in names if name not in shown)
    return (*tabs, Tab("more" if tabs else "agents", even_grid(missing))) if missing else tabs


def only(tabs: Tabs, names: Collection[str]) -> Tabs:
    """Take out all roles but the named; tabs with nothing left go."""
    for role in {role for tab in tabs for role in roles(tab.root)} - set(names):
        tabs = close(tabs, role)
    return tabs


def find(tabs: Tabs, role: str, near: int = 0) -> int | None:
    """Give the number of the tab where a role stands: tab `near` if it can be."""
    there = [i for i, tab in enumerate(tabs) if role in roles(tab.root)]
    return near if near in there else there[0] if there else None


def pinned(tabs: Tabs) -> tuple[str, ...]:
    """Give the roles that stand in every tab, in the first one's order."""
    if len(tabs) < 2:
        return ()
    everywhere = set.intersection(*(set(roles(tab.root)) for tab in tabs))
    return tuple(role for role in roles(tabs[0].root) if role in everywhere)


def reshape(tabs: Tabs, here: int, change: Callable[[Node], Node]) -> Tabs:
    """Change the tree of one tab."""
    return tuple(replace(tab, root=tree.tidy(change(tab.root))) if i == here else tab for i, tab in enumerate(tabs))


def split(tabs: Tabs, role: str, here: int, new: str, direction: Direction) -> Tabs:
    """Give half of a role's place in a tab to a new role."""
    return reshape(tabs, here, lambda root: tree.split(root, role, new, direction))


def open_tab(tabs: Tabs, role: str, title: str) -> Tabs:
    """Add a tab with a new role, and the pinned ones on its right."""
    root: Node = Leaf(role)
    for other in pinned(tabs):
        root = tree.to_edge(root, other, "right")
    return (*tabs, Tab(title, root))


def close(tabs: Tabs, role: str) -> Tabs:
    """Take a role out of every tab; a tab with nothing left but what is pinned goes."""
    held = pinned(tabs)
    return _out(tabs, role, range(len(tabs)), held)


def move_to_tab(tabs: Tabs, role: str, here: int, there: int) -> Tabs:
    """Move a role from one tab to another."""
    if not 0 <= there < len(tabs) or role in roles(tabs[there].root):
        return tabs
    held = pinned(tabs)
    return _out(reshape(tabs, there, lambda root: tree.beside_largest(root, role)), role, (here,), held)


def move_to_new_tab(tabs: Tabs, role: str, here: int, title: str) -> Tabs:
    """Move a role from a tab that it shares to one of its own; a pinned one stays where it is."""
    held = pinned(tabs)
    if role in held or set(roles(tabs[here].root)) <= {role, *held}:
        return tabs
    return _out(open_tab(tabs, role, title), role, (here,), held)


def pin(tabs: Tabs, role: str, here: int) -> Tabs:
    """Show a role in every tab, on the right; one that is pinned, in tab `here` alone."""
    if role in pinned(tabs):
        return _out(tabs, role, (i for i in range(len(tabs)) if i != here), ())
    return tuple(
        tab if role in roles(tab.root) else replace(tab, root=tree.to_edge(tab.root, role, "right")) for tab in tabs
    )


def rename(tabs: Tabs, here: int, title: str) -> Tabs:
    """Give a tab another title; an empty one is none."""
    title = " ".join(title.split())[:MAX_TITLE]
    return tuple(replace(tab, title=title) if i == here else tab for i, tab in enumerate(tabs)) if title else tabs


def put_back(tabs: Tabs, role: str, before: Tabs) -> Tabs:
    """Stand a role that was taken out where it stood `before`, as far as that is still there."""
    was = find(before, role)
    if was is None:
        return tabs
    for parent in reversed(list(splits(before[was].root))):
        if Leaf(role) in parent.children:
            beside = [name for name in roles(parent) if find(tabs, name) is not None]
            if beside:
                return split(tabs, beside[-1], find(tabs, beside[-1]) or 0, role, parent.direction)
    for name in roles(before[was].root):
        here = find(tabs, name)
        if here is not None and name not in pinned(tabs):
            return reshape(tabs, here, lambda root: tree.beside_largest(root, role))
    return open_tab(tabs, role, before[was].title)


def flaw(tabs: Tabs, names: Collection[str]) -> str:
    """Say in one sentence why these cannot be the tabs of a workspace with the named roles, or ''."""
    if len(tabs) > MAX_TABS:
        return f"These are over {MAX_TABS} tabs."
    for tab in tabs:
        shown = roles(tab.root)
        if not tab.title or len(tab.title) > MAX_TITLE or set(tab.title) & {"\n", "\t"}:
            return f"A tab's title is one line of 1 to {MAX_TITLE} characters."
        if len(set(shown)) < len(shown):
            return f"The tab {visible(tab.title)} shows a role twice."
        if stranger := set(shown) - set(names):
            return f"There is no agent {visible(min(stranger))} here."
        if not all(map(_sound, splits(tab.root))):
            return f"The tab {visible(tab.title)} has a split without children, or with other weights."
    return ""


def _sound(node: Split) -> bool:
    return bool(node.children) and len(node.sizes) == len(node.children) and min(node.sizes) >= 1


def _out(tabs: Tabs, role: str, places: Iterable[int], held: Collection[str]) -> Tabs:
    """Take a role out of some tabs; one of them with nothing left but what is `held` elsewhere goes."""
    touched = set(places)
    left: list[Tab] = []
    hollow: list[Tab] = []
    for i, tab in enumerate(tabs):
        root = tree.without(tab.root, role) if i in touched and role in roles(tab.root) else tab.root
        if root is None:
            continue
        kept = replace(tab, root=root)
        (hollow if root != tab.root and set(roles(root)) <= set(held) else left).append(kept)
    return tuple(left or hollow[:1])
