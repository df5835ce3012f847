import json
import subprocess
import tomllib

import pytest

from hiveui.agents.catalog import catalog
from hiveui.agents.hooks.injection import Injection, Program, install, trusted_hash
from hiveui.agents.launch import launch
from hiveui.model.layout import AgentSpec

KINDS = catalog()


@pytest.fixture
def injection(tmp_path):
    folder = tmp_path / "it's a folder"
    folder.mkdir()

    def write(path, data):
        path.write_bytes(data)

    install(folder, write)
    return Injection(folder, write)


def inject(injection, kind, *argv, env=None, cwd="/"):
    return injection.inject(KINDS[kind].hooks, Program("coder-1", (kind, *argv), env or {}, cwd))


def hooks_of(path):
    with open(path) as file:
        return json.load(file)["hooks"]


def test_claude_is_given_settings_of_its_own_launch(injection):
    argv, env = inject(injection, "claude", "--resume", "id", "--", "--settings", "said")
    assert (argv[:2], argv[3:], env) == (("claude", "--settings"), ("--resume", "id", "--", "--settings", "said"), {})
    assert set(hooks_of(argv[2])) == set(KINDS["claude"].hooks.events) - {"StopFailure"}


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("2.1.329 (Claude Code)", True),
        ("2.1.78", True),
        ("2.1.77", False),
        ("2.1.9", False),
        ("soon", False),
        ("", False),
    ],
)
def test_claude_is_asked_for_its_version_before_it_is_told_of_an_event_that_could_stop_it(
    injection, tmp_path, said, known
):
    program = tmp_path / "claude"
    program.write_text(f"#!/bin/sh\necho asked >>{tmp_path}/asked\necho '{said}'\n")
    program.chmod(0o755)
    for _ in range(2):
        argv, _ = inject(injection, "claude", env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
        assert ("StopFailure" in hooks_of(argv[2])) is known
    assert (tmp_path / "asked").read_text() == "asked\n"


@pytest.mark.parametrize("form", ["json", "file", "joined"])
def test_settings_that_claude_is_passed_already_are_kept_and_not_shown_in_the_list_of_processes(
    injection, tmp_path, form
):
    theirs = {
        "model": "x",
        "env": {"KEY": "secret"},
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say"}]}]},
    }
    (tmp_path / "mine.json").write_text(json.dumps(theirs))
    given = {
        "json": ("--settings", json.dumps(theirs)),
        "file": ("--settings", "mine.json"),
        "joined": ("--settings=mine.json",),
    }
    argv, _ = inject(injection, "claude", *given[form], "-c", cwd=str(tmp_path))
    with open(argv[2]) as file:
        merged = json.load(file)
    assert (argv[3:], merged["model"], merged["env"]) == (("-c",), "x", {"KEY": "secret"})
    assert [entry["hooks"][0]["command"][:3] for entry in merged["hooks"]["Stop"]] == ["say", "sh "]
    assert "secret" not in " ".join(argv)


@pytest.mark.parametrize("settings", ["gone.json", "{not json", "[]", '{"hooks": {"Stop": "odd"}}'])
def test_what_cannot_be_merged_is_passed_as_it_was(injection, settings):
    given = ("--settings", settings if settings != "[]" else "{}[]")
    assert inject(injection, "claude", *given) == (("claude", *given), {})


def test_codex_is_told_which_hooks_are_ours_and_trusts_no_others(injection):
    argv, _ = inject(injection, "codex", "resume", "id")
    options, rest = argv[1:-2], argv[-2:]
    assert (rest, set(options[::2])) == (("resume", "id"), {"-c"})
    given = {}
    for option in options[1::2]:
        ((event, value),) = tomllib.loads(option)["hooks"].items()
        given[event] = value
    states = given.pop("state")
    assert set(given) == set(KINDS["codex"].hooks.events)
    assert "/<session-flags>/config.toml:pre_tool_use:0:0" in states
    assert len({state["trusted_hash"] for state in states.values()}) == len(given)
    assert not any("bypass" in word for word in argv)


def test_the_hash_is_the_one_that_codex_computes():
    """As `hooks/list` of Codex 0.169 gave it."""
    known = "sha256:43c30ce79b01876659bb116f2b81f269615cb850d79d1f954cf739d089c65b9d"
    assert trusted_hash("pre_tool_use", "sh '/tmp/hk/hook.sh' X || :", 3) == known


def test_hooks_that_codex_is_passed_already_are_kept(injection):
    given = ("-c", 'hooks.Stop=[{hooks=[{type="command",command="say"}]}]')
    assert inject(injection, "codex", *given).argv == ("codex", *given)


def test_gemini_is_given_system_settings_with_those_that_were_named(injection, tmp_path):
    (tmp_path / "sys.json").write_text(json.dumps({"ui": {"theme": "x"}}))
    variable = KINDS["gemini"].hooks.variable
    argv, env = inject(injection, "gemini", env={variable: "sys.json"}, cwd=str(tmp_path))
    with open(env[variable]) as file:
        merged = json.load(file)
    assert (argv, merged["ui"], merged["hooks"]["BeforeAgent"][0]["hooks"][0]["timeout"]) == (
        ("gemini",),
        {"theme": "x"},
        3000,
    )


def test_qwen_is_given_the_same_and_finds_the_systems_defaults_that_stand_beside(injection, tmp_path):
    (tmp_path / "settings.json").write_text(json.dumps({"hooks": {"Stop": [{"hooks": []}]}}))
    (tmp_path / "system-defaults.json").write_text("{}")
    named = {"QWEN_CODE_SYSTEM_SETTINGS_PATH": str(tmp_path / "settings.json")}
    _, env = inject(injection, "qwen", env=named)
    assert len(hooks_of(env["QWEN_CODE_SYSTEM_SETTINGS_PATH"])["Stop"]) == 2
    assert env["QWEN_CODE_SYSTEM_DEFAULTS_PATH"] == str(tmp_path / "system-defaults.json")
    _, env = inject(injection, "qwen", env={**named, "QWEN_CODE_SYSTEM_DEFAULTS_PATH": "mine"})
    assert set(env) == {"QWEN_CODE_SYSTEM_SETTINGS_PATH"}


def test_copilot_is_given_a_plugin_of_hooks_that_goes_with_its_agent(injection):
    argv, env = inject(injection, "copilot", "--plugin-dir", "theirs")
    folder = injection.folder / "coder-1"
    assert (argv, env) == (("copilot", "--plugin-dir", str(folder), "--plugin-dir", "theirs"), {})
    assert json.loads((folder / "plugin.json").read_text())["hooks"] == "hooks.json"
    assert set(hooks_of(folder / "hooks.json")) == set(KINDS["copilot"].hooks.events)
    injection.sweep(["coder-1"])
    assert folder.exists()
    injection.sweep([])
    assert not folder.exists()


def test_opencode_is_given_a_plugin_beside_those_that_it_has(injection):
    given = {"OPENCODE_CONFIG_CONTENT": json.dumps({"model": "x", "plugin": ["theirs"]})}
    _, env = inject(injection, "opencode", env=given)
    config = json.loads(env["OPENCODE_CONFIG_CONTENT"])
    assert (config["model"], config["plugin"][0], config["plugin"][1][:8]) == ("x", "theirs", "file:///")
    assert inject(injection, "opencode", env={"OPENCODE_CONFIG_CONTENT": "{"}).env == {}


@pytest.mark.parametrize("there", [True, False])
def test_the_command_of_a_hook_ends_well_whether_or_not_the_script_is_there(injection, there):
    if not there:
        (injection.folder / "hook.sh").unlink()
    done = subprocess.run(["sh", "-c", injection.command("Stop", "coder-1")], input=b"{}", capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_hooks_are_given_to_the_kinds_own_program_alone(tmp_path):
    def hooks(*command):
        return launch(KINDS["claude"], AgentSpec("r", "claude", command=command), tmp_path).hooks

    assert hooks() is hooks("/opt/bin/claude", "-c") is KINDS["claude"].hooks
    assert hooks("docker", "run", "claude") is None
