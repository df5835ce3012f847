import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hiveui.tui.chrome import tail


@pytest.mark.parametrize(
    ("columns", "shown"),
    [(15, "src/api/auth.py"), (14, "…/api/auth.py"), (12, "…/auth.py"), (8, "…auth.py"), (7, "…uth.py"), (1, "…")],
)
def test_a_path_that_is_too_long_loses_folders_first_and_its_end_last(columns, shown):
    assert tail("src/api/auth.py", columns) == shown


@given(st.text(st.sampled_from("ab/中é"), max_size=40), st.integers(1, 40))
def test_a_path_takes_no_more_than_its_room(path, columns):
    shown = tail(path, columns)
    assert cell_len(shown) <= columns
    assert shown == path or path.endswith(shown.lstrip("…").removeprefix("/"))
