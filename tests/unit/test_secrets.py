import json
import random
import string
import time

import pytest

from hiveui.storage.secrets import MASK, redact

LETTERS = string.ascii_letters + string.digits
SAYS = random.Random(7)


def some(count, chars=LETTERS):
    return "".join(SAYS.choice(chars) for _ in range(count))


def pem(kind):
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{some(70)}\n{some(70)}\n-----END {kind}PRIVATE KEY-----"


SECRETS = {
    "anthropic": "sk-ant-api03-" + some(80),
    "openai": "sk-proj-" + some(60),
    "github": "ghp_" + some(36),
    "github fine": "github_pat_" + some(74),
    "gitlab": "glpat-" + some(20),
    "aws": "AKIA" + some(16, string.ascii_uppercase + string.digits),
    "slack": "xoxb-" + some(10, string.digits) + "-" + some(24),
    "google": "AIza" + some(35),
    "stripe": "sk_live_" + some(24),
    "hugging face": "hf_" + some(34),
    "npm": "npm_" + some(36),
    "hive": "hive_" + some(44),
    "jwt": f"eyJ{some(17)}.{some(40)}.{some(43)}",
    "openssh": pem("OPENSSH "),
    "pkcs8": pem(""),
    "address": f"https://user:{some(24)}@host.example/x",
    "bearer": f"Authorization: Bearer {some(40)}",
    "assigned": f"DB_PASSWORD={some(20)}",
    "exported": f"export ANTHROPIC_API_KEY='{some(20)}'",
}
WAYS = {
    "plain": lambda secret: f"export X={secret} # and more",
    "coloured": lambda secret: f"{secret[:9]}\x1b[31m{secret[9:14]}\x1b[0m{secret[14:]}",
    "wrapped": lambda secret: "\n".join(secret[at : at + 40] for at in range(0, len(secret), 40)) + "\n",
    "in JSON": lambda secret: json.dumps({"key": secret}),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_masked_however_it_stands_there(secret, way):
    kept = redact(way(secret))
    assert MASK in kept
    bare = kept.replace("\\n", "").replace("\n", "")
    assert secret.replace("\n", "") not in bare
    assert secret.replace("\n", "")[-20:-6] not in bare or "host.example" in secret


@pytest.mark.parametrize(
    "text",
    [
        "class AKIA: pass",
        "data:image/png;base64,u8CREgJrogtSWgxZ4uFj4bV9oMRNhuVoTmKbCuRjg4ath4pg8oMw7EFDgZFe",
        "risk-free-and-very-long-name-of-a-branch",
        "hive_supervisor_restarts_an_agent",
        "the secret: be kind, and the key: practice",
        "git@github.com:owner/project.git",
        "https://host.example:8080/a@b",
        "PRIMARY KEY (id)",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "\x1b[31mred\x1b[0m",
        "bearer of bad news",
    ],
)
def test_ordinary_text_stays_as_it_is(text):
    assert redact(text) == text


def test_redacting_again_changes_nothing():
    for secret in SECRETS.values():
        once = redact(f"X={secret}")
        assert redact(once) == once


def test_what_stands_around_a_secret_stays():
    assert redact(f"before DB_PASSWORD={some(20)} after") == f"before DB_PASSWORD={MASK} after"


@pytest.mark.parametrize(
    "part", ["eyJ", "-eyJ", "sk-", "A_", "-----BEGIN PRIVATE KEY-----", "://a:", "bearer ", "KEY=", "A\n"]
)
def test_no_text_takes_long(part):
    text = part * (500_000 // len(part))
    before = time.process_time()
    redact(text)
    assert time.process_time() - before < 1
