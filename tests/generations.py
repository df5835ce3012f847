"""The Gemini API as Gemini CLI speaks it (https://ai.google.dev/api/generate-content).

The same talk as that of `model_server`.
"""

from typing import Any

from tests.completions import tool

Block = dict[str, Any]


def messages(request: Block) -> list[Block]:
    """Give what was said as messages of the Anthropic API, of which the talk is made."""
    said: list[Block] = []
    for content in request.get("contents", []):
        results = [part["functionResponse"] for part in content["parts"] if "functionResponse" in part]
        texts = [{"type": "text", "text": part["text"]} for part in content["parts"] if "text" in part]
        blocks = [{"type": "tool_result", "content": str(result["response"])} for result in results]
        said.append({"role": "assistant" if content.get("role") == "model" else "user", "content": blocks or texts})
    return said


def event(request: Block, block: Block) -> Block:
    """Give the one chunk that holds a block."""
    if block["type"] == "text":
        part: Block = {"text": block["text"]}
    else:
        offers = (offer for tools in request["tools"] for offer in tools.get("functionDeclarations", []))
        name, given = tool(block, {offer["name"] for offer in offers})
        part = {"functionCall": {"name": name, "args": given}}
    candidate = {"content": {"role": "model", "parts": [part]}, "index": 0, "finishReason": "STOP"}
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 10, "totalTokenCount": 110}
    return {"candidates": [candidate], "modelVersion": "scripted", "responseId": "1", "usageMetadata": usage}
