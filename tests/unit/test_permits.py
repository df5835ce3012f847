"""Rules that answer routine prompts: what they cover, and above all what they do not."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.hive.routine import _permit
from hiveui.model.agent import Agent, AgentId
from hiveui.model.hosts import folder_on
from hiveui.model.layout import AgentSpec
from hiveui.model.permits import permitted, read_permit
from hiveui.model.turns import Happening, Hooked

FOLDER = "/work/shop"
RULES = [
    read_permit(rule)
    for rule in (
        "Bash(git status*)",
        "Bash(git diff *)",
        "Bash(git log*)",
        "Bash(ls*)",
        "Bash(pytest*)",
        "Bash(make test)",
        "Bash(npm run lint)",
        "Bash(cat*)",
        "Read(docs/**)",
        "Edit(docs/plans/**)",
        "WebSearch",
    )
]


def allowed(tool: str, **given: object) -> str:
    found = permitted(RULES, tool, given, FOLDER)
    return found.text if found else ""


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("git status", "Bash(git status*)"),
        ("git status --short", "Bash(git status*)"),
        ("git status -sb services/api", "Bash(git status*)"),
        ("git diff --stat main", "Bash(git diff *)"),
        ("git diff", "Bash(git diff *)"),
        ("git log -5 --oneline", "Bash(git log*)"),
        ("ls -la 'web/src'", "Bash(ls*)"),
        ("pytest -q tests/api", "Bash(pytest*)"),
        ("make test", "Bash(make test)"),
        ("npm run lint", "Bash(npm run lint)"),
    ],
)
def test_a_rule_covers_its_command_with_plain_words(command: str, rule: str) -> None:
    assert allowed("Bash", command=command, description="look") == rule


NEAR_MISSES = """\
git status; rm -rf .
git status && rm -rf .
git status || rm -rf .
git status & rm x
git status | sh
git status > .git/hooks/post-commit
git status >> ~/.bashrc
git status < /dev/tcp/a/1
git status $(rm x)
git status `rm x`
git status ${IFS}x
git status $HOME
git status\\nrm x
git status\\rrm x
git status \\; rm x
GIT_SSH_COMMAND=x git status
A=b git status
git status A=b
env git status
sudo git status
git -c core.pager=x status
git -c alias.status=!sh status
git --exec-path=/tmp status
git status --config-env=x=y
git  statusx
git statusx
git stat
git status\\x00
git status ’x
git\u00a0status
gіt status
GIT STATUS
./git status
/tmp/git status
git diff --ext-diff
git diff --output=x
git diff -O x
git diff --no-index / etc
git diff --textconv
git log --output=/etc/x
git log -p --ext-diff
git log --format=%x00
git log -c core.pager=x
git log -- x
ls --color=$(x)
ls *; rm x
ls ~
ls ?
ls {a,b}
ls [a-z]
ls !x
ls #x
ls -la --hyperlink
pytest -p evil
pytest --rootdir=/ -c evil.ini
pytest -o addopts=x
pytest --basetemp=/home
make test SHELL=/tmp/x
make test install
make -f x test
make  test-all
npm run lint -- --fix
npm run lint; x
npm run lint2
cat -- x
cat <(x)
(git status)
{ git status
time git status
git status 'unclosed
git status "x$(y)"
bash -c 'git status'
xargs git status
watch git status
\\git status
""".splitlines()


@pytest.mark.parametrize("command", NEAR_MISSES)
def test_near_misses_are_never_covered(command: str) -> None:
    for written, meant in (("\\n", "\n"), ("\\r", "\r"), ("\\x00", "\0")):
        command = command.replace(written, meant)
    assert allowed("Bash", command=command) == ""


@pytest.mark.parametrize(
    ("tool", "given_"),
    [
        ("Bash", {"command": "git status", "dangerouslyDisableSandbox": True}),
        ("Bash", {"command": "git status", "run_in_background": True}),
        ("Bash", {"command": ["git", "status"]}),
        ("Bash", {}),
        ("bash", {"command": "git status"}),
        ("mcp__x__Bash", {"command": "git status"}),
        ("Read", {"file_path": "/work/shop/docs/../.env"}),
        ("Read", {"file_path": "/work/shopping/docs/x"}),
        ("Read", {"file_path": "/etc/passwd"}),
        ("Read", {"file_path": "/work/shop/docs"}),
        ("Read", {"file_path": ""}),
        ("Edit", {"file_path": "/work/shop/docs/x.md"}),
        ("Write", {"file_path": "/work/shop/docs/plans/x.md"}),
        ("WebSearch2", {}),
    ],
)
def test_other_tools_fields_and_paths_are_not_covered(tool: str, given_: dict[str, object]) -> None:
    assert allowed(tool, **given_) == ""


def test_files_and_tools_are_covered_by_name() -> None:
    assert allowed("Read", file_path="/work/shop/docs/a/b.md") == "Read(docs/**)"
    assert allowed("Read", file_path="docs/b.md") == "Read(docs/**)"
    assert allowed("Edit", file_path="/work/shop/docs/plans/auth.md") == "Edit(docs/plans/**)"
    assert allowed("WebSearch", query="anything") == "WebSearch"


@pytest.mark.parametrize(
    "rule",
    [
        *("", "Bash", "Bash()", "Bash(*)", "Bash(git * status)", "Bash(a; b*)", "Bash(A=b c)", "Edit", "Write(**)"),
        *("Edit(/etc/*)", "Read(../x)", "Read(~/x)", "WebFetch(domain:x)", "(x)", "git status*", "Bash(git status*"),
    ],
)
def test_a_rule_that_covers_too_much_or_is_none_is_refused_with_a_sentence(rule: str) -> None:
    with pytest.raises(ValueError, match=r"\w.*\.$"):
        read_permit(rule)


@given(st.text(st.sampled_from(string.printable + "é\0"), max_size=30))
def test_whatever_follows_a_command_that_has_no_star_is_not_covered(rest: str) -> None:
    if rest.strip():
        assert not allowed("Bash", command="make test " + rest)


@given(st.text(st.sampled_from(string.ascii_letters + " ;&|<>$`(){}\n\\*?[]!~#='\"-"), max_size=30))
def test_what_a_star_covers_holds_nothing_that_a_shell_acts_on(rest: str) -> None:
    if allowed("Bash", command="git status " + rest):
        assert not set(rest) & set(";&|<>$`(){}\n\\*?[]!~#")


@pytest.mark.parametrize(("host", "covered"), [("local", True), ("box", False)])
def test_no_rule_answers_for_a_file_whose_links_are_not_known_here(host: str, covered: bool, tmp_path: Path) -> None:
    spec = AgentSpec("a", "claude", allow=("Edit(src/**)", "Bash(make *)"))
    agent = Agent(AgentId("a"), "a", "claude", folder_on(host, str(tmp_path)), host=host, spec=spec)

    def asked(tool: str, **given: str) -> bool:
        event = Hooked(Happening.APPROVAL, tool=tool, tool_input=given)
        return _permit(agent, event) is not None

    assert asked("Edit", file_path="src/a.py") is covered
    assert asked("Edit", file_path=f"{tmp_path}/src/a.py") is covered
    assert asked("Bash", command="make test")
