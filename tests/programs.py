"""Real coding agents, from npm at pinned versions, each in a world of its own and led to a scripted model."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.model_server import ModelServer
from tests.robot import World

CACHE = Path(os.environ.get("HIVE_TEST_CACHE", Path.home() / ".cache" / "hiveui-tests"))
PACKAGES = {
    "claude": "@anthropic-ai/claude-code@2.1.329",
    "codex": "@openai/codex@0.169.0",
    "copilot": "@github/copilot@1.0.102",
    "gemini": "@google/gemini-cli@0.61.0",
    "opencode": "opencode-ai@1.18.33",
    "qwen": "@qwen-code/qwen-code@0.24.4",
}
"""Pinned: an unpinned npm silently takes an old one for an old Node."""
KEY = "test-key-0123456789abcdef0123456789"
NOWHERE = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
}
"""Leads what is not for the model to a port where nobody listens."""
SLOW = 60.0
"""Seconds that a cold start may take on a busy machine."""


def installed(program: str) -> Path:
    """Give the folder that a program is installed in, or skip the test where it cannot be had."""
    package = PACKAGES[program]
    folder = CACHE / f"{program}-{package.rpartition('@')[2]}"
    found = folder / "node_modules" / ".bin"
    if not (found / program).exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed")
        npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", package]
        done = subprocess.run(npm, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"{package} cannot be installed: {done.stderr.strip()[-200:]}")
    return found


def with_claude(world: World, model: ModelServer) -> dict[str, str]:
    """Let Claude Code start without questions; the environment that leads it to the model."""
    world.env["PATH"] = f"{installed('claude')}:{world.env['PATH']}"
    seen = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True, "allowedTools": []}
    approved = {"approved": [KEY[-20:]], "rejected": []}
    first_run = {"hasCompletedOnboarding": True, "theme": "dark", "customApiKeyResponses": approved}
    (world.home / ".claude.json").write_text(json.dumps(first_run | {"projects": {str(world.project): seen}}))
    return {
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": model.url,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        **NOWHERE,
    }


def with_codex(world: World, model: ModelServer) -> dict[str, str]:
    """Let Codex start without questions, led to the model by its configuration; its environment."""
    world.env["PATH"] = f"{installed('codex')}:{world.env['PATH']}"
    provider = f'name = "script"\nbase_url = "{model.url}/v1"\nenv_key = "SCRIPT_KEY"\nwire_api = "responses"\n'
    (world.home / ".codex").mkdir()
    (world.home / ".codex" / "config.toml").write_text(
        'model_provider = "script"\nmodel = "gpt-5-codex"\ncheck_for_update_on_startup = false\n'
        f"[analytics]\nenabled = false\n[model_providers.script]\n{provider}"
        f'[projects."{world.project}"]\ntrust_level = "trusted"\n'
        '[notice.model_migrations]\n"gpt-5.5" = "gpt-6-sol"\n'  # asked already whether to try that one
    )
    return {"SCRIPT_KEY": KEY, **NOWHERE}


def with_opencode(world: World, model: ModelServer) -> dict[str, str]:
    """Let OpenCode start without questions, led to the model by the person's own configuration; its environment."""
    world.env["PATH"] = f"{installed('opencode')}:{world.env['PATH']}"
    options = {"baseURL": f"{model.url}/v1", "apiKey": KEY}
    models = {"scripted": {"name": "Scripted", "tool_call": True, "limit": {"context": 200000, "output": 8000}}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "Script", "options": options, "models": models}
    config = {"provider": {"script": provider}, "model": "script/scripted", "small_model": "script/scripted"}
    config |= {"permission": {"bash": "ask", "edit": "ask"}, "autoupdate": False, "share": "disabled"}
    folder = world.home / "config" / "opencode"
    folder.mkdir(parents=True)
    (folder / "opencode.json").write_text(json.dumps(config))
    off = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD")
    # It installs what plugins may need, and waits for that.
    return {**{f"OPENCODE_DISABLE_{what}": "1" for what in off}, "npm_config_fetch_retries": "0", **NOWHERE}


def with_qwen(world: World, model: ModelServer) -> dict[str, str]:
    """Let Qwen Code start without questions, led to the model; its environment."""
    world.env["PATH"] = f"{installed('qwen')}:{world.env['PATH']}"
    settings = {"security": {"auth": {"selectedType": "openai"}}, "general": {"enableAutoUpdate": False}}
    settings |= {"privacy": {"usageStatisticsEnabled": False}, "tools": {"approvalMode": "default"}}
    (world.home / ".qwen").mkdir()
    (world.home / ".qwen" / "settings.json").write_text(json.dumps(settings))
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{model.url}/v1", "OPENAI_MODEL": "scripted", **NOWHERE}


def with_gemini(world: World, model: ModelServer) -> dict[str, str]:
    """Let Gemini CLI start without questions, led to the model; its environment."""
    world.env["PATH"] = f"{installed('gemini')}:{world.env['PATH']}"
    security = {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}}
    settings = {"security": security, "general": {"enableAutoUpdate": False}}
    settings |= {"privacy": {"usageStatisticsEnabled": False}, "model": {"name": "gemini-2.5-flash"}}
    (world.home / ".gemini").mkdir()
    (world.home / ".gemini" / "settings.json").write_text(json.dumps(settings))
    return {
        "GEMINI_API_KEY": KEY,
        "GOOGLE_GEMINI_BASE_URL": model.url,
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
        **NOWHERE,
    }


def with_copilot(world: World, model: ModelServer) -> dict[str, str]:
    """Let Copilot work without a login, led to the model; its environment."""
    world.env["PATH"] = f"{installed('copilot')}:{world.env['PATH']}"
    return {
        "COPILOT_PROVIDER_BASE_URL": f"{model.url}/v1",
        "COPILOT_PROVIDER_API_KEY": KEY,
        "COPILOT_MODEL": "gpt-5",
        "COPILOT_PROVIDER_WIRE_API": "completions",
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
        **NOWHERE,
    }
