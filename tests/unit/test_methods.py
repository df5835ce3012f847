from pathlib import Path

import pytest

from hiveui.errors import GatewayError
from hiveui.gateway.methods import METHODS, check, find
from hiveui.gateway.page import page, schema_document
from hiveui.gateway.protocol import Code
from hiveui.gateway.schema import COUNT, PAIR, TEXT, TEXT_BY_NAME, TEXTS, mismatch, record
from hiveui.model.seat import Role

LADDER = [Role.VIEWER, Role.APPROVER, Role.DRIVER, Role.OWNER]


@pytest.mark.parametrize("role", LADDER)
@pytest.mark.parametrize("need", LADDER)
def test_a_role_may_do_what_those_below_it_may(role: Role, need: Role) -> None:
    assert role.may(need) is (LADDER.index(role) >= LADDER.index(need))


def test_an_agent_may_report_and_call_what_is_open_to_agents() -> None:
    assert {name for name, method in METHODS.items() if method.open_to(Role.AGENT)} == {
        "agent/report",
        "check/run",
        "collision/list",
        "memory/read",
        "memory/decide",
        "contract/noted",
        "files/list",
        "files/who",
        "reservation/list",
        "reservation/make",
        "reservation/release",
    }
    assert not Role.OWNER.may(METHODS["agent/report"].role)


def test_what_is_typed_is_done_in_order() -> None:
    assert [name for name, method in METHODS.items() if method.ordered] == ["pane/input", "pane/paste"]


@pytest.mark.parametrize(
    ("name", "params", "sentence"),
    [
        ("agent/send", {"workspace": "w", "role": "a", "text": "x", "enter": True}, ""),
        ("agent/send", {"workspace": "w", "role": "a"}, "`params.text` is missing."),
        ("agent/send", {"workspace": "w", "role": "a", "text": 1}, "`params.text` is to be a string."),
        ("agent/send", {"workspace": "w", "role": "a", "text": "x", "to": "y"}, "`params.to` is not known."),
        ("daemon/status", {"x": 1}, "`params.x` is not known."),
        ("events/list", {"after": 0, "limit": True}, "`params.limit` is to be an integer."),
        ("events/list", {"after": -1, "limit": 1}, "`params.after` is to be at least 0."),
        ("pane/view", {"panes": [{"pane": "%1"}], "size_owner": True}, "`params.panes[0].columns` is missing."),
        ("pane/input", {"pane": "%1", "input": [["text"]]}, "`params.input[0]` is to have at least 2 items."),
    ],
)
def test_parameters_are_checked_against_the_table(name: str, params: dict[str, object], sentence: str) -> None:
    if not sentence:
        check(find(name), params)
        return
    with pytest.raises(GatewayError) as refused:
        check(find(name), params)
    assert (str(refused.value), refused.value.code) == (sentence, Code.INVALID_PARAMS)


@pytest.mark.parametrize("name", ["", "__class__", "agent/Send", "x" * 10_000])
def test_a_method_that_is_not_in_the_table_is_not_found(name: str) -> None:
    with pytest.raises(GatewayError) as refused:
        find(name)
    assert refused.value.code == Code.METHOD_NOT_FOUND
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        (TEXT, "", True),
        (TEXT, None, False),
        (COUNT, 0, True),
        (COUNT, False, False),
        (COUNT, 1.0, False),
        (TEXTS, ["a"], True),
        (TEXTS, ["a", 1], False),
        (PAIR, [1, 2], True),
        (PAIR, [1], False),
        (PAIR, [1, 2, 3], False),
        (TEXT_BY_NAME, {"a": "b"}, True),
        (TEXT_BY_NAME, {"a": 1}, False),
        (record(a=TEXT), {"a": "b"}, True),
        (record(a=TEXT), {"a": "b", "c": ""}, False),
        (record(a=TEXT), {}, False),
    ],
)
def test_a_value_fits_its_schema_or_is_named(schema: dict[str, object], value: object, fits: bool) -> None:
    assert (mismatch(schema, value, "it") == "") is fits


def test_the_schema_document_has_every_method() -> None:
    document = schema_document()
    assert list(document["methods"]) == list(METHODS)
    assert document["methods"]["agent/read"]["params"]["required"] == ["workspace", "role"]
    assert document["version"] == 1


def test_the_gateway_page_has_the_table_as_it_is() -> None:
    found = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text()
    assert found == page(), "run `python -m hiveui.gateway.page`"
