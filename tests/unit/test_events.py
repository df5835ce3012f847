import json
import typing
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent
from hiveui.model.codec import from_json, to_json
from hiveui.model.events import EVENTS, AgentAdded, event_from_json, event_to_json
from hiveui.model.layout import Leaf, Split, Tab
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, View, Workspace

leaves = st.text(max_size=5).map(Leaf)
nodes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=2, max_size=3).map(
        lambda children: Split("rows", tuple(children), (1,) * len(children))
    ),
    max_leaves=5,
)
st.register_type_strategy(
    Split, st.lists(nodes, min_size=2, max_size=3).map(lambda c: Split("columns", tuple(c), (2,) * len(c)))
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Tab, st.builds(Tab, st.text(max_size=5), nodes))
events = st.one_of([st.from_type(event) for event in EVENTS.values()])


@given(events)
def test_every_event_survives_json(event):
    assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event


HINTS = typing.get_type_hints(Workspace)
fields = st.sampled_from(sorted(HINTS)).flatmap(lambda name: st.tuples(st.just(name), st.from_type(HINTS[name])))


@given(fields)
def test_a_state_survives_json(field):
    bare = Workspace("w", "shop", "/shop", "team")
    state = State({"w": replace(bare, **dict([field]))})
    assert from_json(State, json.loads(json.dumps(to_json(state)))) == state


def test_an_event_names_its_type_and_a_pane_its_role():
    data = event_to_json(AgentAdded("w", Agent("a", "r", "shell", "/", reading=Reading(AgentState.DONE))))
    assert (data["type"], data["agent"]["reading"]["state"]) == ("AgentAdded", "done")
    assert to_json(Tab("t", Split("rows", (Leaf("a"), Leaf("b")), (1, 1))))["root"]["children"] == ["a", "b"]


BAD = [
    {},
    {"type": "Nothing"},
    {"type": "WorkspaceClosed"},
    {"type": "WorkspaceClosed", "id": 1},
    {"type": "WorkspaceClosed", "id": "w", "more": 1},
    {"type": "ViewMoved", "workspace": "w", "tab": True, "role": "r", "zoomed": False},
    {"type": "ViewMoved", "workspace": "w", "tab": "0", "role": "r", "zoomed": False},
    {"type": "TabsArranged", "workspace": "w", "tabs": "ab"},
    {"type": "TabsArranged", "workspace": "w", "tabs": [{"title": "t", "root": 5}]},
    {"type": "TabsArranged", "workspace": "w", "tabs": 7},
    {"type": "AgentRead", "workspace": "w", "id": "a", "reading": {"state": "flying"}},
    {"type": "AgentRead", "workspace": "w", "id": "a", "reading": []},
]


@pytest.mark.parametrize("data", BAD)
def test_a_shape_that_does_not_fit_is_a_value_error(data):
    with pytest.raises(ValueError):
        event_from_json(data)


def test_a_split_has_one_of_two_directions():
    with pytest.raises(ValueError, match="diagonal"):
        from_json(Split, {"direction": "diagonal", "children": ["a", "b"], "sizes": [1, 1]})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=5), x),
    )
)
def test_no_json_value_raises_anything_else(value):
    for kind in (State, View, Tab, Agent, Mapping[str, int], tuple[str, ...]):
        try:
            from_json(kind, value)
        except ValueError:
            continue
