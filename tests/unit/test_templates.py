"""Prompts that are kept by name."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hiveui
from hiveui.model.templates import filled, parse, variables
from hiveui.storage.library import every

SHIPPED = Path(hiveui.__file__).parent / "prompts"


def test_fields_and_text_are_read() -> None:
    read = parse("x", "---\ndescription: What for.\nbase: main\n---\n\nDiff {{base}} of {{ branch }}, {{base}}.\n")
    assert (read.description, read.defaults, read.text) == (
        "What for.",
        {"base": "main"},
        "Diff {{base}} of {{ branch }}, {{base}}.",
    )
    assert read.variables == ("base", "branch")
    assert parse("x", "Just a text.\n").text == "Just a text."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("---\nno field\n---\nx", "line 2 is no"), ("---\na: b\n", "that ends its fields is missing")],
)
def test_what_is_wrong_in_its_fields_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse("x", text)


@given(st.text(), st.text())
def test_what_is_filled_in_is_not_read_again(text: str, value: str) -> None:
    assert filled("{{a}} {{b}}", {"a": "{{b}}", "b": value}) == "{{b}} " + value
    assert filled(text, {}) == text


def test_the_nearest_of_two_with_one_name_is_meant_and_a_broken_file_says_why(tmp_path: Path) -> None:
    project, own = tmp_path / "project", tmp_path / "own"
    for place in (project, own):
        place.mkdir()
        (place / "review.md").write_text(f"From {place.name}.")
    (own / "broken.md").write_text("---\nx\n---\n")
    found = {one.template.name: one for one in every((project, own, SHIPPED))}
    assert found["review"].template.text == "From project."
    assert "line 2" in found["broken"].error
    assert {name for name, one in found.items() if one.origin == "shipped"} == {
        "spec", "plan", "build", "test", "simplify", "ship",
    }  # fmt: skip


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.md")), ids=lambda file: file.stem)
def test_those_that_are_shipped_are_whole(file: Path) -> None:
    template = parse(file.stem, file.read_text())
    assert template.description.endswith(".")
    assert set(variables(template.text)) <= {"task", "base", "check", "branch"}
    assert template.defaults.keys() <= set(template.variables)
