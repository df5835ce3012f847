"""The OpenAI Responses API as Codex speaks it (https://platform.openai.com/docs/api-reference/responses-streaming).

The same talk as that of `model_server`: it gives the person's last words as blocks, and streams one block.
"""

import json
from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]


def messages(request: Block) -> list[Block]:
    """Give what was said as messages of the Anthropic API, of which the talk is made."""
    said: list[Block] = []
    for item in request.get("input", []):
        kind = item.get("type", "message")
        if kind == "message":
            parts = item.get("content") or []
            texts = [parts] if isinstance(parts, str) else [part.get("text", "") for part in parts]
            blocks = [{"type": "text", "text": text} for text in texts if not text.startswith("<")]
            if item.get("role") in {"user", "assistant"} and blocks:
                said.append({"role": item["role"], "content": blocks})
        elif kind.endswith("_output"):
            said.append({"role": "user", "content": [{"type": "tool_result", "content": str(item.get("output"))}]})
        elif kind.endswith("_call"):
            said.append({"role": "assistant", "content": []})
    return said


def events(request: Block, block: Block) -> Iterator[Block]:
    """Give the events that stream one block; a command asks for rights beyond the sandbox, unless it is `plain`."""
    offered = {tool.get("name") or tool.get("type") for tool in request.get("tools") or []}
    head = {"id": "resp_1", "object": "response", "model": request["model"], "output": [], "error": None}
    yield {"type": "response.created", "response": head | {"status": "in_progress", "usage": None}}
    if block["type"] == "text":
        content = [{"type": "output_text", "text": block["text"], "annotations": []}]
        item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": content}
        yield {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": []}}
        yield {
            "type": "response.output_text.delta",
            "item_id": "msg_1",
            "output_index": 0,
            "content_index": 0,
            "delta": block["text"],
        }
    elif block["name"] == "apply_patch":
        item = {"id": "ct_1", "type": "custom_tool_call", "status": "completed", "call_id": block["id"]}
        item |= {"name": "apply_patch", "input": block["input"]["patch"]}
        yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    else:
        name, key = ("shell_command", "command") if "shell_command" in offered else ("exec_command", "cmd")
        given = {key: block["input"]["command"]}
        if not block.get("plain"):
            given |= {"sandbox_permissions": "require_escalated", "justification": "It was asked for."}
        item = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": block["id"], "name": name}
        item["arguments"] = json.dumps(given)
        yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    usage = {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 10}
    usage |= {"output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 110}
    yield {"type": "response.completed", "response": head | {"status": "completed", "output": [item], "usage": usage}}
