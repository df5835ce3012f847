"""Errors on their way over the gateway: a `HiveError` there, the same sentence, hint and exit code here."""

import json
from collections.abc import Mapping
from typing import Any

from hiveui.errors import GatewayError, HiveError
from hiveui.gateway.protocol import PROTOCOL, Code, Failure, Id
from hiveui.gateway.schema import mismatch
from hiveui.model.text import visible


class VersionError(GatewayError):
    """Client and daemon have no version of the protocol in common; `version` is the daemon's, '' where not known."""

    def __init__(self, sentence: str, hint: str, version: str) -> None:
        super().__init__(sentence, hint, code=Code.VERSION)
        self.version = version


def version_error(daemon: str, client: str) -> VersionError:
    """Tell a client that the daemon cannot serve it, by the version of each; '' where it is not known."""
    other = (
        f"version {daemon}, this program {client[:40]}" if daemon not in ("", client) else "another than this program's"
    )
    sentence = f"The daemon is {other}; they do not understand each other."
    return VersionError(sentence, "`hive up` offers to replace the daemon; agents go on.", daemon)


LONGEST = 2000
"""Characters of a sentence, and of a hint: they quote what was asked for, which may be a megabyte, and hostile."""


def failure(id_: Id, error: HiveError) -> Failure:
    """Put an error on the wire."""
    data: dict[str, Any] = {"hint": _bounded(error.hint), "exit_code": error.exit_code}
    if isinstance(error, VersionError):
        data |= {"version": error.version, "protocol": list(PROTOCOL)}
    code = error.code if isinstance(error, GatewayError) and error.code else Code.FAILED
    return Failure(id_, code, _bounded(str(error)), data)


def _bounded(text: str) -> str:
    """Give a text safe to show, line by line, and cut."""
    return "\n".join(map(visible, text[:LONGEST].split("\n"))) + "…" * (len(text) > LONGEST)


def error(failure: Failure) -> GatewayError:
    """Take an error off the wire."""
    data = failure.data if isinstance(failure.data, dict) else {}
    hint = str(data.get("hint", ""))
    if failure.code == Code.VERSION:
        return VersionError(failure.message, hint, str(data.get("version", "")))
    found = GatewayError(failure.message, hint, code=failure.code)
    found.exit_code = int(data.get("exit_code", found.exit_code))
    return found


def understood(refusal: GatewayError, method: str, params: Mapping[str, Any]) -> GatewayError:
    """Give what a refused call comes to: where it is one by the table of this version, the daemon has another table."""
    from hiveui.gateway.methods import METHODS  # noqa: PLC0415  a call that is not refused needs no table

    unknown = refusal.code in {Code.METHOD_NOT_FOUND, Code.INVALID_PARAMS}
    if unknown and method in METHODS and not mismatch(METHODS[method].schema, json.loads(json.dumps(params)), method):
        return version_error("", "")
    return refusal
