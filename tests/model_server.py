"""A scripted model on loopback: enough of an API for Claude Code and Codex to hold a conversation.

Streaming as https://docs.anthropic.com/en/api/messages-streaming lays down. A prompt that has `run: COMMAND` in it is
answered by the use of the tool `Bash`, one with `fail:` by an error, the tool's result and every other prompt by one
sentence that says it back. Codex holds the same conversation over the Responses API.
"""

import itertools
import json
import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests import responses

Block = dict[str, Any]

_REMINDER = re.compile(r"<([a-z-]+)>.*?</\1>", re.DOTALL)
"""What the program puts beside the person's words."""


class ModelServer:
    """Serves while it is entered; `prompts` holds what the person's prompts were."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.talks: list[str] = []
        """The whole conversation up to each prompt, as JSON."""
        self.keys: list[str] = []
        """The key of each request."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()

    def refuses(self, request: dict[str, Any]) -> bool:
        """Tell whether the last words have `fail:` in them, which is answered by an error."""
        said = _last(request["messages"])
        return bool(request.get("tools")) and "fail:" in " ".join(b.get("text", "") for b in said)

    def answer(self, request: dict[str, Any]) -> Block:
        """Give the one block that a request is answered with."""
        if not request.get("tools"):
            return {"type": "text", "text": json.dumps({"title": "A scripted talk"})}
        said = _last(request["messages"])
        results = [block for block in said if block.get("type") == "tool_result"]
        if results:
            return {"type": "text", "text": f"The command said: {_text(results[-1].get('content'))}."}
        prompt = _REMINDER.sub("", " ".join(block["text"] for block in said if block.get("type") == "text")).strip()
        self.prompts.append(prompt)
        self.talks.append(json.dumps(request["messages"]))
        _, found, command = prompt.partition("run: ")
        if found:
            given = {"command": command.strip(), "description": "Runs what was asked for"}
            return {"type": "tool_use", "id": f"toolu_{len(self.prompts)}", "name": "Bash", "input": given}
        return {"type": "text", "text": f"You wrote: {prompt}."}


def _last(messages: list[dict[str, Any]]) -> list[Block]:
    """Give the person's blocks that came after the model's own last word."""
    turns = list(itertools.takewhile(lambda message: message["role"] != "assistant", reversed(messages)))
    contents = [message["content"] for message in reversed(turns) if message["role"] == "user"]
    return [b for c in contents for b in ([{"type": "text", "text": c}] if isinstance(c, str) else c)]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(str(block.get("text", "")) for block in content).strip()
    return str(content).strip()


def _events(block: Block, model: str) -> Iterator[Block]:
    """Give the events that stream one block."""
    usage = {"input_tokens": 100, "output_tokens": 1}
    head = {
        "id": f"msg_{secrets.token_hex(8)}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "usage": usage,
    }
    yield {"type": "message_start", "message": head | {"stop_reason": None, "stop_sequence": None}}
    if block["type"] == "text":
        empty, parts = {"text": ""}, [{"type": "text_delta", "text": word} for word in _pieces(block["text"])]
    else:
        empty, parts = {"input": {}}, [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
    yield {"type": "content_block_start", "index": 0, "content_block": block | empty}
    for part in parts:
        yield {"type": "content_block_delta", "index": 0, "delta": part}
    yield {"type": "content_block_stop", "index": 0}
    reason = "end_turn" if block["type"] == "text" else "tool_use"
    yield {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage}
    yield {"type": "message_stop"}


def _pieces(text: str) -> list[str]:
    return [text[i : i + 8] for i in range(0, len(text), 8)]


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._send(b"", "text/plain")

        def do_GET(self) -> None:
            self._send(b'{"data": []}', "application/json")

        def do_POST(self) -> None:
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            server.keys.append(self.headers.get("x-api-key", bearer))
            request = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
            if "count_tokens" in self.path:
                self._send(b'{"input_tokens": 100}', "application/json")
            elif self.path.endswith("/responses"):
                talk = request | {"messages": responses.messages(request)}
                if server.refuses(talk):
                    self._refuse()
                    return
                events = responses.events(request, server.answer(talk))
                self._stream(events)
            elif "/v1/messages" not in self.path:
                self._send(b"{}", "application/json")
            elif server.refuses(request):
                self._refuse()
            elif request.get("stream"):
                self._stream(_events(server.answer(request), request["model"]))
            else:
                block = server.answer(request)
                whole = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"]}
                whole |= {"content": [block], "stop_reason": "end_turn", "stop_sequence": None}
                whole |= {"usage": {"input_tokens": 100, "output_tokens": 10}}
                self._send(json.dumps(whole).encode(), "application/json")

        def _stream(self, events: Iterable[Block]) -> None:
            lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
            self._send("".join(lines).encode(), "text/event-stream")

        def _refuse(self) -> None:
            refusal = {"type": "error", "error": {"type": "invalid_request_error", "message": "the script refuses"}}
            self._send(json.dumps(refusal).encode(), "application/json", 400)

        def _send(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
