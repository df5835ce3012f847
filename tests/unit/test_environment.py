import subprocess
import sys

import pytest

from hiveui.agents.environment import HIDDEN, compose

CALLER = {"PATH": "/venv/bin:/bin", "VIRTUAL_ENV": "/venv", "LANG": "de_DE.UTF-8", "HOME": "/h"}


def values(*layers, **options):
    return {v.name: v.value for v in compose(*layers, **options)}


def test_an_agent_gets_the_environment_of_the_shell_that_asked():
    assert CALLER.items() <= values(CALLER, {}, {}, {}).items()


@pytest.mark.parametrize(
    "name",
    ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SSE_PORT", "CODEX_SANDBOX",
     "CODEX_SANDBOX_NETWORK_DISABLED", "CODEX_SESSION_ID", "CODEX_THREAD_ID", "TMUX", "TMUX_PANE", "TMUX_TMPDIR", "STY",
     "WINDOW", "ZELLIJ", "ZELLIJ_SESSION_NAME", "HIVE_TOKEN", "HIVE_AGENT_ID", "TERM_PROGRAM", "LINES", "COLUMNS"],
)  # fmt: skip
def test_what_marks_a_surrounding_agent_multiplexer_or_terminal_is_left_out(name):
    assert name not in values({name: "x", **CALLER}, {}, {}, {})


@pytest.mark.parametrize(
    "name", ["CLAUDE_CODE_MAX_RETRIES", "CODEX_HOME", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "LC_TIME", "WINDOWMANAGER"]
)
def test_what_the_person_set_for_an_agent_stays(name):
    assert values({name: "x"}, {}, {}, {})[name] == "x"


def test_what_stands_nearer_wins_and_each_variable_names_its_origin():
    found = {v.name: (v.value, v.origin) for v in compose(
        {"A": "1", "B": "1", "C": "1", "TERM": "xterm"}, {"B": "2", "K": "2"}, {"K": "3", "I": "3"}, {"C": "4"}
    )}  # fmt: skip
    assert found["A"] == ("1", "shell")
    assert found["B"] == ("2", "layout")
    assert found["K"] == ("2", "layout")
    assert found["I"] == ("3", "kind")
    assert found["C"] == ("4", "hive")
    assert found["TERM"] == ("tmux-256color", "hive")


def test_a_layout_may_set_path_but_not_what_makes_programs_run_code():
    found = values(
        {"PATH": "/bin"}, {"PATH": "/x", "LD_PRELOAD": "/evil.so", "HIVE_TOKEN": "mine"}, {}, {"HIVE_TOKEN": "t"}
    )
    assert found["PATH"] == "/x"
    assert "LD_PRELOAD" not in found
    assert found["HIVE_TOKEN"] == "t"


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ({}, {"LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "C"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"}, {"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}),
        ({"LANG": "de_DE.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-1"}, {"LANG": "de_DE.UTF-8", "LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "en_US.utf8"}, {"LANG": "en_US.utf8"}),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, {"LC_ALL": "", "LANG": "C.UTF-8"}),
    ],
)
def test_the_locale_is_utf8_whatever_the_caller_has(caller, expected):
    found = values(caller, {}, {}, {})
    assert {name: value for name, value in found.items() if name[:2] == "LC" or name == "LANG"} == expected


def test_a_program_started_with_it_speaks_utf8():
    env = values({"PATH": "/bin", "LC_ALL": "C"}, {}, {}, {})
    argv = [sys.executable, "-X", "utf8=0", "-c", "import locale; print(locale.nl_langinfo(locale.CODESET))"]
    assert subprocess.run(argv, env=env, capture_output=True, text=True, check=True).stdout.strip() == "UTF-8"


@pytest.mark.parametrize(
    "name", ["ANTHROPIC_API_KEY", "GH_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "PASSWORD_FILE", "CLIENT_SECRET", "TOKEN", "HIVE_TOKEN"]
)  # fmt: skip
def test_a_secret_value_is_not_shown(name):
    (found,) = (v for v in compose({}, {}, {}, {name: "s3cret"}) if v.name == name)
    assert (found.value, found.shown) == ("s3cret", HIDDEN)


@pytest.mark.parametrize("name", ["PATH", "KEYBOARD", "MONKEY", "TOKENIZERS_PARALLELISM", "SSH_AUTH_SOCK", "PWD_X"])
def test_an_ordinary_value_is_shown(name):
    (found,) = (v for v in compose({name: "plain"}, {}, {}, {}) if v.name == name)
    assert found.shown == "plain"
