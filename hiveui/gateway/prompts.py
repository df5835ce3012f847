"""The methods on prompts that wait: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT
from hiveui.model.seat import Role

_PROMPT = {**AGENT, "prompt": Param(TEXT, "id of the prompt")}

PROMPTS: Mapping[str, Method] = {
    "prompt/queue": Method(
        "Have a text typed and submitted once the agent is at rest; at once where nothing tells of its state.",
        Role.DRIVER,
        {**AGENT, "text": Param(TEXT, "the text"), "place": maybe(COUNT, "its place in the queue, from 0; the last")},
        "prompt: its id, '' where it was typed at once; receipt: {sent, removed}, ahead: prompts, why: it waits, or ''",
    ),
    "prompt/list": Method(
        "List the prompts that wait for an agent, the next one first, each with what it waits for.",
        Role.VIEWER,
        AGENT,
        "prompts: [{id, digest, preview, size, step, tries, note, queued, why}]",
    ),
    "prompt/text": Method("Read a prompt that waits.", Role.DRIVER, _PROMPT, "text"),
    "prompt/edit": Method(
        "Give a prompt that was not typed yet another text.",
        Role.DRIVER,
        {**_PROMPT, "text": Param(TEXT, "the text")},
        "receipt: {sent, removed}",
    ),
    "prompt/move": Method(
        "Give a prompt that was not typed yet another place.",
        Role.DRIVER,
        {**_PROMPT, "place": Param(COUNT, "its place in the queue, from 0")},
    ),
    "prompt/drop": Method("Delete a prompt that waits.", Role.DRIVER, _PROMPT),
    "prompt/release": Method(
        "Type a prompt now, whatever its agent does, unless that asks something; try a flagged one again.",
        Role.DRIVER,
        _PROMPT,
    ),
    "prompt/library": Method(
        "List the prompts that a workspace's folder knows by name, nearest first.",
        Role.VIEWER,
        {"workspace": WORKSPACE},
        "prompts: [{name, description, variables: [{name, default}], text, origin, file, error}]",
    ),
}
