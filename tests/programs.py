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
PACKAGES = {"claude": "@anthropic-ai/claude-code@2.1.329", "codex": "@openai/codex@0.169.0"}
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
    )
    return {"SCRIPT_KEY": KEY, **NOWHERE}
