"""The OpenAI Chat Completions API as OpenCode, Qwen Code and Copilot speak it.

https://platform.openai.com/docs/api-reference/chat-streaming. The same talk as that of `model_server`.
"""

import json
from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]

SHELLS = ("bash", "run_shell_command")
"""What programs call the tool that runs a command."""
FORMS = ("question", "ask_user_question", "ask_user")
"""What they call the tool that asks the person."""


def messages(request: Block) -> list[Block]:
    """Give what was said as messages of the Anthropic API, of which the talk is made."""
    said: list[Block] = []
    for message in request.get("messages", []):
        content = message.get("content") or []
        parts = [content] if isinstance(content, str) else [part.get("text", "") for part in content]
        match message["role"]:
            case "user":
                said.append({"role": "user", "content": [{"type": "text", "text": text} for text in parts]})
            case "tool":
                said.append({"role": "user", "content": [{"type": "tool_result", "content": " ".join(parts)}]})
            case "assistant":
                said.append({"role": "assistant", "content": []})
    return said


def tool(block: Block, offered: set[str]) -> tuple[str, Block]:
    """Give the tool's use of a block by the name and with the fields that the program that asks knows."""
    if block["name"] == "Ask":
        name = next(name for name in FORMS if name in offered)
        return name, {"questions": [{**block["input"], "type": "choice"}]}
    return next(name for name in SHELLS if name in offered), {**block["input"], "is_background": False}


def events(request: Block, block: Block) -> Iterator[Block]:
    """Give the chunks that stream one block."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}
    if block["type"] == "text":
        delta, reason = {"content": block["text"]}, "stop"
    else:
        name, given = tool(block, {offer["function"]["name"] for offer in request["tools"]})
        function = {"name": name, "arguments": json.dumps(given)}
        delta, reason = {"tool_calls": [{"index": 0, "id": block["id"], "type": "function", "function": function}]}, ""
    for change, end in (({"role": "assistant", "content": ""}, None), (delta, None), ({}, reason or "tool_calls")):
        yield head | {"choices": [{"index": 0, "delta": change, "finish_reason": end}]}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    yield head | {"choices": [], "usage": usage}


def whole(request: Block, block: Block) -> Block:
    """Give the answer to a request that wants no stream: titles and the like."""
    message = {"role": "assistant", "content": block.get("text", "")}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": request["model"]}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return head | {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}
