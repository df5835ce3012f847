"""A world for each journey."""

from collections.abc import Iterator

import pytest

from tests.robot import World


@pytest.fixture
def world() -> Iterator[World]:
    """A hive and a project of the test's own."""
    with World() as world:
        yield world
