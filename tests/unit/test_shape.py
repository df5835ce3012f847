"""Shaping: whatever a person does to the tabs of a workspace, they stay whole."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from unit.test_arrange import cells, trees

from hiveui.model import borders, shape, tree
from hiveui.model.events import TabsArranged, event_from_json, event_to_json
from hiveui.model.layout import MIN_HEIGHT, MIN_WIDTH, Leaf, Rect, Split, Tab, arrange, divide, needed, roles

AREA = Rect(0, 0, 200, 48)
SIDES = ("left", "down", "up", "right")


def canonical(node):
    if isinstance(node, Leaf):
        return True
    return (
        len(node.children) == len(node.sizes) >= 2
        and all(1 <= size <= tree.MAX_WEIGHT for size in node.sizes)
        and not any(isinstance(child, Split) and child.direction == node.direction for child in node.children)
        and all(map(canonical, node.children))
    )


def everyone(tabs):
    return {role for tab in tabs for role in roles(tab.root)}


def assert_whole(tabs, names):
    assert everyone(tabs) == set(names)
    assert shape.flaw(tabs, names) == ""
    for tab in tabs:
        assert canonical(tab.root), tab
        placed = arrange(tab.root, AREA)
        assert sorted(c for rect in (*placed.panes.values(), *placed.bars) for c in cells(rect)) == sorted(cells(AREA))
    alone = everyone(tabs) - set(shape.pinned(tabs))
    assert all(sum(role in roles(tab.root) for tab in tabs) == 1 for role in alone)


class Hands:
    """Draws one thing after another that a person may do."""

    def __init__(self, draw):
        self.draw = draw
        self.fresh = (f"new{n}" for n in range(100))

    def do(self, tabs):
        here = self.draw(st.integers(0, len(tabs) - 1))
        role = self.draw(st.sampled_from(roles(tabs[here].root)))
        other = self.draw(st.sampled_from(roles(tabs[here].root)))
        direction = self.draw(st.sampled_from(["columns", "rows"]))
        by = self.draw(st.integers(-30, 30))
        there = self.draw(st.integers(0, len(tabs)))
        side = self.draw(st.sampled_from(SIDES))

        def within(change):
            return lambda: shape.reshape(tabs, here, change)

        doing = {
            "split": lambda: shape.split(tabs, role, here, next(self.fresh), direction),
            "tab": lambda: shape.open_tab(tabs, next(self.fresh), "t"),
            "close": lambda: shape.close(tabs, role) if len(everyone(tabs)) > 1 else tabs,
            "to tab": lambda: shape.move_to_tab(tabs, role, here, there),
            "to new tab": lambda: shape.move_to_new_tab(tabs, role, here, "new"),
            "pin": lambda: shape.pin(tabs, role, here),
            "rename": lambda: shape.rename(tabs, here, "x" * there),
            "swap": within(lambda root: tree.swap(root, role, other)),
            "edge": within(lambda root: tree.to_edge(root, role, side)),
            "rotate": within(tree.rotate),
            "even": within(tree.even),
            "grid": within(tree.grid),
            "main left": within(lambda root: tree.main_left(root, role)),
            "turn": within(lambda root: tree.turn(root, role)),
            "resize": within(lambda root: borders.pushed(root, AREA, role, direction, by)),
        }
        what = self.draw(st.sampled_from(sorted(doing)))
        return what, role, doing[what]()


@st.composite
def sequences(draw):
    """Give tabs, and what they become step by step: `(what was done, to whom, the tabs then)`."""
    hands = Hands(draw)
    tabs = (Tab("one", tree.tidy(draw(trees()))),)
    steps = [("", "", tabs)]
    for _ in range(draw(st.integers(1, 12))):
        steps.append(hands.do(steps[-1][2]))
    return steps


@given(sequences())
def test_any_sequence_of_shaping_keeps_every_role_and_tiles_the_area(steps):
    for (_, _, before), (what, role, after) in pairwise(steps):
        names = everyone(before)
        if what in {"split", "tab"}:
            names |= {name for name in everyone(after) if name.startswith("new")}
            assert len(names) == len(everyone(before)) + 1
        if what == "close" and len(names) > 1:
            names.discard(role)
        assert_whole(after, names)


@given(sequences())
def test_every_arrangement_survives_its_way_through_json(steps):
    event = TabsArranged("w", steps[-1][2])
    assert event_from_json(event_to_json(event)) == event


@given(sequences())
def test_what_is_taken_out_can_be_put_back(steps):
    tabs = steps[-1][2]
    for role in everyone(tabs):
        left = shape.close(tabs, role)
        back = shape.put_back(left, role, tabs)
        assert everyone(back) == everyone(tabs)
        assert all(canonical(tab.root) for tab in back)


@given(trees(), st.data())
def test_a_new_pane_that_is_closed_leaves_everything_as_it_was(root, data):
    root = tree.tidy(root)
    assume(all(max(node.sizes) <= tree.MAX_WEIGHT // 2 for node in borders.splits(root)))
    role = data.draw(st.sampled_from(roles(root)))
    direction = data.draw(st.sampled_from(["columns", "rows"]))
    grown = tree.split(root, role, "new", direction)
    assert tree.without(grown, "new") == root


@given(trees(), st.data())
def test_a_border_follows_the_pointer_to_the_cell_and_back(root, data):
    root = tree.tidy(root)
    width, height = needed(root)
    area = Rect(0, 0, width + data.draw(st.integers(0, 99)), height + data.draw(st.integers(0, 40)))
    found = list(borders.borders(root, area))
    if not found:
        return
    border, place = data.draw(st.sampled_from(found))
    by = data.draw(st.integers(-40, 40))
    after = borders.moved(root, area, border, place.x + by, place.y + by)
    there = dict(borders.borders(after, area))[border]
    placed = arrange(after, area)
    assert all(rect.width >= MIN_WIDTH and rect.height >= MIN_HEIGHT for rect in placed.panes.values())
    back, on = room(root, area, border)
    columns = place.height > 1 or place.width <= 1
    went = there.x - place.x if columns else there.y - place.y
    assert went == max(-back, min(on, by))
    assert dict(borders.borders(borders.moved(after, area, border, place.x, place.y), area))[border] == place


def room(root, area, border):
    """Cells that the border may go back and on."""
    for step in border.path:
        area, root = divide(root, area)[0][step], root.children[step]
    parts, _ = divide(root, area)
    axis = 0 if root.direction == "columns" else 1
    size = [(part.width, part.height)[axis] for part in parts]
    least = [needed(child)[axis] for child in root.children]
    i = border.index
    return size[i] - least[i], size[i + 1] - least[i + 1]


def test_a_border_is_found_under_the_pointer_and_moves_only_its_two_neighbours():
    root = Split("columns", (Leaf("a"), Split("rows", (Leaf("b"), Leaf("c")), (1, 1)), Leaf("d")), (1, 1, 1))
    area = Rect(0, 0, 101, 40)
    bar = borders.at(root, area, 33, 7)
    title = borders.at(root, area, 40, 20)
    assert bar == borders.Border((), 0)
    assert title == borders.Border((1,), 0)
    assert borders.at(root, area, 10, 10) is None
    wider = arrange(borders.moved(root, area, bar, 50, 7), area).panes
    assert (wider["a"].width, wider["b"].x, wider["d"]) == (50, 51, arrange(root, area).panes["d"])
    lower = arrange(borders.moved(root, area, title, 0, 30), area).panes
    assert (lower["c"].y, lower["c"].height) == (30, 10)


def test_keys_move_the_border_after_a_pane_and_that_before_the_last():
    root = Split("columns", (Leaf("a"), Leaf("b")), (1, 1))
    area = Rect(0, 0, 101, 40)
    for role in ("a", "b"):
        assert arrange(borders.pushed(root, area, role, "columns", 5), area).panes["a"].width == 55
        assert borders.pushed(root, area, role, "rows", 5) == root
    assert borders.pushed(Leaf("a"), area, "a", "columns", 5) == Leaf("a")


def test_a_pane_that_goes_to_an_edge_takes_its_share_of_it():
    columns = Split("columns", (Leaf("a"), Leaf("b"), Leaf("c")), (1, 1, 1))
    assert tree.to_edge(columns, "c", "left") == Split("columns", (Leaf("c"), Leaf("a"), Leaf("b")), (1, 1, 1))
    below = tree.to_edge(columns, "a", "down")
    assert below == Split("rows", (Split("columns", (Leaf("b"), Leaf("c")), (2, 1)), Leaf("a")), (1, 1))


def test_presets_stand_where_they_say():
    root = Split("columns", (Leaf("a"), Split("rows", (Leaf("b"), Leaf("c")), (3, 1)), Leaf("d")), (5, 1, 1))
    assert tree.even(root).sizes == (1, 1, 1)
    main = tree.main_left(root, "c")
    assert main == Split("columns", (Leaf("c"), Split("rows", (Leaf("a"), Leaf("b"), Leaf("d")), (1, 1, 1))), (1, 1))
    assert roles(tree.rotate(root)) == ("d", "a", "b", "c")
    assert tree.turn(root, "b") == Split("columns", (Leaf("a"), Leaf("b"), Leaf("c"), Leaf("d")), (20, 3, 1, 4))


def test_a_pinned_pane_stands_in_every_tab_also_in_a_new_one_until_it_is_pinned_no_more():
    tabs = (Tab("one", Split("columns", (Leaf("a"), Leaf("b")), (1, 1))), Tab("two", Leaf("c")))
    held = shape.pin(tabs, "b", 0)
    assert shape.pinned(held) == ("b",)
    assert [roles(tab.root) for tab in shape.open_tab(held, "d", "three")] == [("a", "b"), ("c", "b"), ("d", "b")]
    assert shape.pin(held, "b", 1) == (Tab("one", Leaf("a")), Tab("two", held[1].root))
    assert shape.close(held, "c") == (held[0],)


def test_a_tab_whose_last_own_pane_leaves_goes_and_the_last_tab_stays():
    tabs = (Tab("one", Leaf("a")), Tab("two", Leaf("b")))
    assert shape.move_to_tab(tabs, "a", 0, 1) == (Tab("two", Split("columns", (Leaf("b"), Leaf("a")), (1, 1))),)
    assert shape.move_to_new_tab(tabs, "a", 0, "t") == tabs
    assert shape.close((Tab("one", Leaf("a")),), "a") == ()


def test_what_no_tab_shows_gets_one_more_and_what_is_gone_leaves():
    tabs = (Tab("one", Leaf("a")),)
    assert shape.complete(tabs, ("a", "b")) == (*tabs, Tab("more", Leaf("b")))
    assert shape.complete((), ("a",)) == (Tab("agents", Leaf("a")),)
    assert shape.only(shape.complete(tabs, ("a", "b")), {"b"}) == (Tab("more", Leaf("b")),)


def test_tabs_that_cannot_be_are_named():
    twice = Split("rows", (Leaf("a"), Leaf("a")), (1, 1))
    for tabs, part in (
        ((Tab("t", twice),), "twice"),
        ((Tab("t", Leaf("b")),), "no agent b"),
        ((Tab("", Leaf("a")),), "title"),
        ((Tab("t", Split("rows", (Leaf("a"),), (0,))),), "weights"),
        ((Tab("t", Leaf("a")),) * 100, "tabs"),
    ):
        assert part in shape.flaw(tabs, {"a"})
