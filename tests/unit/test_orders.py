"""What somebody from outside asks for in words, without a daemon: what is said, and what of this machine is told."""

from pathlib import Path
from typing import Any, Self

import pytest

from hiveui.cli import seated


class Daemon:
    """A connection that gives nothing, and keeps what it was asked."""

    def __init__(self) -> None:
        self.daemon = {"role": "viewer"}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stay."""

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self.asked.append((method, params))
        return {"held": [], "writes": [], "since": "2026-01-01T00:00:00Z", "top": "/"}


def test_help_is_printed_and_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert seated.play(["status", "--help"], Daemon()) == 0
    gave, said = capsys.readouterr()
    assert gave.startswith("Usage: hive status")
    assert said == ""


@pytest.mark.parametrize(
    "words", [("top", "-s", "nan"), ("wait", "cat", "--for", "idle", "--timeout", "nan"), ("top", "-s", "inf")]
)
def test_what_is_no_number_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    daemon = Daemon()
    assert seated.play(words, daemon) == 2
    assert "Invalid value" in capsys.readouterr().err
    assert daemon.asked == []


def test_nobody_outside_learns_where_a_link_of_this_machine_leads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    daemon = Daemon()
    seated.play(["who", f"{tmp_path}/link/../link/file", "--json"], daemon)
    assert daemon.asked == [("files/who", {"path": f"{tmp_path}/link/file"})]
    assert "secret" not in capsys.readouterr().out
