"""A scripted model on loopback: enough of four APIs for coding agents to hold a conversation.

Streaming as https://docs.anthropic.com/en/api/messages-streaming lays down. A prompt that has `run: COMMAND` in it is
answered by the use of the tool `Bash`, one with `ask: QUESTION` by that of the tool that asks the person, one with
`fail:` by an error, one with `wait:` not before the server is left; the tool's result and every other prompt by one
sentence that says it back. Other APIs hold the same conversation in modules of their own.
"""

import contextlib
import itertools
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests import completions, generations, responses

Block = dict[str, Any]

_REMINDER = re.compile(r"<([a-z_-]+)>.*?</\1>", re.DOTALL)
"""What the program puts beside the person's words."""


class ModelServer:
    """Serves while it is entered; `prompts` holds what the person's prompts were."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.talks: list[str] = []
        """The whole conversation up to each prompt, as JSON."""
        self.keys: list[str] = []
        """The key of each request."""
        self.texts: list[list[str]] = []
        """The texts of which each prompt was made, as they came."""
        self.systems: list[str] = []
        """What the program told the model of its task at each prompt, as JSON."""
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def refuses(self, request: dict[str, Any]) -> bool:
        """Tell whether the last words have `fail:` in them, which is answered by an error."""
        said = " ".join(block.get("text", "") for block in _last(request["messages"]))
        return bool(request.get("tools")) and "fail:" in said and "wait:" not in said

    def answer(self, request: dict[str, Any]) -> Block:
        """Give the one block that a request is answered with."""
        if not request.get("tools"):
            return {"type": "text", "text": json.dumps({"title": "A scripted talk"})}
        said = _last(request["messages"])
        results = [block for block in said if block.get("type") == "tool_result"]
        if results:
            return {"type": "text", "text": f"The command said: {_text(results[-1].get('content'))}."}
        texts = [block["text"] for block in said if block.get("type") == "text"]
        prompt = _REMINDER.sub("", " ".join(texts)).strip()
        self.prompts.append(prompt)
        self.texts.append(texts)
        self.talks.append(json.dumps(request["messages"]))
        self.systems.append(json.dumps(request.get("system")))
        if "wait:" in prompt:
            self._over.wait()
        for mark, name, fields in _TOOLS:
            _, found, asked = prompt.partition(mark)
            if found:
                id_ = f"toolu_{len(self.prompts)}"
                return {"type": "tool_use", "id": id_, "name": name, "input": fields(asked.strip())}
        return {"type": "text", "text": f"You wrote: {prompt}."}


def _form(question: str) -> Block:
    options = [{"label": "Red", "description": "A warm one"}, {"label": "Blue", "description": "A cold one"}]
    return {"question": question, "header": "Colour", "options": options, "multiSelect": False}


_TOOLS: tuple[tuple[str, str, Callable[[str], Block]], ...] = (
    ("run: ", "Bash", lambda command: {"command": command, "description": "Runs what was asked for"}),
    ("put: ", "Write", lambda said: dict(zip(("file_path", "content"), said.split(" ", 1), strict=True))),
    ("ask: ", "Ask", _form),
)


def _last(messages: list[dict[str, Any]]) -> list[Block]:
    """Give the person's blocks that came after the model's own last word."""
    turns = list(itertools.takewhile(lambda message: message["role"] != "assistant", reversed(messages)))
    contents = [message["content"] for message in reversed(turns) if message["role"] == "user"]
    return [b for c in contents for b in ([{"type": "text", "text": c}] if isinstance(c, str) else c)]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(str(block.get("text", "")) for block in content).strip()
    return str(content).strip()


def _events(request: Block, block: Block) -> Iterator[Block]:
    """Give the events that stream one block."""
    if block.get("name") == "Ask":
        block |= {"name": "AskUserQuestion", "input": {"questions": [block["input"]]}}
    usage = {"input_tokens": 100, "output_tokens": 1}
    head = {
        "id": f"msg_{secrets.token_hex(8)}",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
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


def _whole(request: Block, block: Block) -> Block:
    """Give the answer to a request that wants no stream: titles and the like."""
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "content": [block]}
    return head | {
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }


class _Api(NamedTuple):
    """How one API says what the talk is made of."""

    path: str
    """What its requests' paths have in them."""
    messages: Callable[[Block], list[Block]]
    events: Callable[[Block, Block], Iterable[Block]]
    """Give what streams the answer to a request."""
    whole: Callable[[Block, Block], Block] = _whole
    """Give the answer to one that wants no stream."""
    end: str = ""
    """What ends a stream."""


_APIS = (
    _Api("/v1/messages", lambda request: request["messages"], _events),
    _Api("/responses", responses.messages, responses.events),
    _Api("/chat/completions", completions.messages, completions.events, completions.whole, "data: [DONE]\n\n"),
    _Api(":streamGenerateContent", generations.messages, lambda *one: [generations.event(*one)]),
    _Api(":generateContent", generations.messages, lambda *one: [generations.event(*one)], generations.event),
)


def _line(event: Block) -> str:
    """Write one event as a stream has it: under its name, where it has one."""
    named = f"event: {event['type']}\n" if "type" in event else ""
    return f"{named}data: {json.dumps(event)}\n\n"


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
            api = next((api for api in _APIS if api.path in self.path and "count_tokens" not in self.path), None)
            with contextlib.suppress(ConnectionError):  # a program that was interrupted hangs up
                if api is None:
                    self._send(b'{"input_tokens": 100, "totalTokens": 100}', "application/json")
                elif server.refuses(said := request | {"messages": api.messages(request)}):
                    self._refuse()
                elif request.get("stream") or "alt=sse" in self.path:
                    self._stream(api.events(request, server.answer(said)), api.end)
                else:
                    self._send(json.dumps(api.whole(request, server.answer(said))).encode(), "application/json")

        def _stream(self, events: Iterable[Block], end: str) -> None:
            lines = [_line(event) for event in events]
            self._send("".join([*lines, end]).encode(), "text/event-stream")

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
