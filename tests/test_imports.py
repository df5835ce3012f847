"""What each process loads: what is heavy stays in its own room."""

import subprocess
import sys

import pytest


def loaded(code: str) -> set[str]:
    """Give the top-level modules that a fresh interpreter has after `code`."""
    code = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    ("code", "never"),
    [
        # `hive --help` and `hive ls`: tests/unit/test_cli.py
        ("import hiveui.daemon.__main__", {"textual", "rich", "asyncssh", "anthropic", "libtmux", "click", "psutil"}),
        ("import hiveui.tmux.tap", {"asyncio", "click", "psutil", "ctypes", "logging", "textual", "rich", "ruamel"}),
        ("import hiveui.model.state, hiveui.model.text", {"asyncio", "subprocess", "socket", "textual", "psutil"}),
        ("import hiveui.llm.asking, hiveui.hive.wording, hiveui.cli.remembering", {"anthropic", "textual"}),
        ("import hiveui.tui.app", {"anthropic", "asyncssh", "libtmux"}),
        ("import hiveui.ssh.zygote", {"asyncssh", "textual", "rich", "click", "psutil"}),
        ("import hiveui.tui.zygote, hiveui.cli.seated", {"asyncssh", "anthropic", "libtmux", "psutil"}),
        ("import hiveui.gateway.blocking", {"asyncio", "textual", "rich", "click", "psutil"}),
    ],
    ids=lambda value: value.removeprefix("import ") if isinstance(value, str) else "",
)
def test_a_process_loads_nothing_that_it_does_not_need(code: str, never: set[str]) -> None:
    assert loaded(code) & never == set()


def test_the_screen_loads_textual_so_that_this_would_be_seen() -> None:
    assert "textual" in loaded("import hiveui.tui.app")
