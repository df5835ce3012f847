"""JSON-RPC 2.0, one object a line: bytes in, messages out, and back. No input or output of its own.

The rules are jsonrpc.org/specification; batches and positional parameters are refused. Members that the
specification does not name are ignored.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from hiveui.errors import GatewayError

PROTOCOL = (2, 2)
"""The oldest and the newest version of the methods that this program speaks. A parameter that an older daemon refuses
makes another one, also where it may be left out."""
MAX_FRAME = 1 << 20
"""Bytes that a client may send in one line, the newline apart."""
MAX_REPLY = 64 << 20
"""Bytes that a client takes in one line from its daemon, which it trusts."""
MAX_DEPTH = 64
"""Arrays and objects inside one another."""

Id = str | int | None


class Code(IntEnum):
    """Error codes: the specification's (section 5.1), and ours in the range it leaves to servers."""

    PARSE = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL = -32603
    FAILED = -32000
    """The verb said no: a `HiveError`, with `data {hint, exit_code}`."""
    OVERLOADED = -32001
    NOT_INITIALIZED = -32002
    FORBIDDEN = -32003
    VERSION = -32004
    """No common version of the protocol; `data {version, protocol}`."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call that wants an answer."""

    id: Id
    method: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notification:
    """A call that wants none, or news from the daemon."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """A call's result."""

    id: Id
    result: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A call's error; `id` is None where the call could not be read."""

    id: Id
    code: int
    message: str
    data: Any = None


Message = Request | Notification | Response | Failure


class BadFrameError(GatewayError):
    """A line that is no message. `id` is the call's, where it could be read."""

    def __init__(self, sentence: str, code: Code, id_: Id = None) -> None:
        super().__init__(sentence, code=code)
        self.id = id_

    @property
    def answer(self) -> Failure:
        """What its sender is told."""
        return Failure(self.id, self.code, str(self))


class FrameTooLongError(BadFrameError):
    """A line is longer than the limit; what follows it on the connection cannot be trusted to be a line."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A frame is longer than {limit:,} bytes.", Code.INVALID_REQUEST)


class Frames:
    """Cuts a stream of bytes into lines. Blank lines are skipped."""

    def __init__(self, limit: int = MAX_FRAME, begun: bytes = b"") -> None:
        """`begun` is what another one had of a line that has not ended."""
        self._limit = limit
        self._rest = bytearray(begun)

    @property
    def begun(self) -> bytes:
        """What there is of a line that has not ended."""
        return bytes(self._rest)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes, give the lines they complete. Raises FrameTooLongError; feed nothing after that."""
        head, *tails = data.split(b"\n")
        self._rest += head
        for tail in tails:
            line, self._rest = bytes(self._rest), bytearray(tail)
            if len(line) > self._limit:
                raise FrameTooLongError(self._limit)
            if line and not line.isspace():
                yield line
        if len(self._rest) > self._limit:
            raise FrameTooLongError(self._limit)


_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def too_deep(line: bytes, depth: int = MAX_DEPTH) -> bool:
    """Tell whether a line nests deeper than `depth`, or its brackets do not pair. Linear, without recursion."""
    if line.count(b"[") + line.count(b"{") <= depth:
        return False
    skeleton = _STRING.sub(b"", line).translate(_BRACKETS, _NOT_BRACKETS)
    for _ in range(depth):
        skeleton = skeleton.replace(b"[]", b"")
    return bool(skeleton)


def _finite(literal: str) -> float:
    """Read a number; `NaN` and what overflows to infinity could not be written as JSON again."""
    number = float(literal)
    if not math.isfinite(number):
        raise ValueError(f"{literal} is not a finite number")
    return number


def decode(line: bytes) -> Message:
    """Read one line. Raises BadFrameError, and nothing else, whatever the bytes are."""
    if too_deep(line):
        raise BadFrameError(f"The frame nests deeper than {MAX_DEPTH}.", Code.PARSE)
    try:
        frame = json.loads(line.decode("utf-8"), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise BadFrameError("The frame is not JSON.", Code.PARSE) from error
    if isinstance(frame, list):
        raise BadFrameError("Batches are not served; send one object a line.", Code.INVALID_REQUEST)
    if not isinstance(frame, dict):
        raise BadFrameError("The frame is not an object.", Code.INVALID_REQUEST)
    id_ = frame.get("id")
    if isinstance(id_, bool) or not isinstance(id_, Id):
        raise BadFrameError("`id` is to be a string, a whole number or null.", Code.INVALID_REQUEST)
    if frame.get("jsonrpc") != "2.0":
        raise BadFrameError('`jsonrpc` is to be "2.0".', Code.INVALID_REQUEST, id_)
    return _call(frame, id_) if "method" in frame else _outcome(frame, id_)


def _call(frame: dict[str, Any], id_: Id) -> Request | Notification:
    method, params = frame["method"], frame.get("params", {})
    if not isinstance(method, str):
        raise BadFrameError("`method` is to be a string.", Code.INVALID_REQUEST, id_)
    if not isinstance(params, dict):
        raise BadFrameError("`params` is to be an object: parameters go by name.", Code.INVALID_PARAMS, id_)
    return Request(id_, method, params) if "id" in frame else Notification(method, params)


def _outcome(frame: dict[str, Any], id_: Id) -> Response | Failure:
    if "result" in frame:
        return Response(id_, frame["result"])
    match frame.get("error"):
        case {"code": int(code), "message": str(message), **rest}:
            return Failure(id_, code, message, rest.get("data"))
        case _:
            sentence = "The frame is neither a call nor an answer."
            raise BadFrameError(sentence, Code.INVALID_REQUEST, id_)


def encode(message: Message) -> bytes:
    """Write one message as a line, its newline included."""
    match message:
        case Request(id_, method, params):
            frame: dict[str, Any] = {"id": id_, "method": method, "params": params}
        case Notification(method, params):
            frame = {"method": method, "params": params}
        case Response(id_, result):
            frame = {"id": id_, "result": result}
        case Failure(id_, code, message_, data):
            error = {"code": int(code), "message": message_}
            frame = {"id": id_, "error": error if data is None else {**error, "data": data}}
    frame = {"jsonrpc": "2.0", **frame}
    try:
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate, such as a file name that is not UTF-8 becomes
        text = json.dumps(frame, separators=(",", ":")).encode()
    return text + b"\n"
