"""How programs write down what they use: one reader for each format, from an entry of a transcript to requests.

The formats were read from what the programs wrote: Claude Code 2.1.329, Codex CLI 0.169.0, Gemini CLI 0.61.0, Qwen
Code 0.24.4, OpenCode 1.18.33. Entries come from outside: whatever does not have the known shape is passed over.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hiveui.model.usage import SAID, Request, Tokens

MOST = 1_000_000_000
"""Tokens of one request, at most; a higher number is nonsense."""
DEAREST = 10_000.0
"""USD of one request, at most."""
NAME = 100
"""Characters of a model's name or a key that are kept."""

Entry = Mapping[str, Any]
Memory = dict[str, str]
Read = Callable[[Entry, Memory], Iterator[Request]]


class Format(NamedTuple):
    """One format of transcripts."""

    read: Read
    marks: tuple[bytes, ...]
    """A line without any of them holds nothing to read."""


def _claude(entry: Entry, memory: Memory) -> Iterator[Request]:
    """Read an assistant's line: one for each block of an answer, each with the usage of the whole request so far.

    A `cost-state` says what the program itself makes of the conversation's cost so far.
    """
    if entry.get("type") == "cost-state":
        said = _dollars(entry, "totalCostUSD", MOST)
        memory |= {SAID: str(said)} if said is not None else {}
        return
    message = _map(entry, "message")
    usage = _map(message, "usage")
    model = _text(message, "model")
    if entry.get("type") != "assistant" or not usage or model == "<synthetic>":
        return
    written = _count(usage, "cache_creation_input_tokens")
    hour = min(written, _count(_map(usage, "cache_creation"), "ephemeral_1h_input_tokens"))
    tokens = Tokens(
        _count(usage, "input_tokens"),
        _count(usage, "output_tokens"),
        _count(usage, "cache_read_input_tokens"),
        written - hour,
        hour,
    )
    key = _text(entry, "requestId") or _text(message, "id")
    side = entry.get("isSidechain") is True
    yield Request(key, *_when(entry.get("timestamp")), model, tokens, context=0 if side else tokens.total)


def _codex(entry: Entry, memory: Memory) -> Iterator[Request]:
    """Read `turn_context` for the model, and `token_count` for the growth of the total: that is said over and over."""
    payload = _map(entry, "payload")
    if entry.get("type") == "turn_context":
        memory["model"] = _text(payload, "model")
    info = _map(payload, "info")
    if entry.get("type") != "event_msg" or payload.get("type") != "token_count" or not info:
        return
    said, last = _map(info, "total_token_usage"), _map(info, "last_token_usage")
    total = [_count(said, name) for name in _CODEX]
    before = [int(part) for part in memory.get("total", "").split()] or [0] * len(total)
    grown = [now - old for now, old in zip(total, before, strict=True)]
    if min(grown) < 0:  # it counts anew
        grown = [_count(last, name) for name in _CODEX]
    memory["total"] = " ".join(map(str, total))
    if any(grown):
        tokens = _within(*grown)
        held, window = _count(last, "total_tokens"), _count(info, "model_context_window")
        when = _when(entry.get("timestamp"))
        yield Request("", *when, memory.get("model", ""), tokens, context=held, window=window)


_CODEX = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_input_tokens")


def _gemini(entry: Entry, _memory: Memory) -> Iterator[Request]:
    """Read a `gemini` message; a `$set` of all messages says again what was said before."""
    again = _map(entry, "$set").get("messages")
    for message in again if isinstance(again, list) else [entry]:
        tokens = _map(message, "tokens") if isinstance(message, Mapping) else {}
        if tokens and message.get("type") == "gemini":
            used = _with_thoughts(tokens, "input", "output", "cached", "thoughts", "total")
            when = _when(message.get("timestamp"))
            key, model = _text(message, "id"), _text(message, "model")
            yield Request(key, *when, model, used, context=used.total, repeated=message is not entry)


def _qwen(entry: Entry, _memory: Memory) -> Iterator[Request]:
    """Read an assistant's line with `usageMetadata`."""
    usage = _map(entry, "usageMetadata")
    if entry.get("type") == "assistant" and usage:
        names = ("promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount", "thoughtsTokenCount")
        used = _with_thoughts(usage, *names, "totalTokenCount")
        when = _when(entry.get("timestamp"))
        yield Request(_text(entry, "uuid"), *when, _text(entry, "model"), used, context=used.total)


def _opencode(entry: Entry, _memory: Memory) -> Iterator[Request]:
    """Read a message of the database, with its id under `id` (database.py); it knows what it cost."""
    tokens, cache = _map(entry, "tokens"), _map(_map(entry, "tokens"), "cache")
    if entry.get("role") != "assistant" or not tokens:
        return
    written = _count(tokens, "output") + _count(tokens, "reasoning")
    used = Tokens(_count(tokens, "input"), written, _count(cache, "read"), _count(cache, "write"))
    if used.total:
        when = _when(_map(entry, "time").get("created"))
        context = 0 if entry.get("child") else used.total
        usd = _dollars(entry, "cost", DEAREST)
        yield Request(_text(entry, "id"), *when, _text(entry, "modelID"), used, usd, context)


FORMATS: Mapping[str, Format] = {
    "claude": Format(_claude, (b'"usage"', b'"cost-state"')),
    "codex": Format(_codex, (b'"token_count"', b'"turn_context"')),
    "gemini": Format(_gemini, (b'"tokens"',)),
    "qwen": Format(_qwen, (b'"usageMetadata"',)),
    "opencode": Format(_opencode, ()),
}
"""By the name that a kind gives under `usage`."""


def _with_thoughts(usage: Entry, *names: str) -> Tokens:
    """Read a count by its names for prompt, answer, cached, thoughts and total; the prompt includes the cache.

    Thoughts are beside the answer where the total says so.
    """
    asked, answered, cached, thought, total = (_count(usage, name) for name in names)
    beside = thought if total >= asked + answered + thought else 0
    return _within(asked, answered + beside, cached, 0)


def _within(prompt: int, output: int, cached: int, written: int) -> Tokens:
    """Take apart a prompt whose count includes what was read from the cache and written to it."""
    read = min(cached, prompt)
    write = min(written, prompt - read)
    return Tokens(prompt - read - write, output, read, write)


def _map(entry: Entry, name: str) -> Entry:
    found = entry.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(entry: Entry, name: str) -> str:
    found = entry.get(name)
    return found[:NAME] if isinstance(found, str) else ""


def _count(entry: Entry, name: str) -> int:
    """Read a number of tokens; 0 for what is none."""
    found = entry.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return 0
    return int(found) if 0 <= found <= MOST else 0


def _dollars(entry: Entry, name: str, most: float) -> float | None:
    """Read an amount of USD; None for what is none, and for nothing: a program that knows no price says 0."""
    found = entry.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= most:
        return None
    return float(found)


def _when(said: object) -> tuple[str, str]:
    """Read a time, RFC 3339 or milliseconds since 1970, into one of fixed width and its day on this machine.

    One that cannot be, or is yet to come, is unknown and belongs to today.
    """
    now = datetime.now(UTC)
    try:
        if isinstance(said, str):
            then = datetime.fromisoformat(said[:40])
        elif isinstance(said, int | float) and not isinstance(said, bool):
            then = datetime.fromtimestamp(said / 1000, UTC)
        else:
            then = now + timedelta(days=2)
        then = then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
        day = then.astimezone().date().isoformat()
    except (ValueError, OverflowError, OSError):
        then, day = now + timedelta(days=2), ""
    if then > now + timedelta(days=1):
        return "", now.astimezone().date().isoformat()
    return then.isoformat(timespec="milliseconds"), day
