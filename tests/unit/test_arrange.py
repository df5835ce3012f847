from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.layout import MIN_HEIGHT, MIN_WIDTH, Leaf, Rect, Split, arrange, even_grid, needed, roles, shares


@st.composite
def trees(draw):
    names = iter(f"r{n}" for n in range(1000))

    def node(depth):
        if depth == 0 or draw(st.booleans()):
            return Leaf(next(names))
        children = tuple(node(depth - 1) for _ in range(draw(st.integers(2, 4))))
        sizes = tuple(draw(st.integers(1, 9)) for _ in children)
        return Split(draw(st.sampled_from(["columns", "rows"])), children, sizes)

    return node(3)


def cells(rect):
    return [(x, y) for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)]


@given(trees(), st.integers(0, 9), st.integers(0, 9), st.integers(200, 300), st.integers(60, 90))
def test_every_cell_belongs_to_exactly_one_pane_or_bar(tree, x, y, width, height):
    area = Rect(x, y, width, height)
    placed = arrange(tree, area)
    assert tuple(placed.panes) == roles(tree)
    taken = [cell for rect in (*placed.panes.values(), *placed.bars) for cell in cells(rect)]
    assert sorted(taken) == sorted(cells(area))
    assert all(bar.width == 1 for bar in placed.bars)


@given(trees(), st.integers(0, 60), st.integers(0, 20))
def test_a_screen_too_small_for_all_still_places_no_cell_twice_and_none_outside(tree, width, height):
    area = Rect(0, 0, width, height)
    placed = arrange(tree, area)
    taken = [cell for rect in (*placed.panes.values(), *placed.bars) for cell in cells(rect)]
    assert len(set(taken)) == len(taken)
    assert all(rect.width >= 0 and rect.height >= 0 for rect in placed.panes.values())
    assert set(taken) <= set(cells(area))


@given(st.integers(0, 300), st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.integers(0, 10))
def test_shares_use_all_there_is_and_starve_nobody_while_there_is_room(total, weights, least):
    parts = shares(total, tuple(weights), (least,) * len(weights))
    assert sum(parts) == total
    assert len(parts) == len(weights)
    if total >= least * len(weights):
        assert min(parts) >= least


def test_shares_follow_the_weights():
    assert shares(70, (2, 3, 2), (8, 8, 8)) == [20, 30, 20]


@given(st.integers(1, 64))
def test_an_even_grid_shows_every_agent_once_in_order(count):
    names = tuple(f"r{n}" for n in range(count))
    assert roles(even_grid(names)) == names


def test_four_agents_stand_two_by_two():
    placed = arrange(even_grid(("a", "b", "c", "d")), Rect(0, 0, 81, 20))
    assert {(rect.width, rect.height) for rect in placed.panes.values()} == {(40, 10)}


@given(trees(), st.integers(0, 40), st.integers(0, 20))
def test_no_pane_is_starved_on_a_screen_that_has_room_for_all(tree, more_width, more_height):
    width, height = needed(tree)
    placed = arrange(tree, Rect(0, 0, width + more_width, height + more_height))
    assert all(rect.width >= MIN_WIDTH and rect.height >= MIN_HEIGHT for rect in placed.panes.values())
