"""The shape of the code: nothing grows past what a reader takes in, and each table is whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import hiveui
from hiveui.daemon.dispatch import Dispatch
from hiveui.gateway.methods import METHODS

PACKAGE = Path(hiveui.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LINES, FUNCTION, METHODS_OF_A_CLASS = 400, 50, 25


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count lines, the docstring apart."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(PACKAGE)) for file in FILES])
def test_files_functions_and_classes_stay_within_what_a_reader_takes_in(file: Path) -> None:
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LINES
    assert {f.name: length(f) for f in functions(tree) if length(f) > FUNCTION} == {}
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    methods = {c.name: sum(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in c.body) for c in classes}
    assert {name: count for name, count in methods.items() if count > METHODS_OF_A_CLASS} == {}


def test_packages_have_nothing_in_their_init() -> None:
    assert [str(file) for file in FILES if file.name == "__init__.py" and file.read_text().strip()] == []


class Anything:
    """Has every attribute that is asked for."""

    def __getattr__(self, name: str) -> "Anything":
        return Anything()


def test_every_method_of_the_gateway_has_a_verb_and_every_verb_is_a_method() -> None:
    dispatch = Dispatch(Anything(), dict, lambda: None)  # type: ignore[arg-type]
    verbs = {*dispatch._verbs, *dispatch._viewer_verbs}
    assert not set(dispatch._verbs) & set(dispatch._viewer_verbs)
    assert verbs | {"initialize", "agent/report"} == set(METHODS)


def test_no_task_waits_in_a_way_that_loses_a_cancel() -> None:
    """asyncio.wait_for of Python 3.11 takes no notice of a cancel that comes with what it waits for."""
    assert [file.name for file in PACKAGE.rglob("*.py") if "asyncio.wait_for(" in file.read_text()] == []
