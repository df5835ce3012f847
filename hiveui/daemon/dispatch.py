"""From the gateway's method table to the hive's verbs: one row each."""

from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.errors import GatewayError
from hiveui.gateway.connection import Connection
from hiveui.gateway.method import Role
from hiveui.gateway.methods import METHODS
from hiveui.hive.hive import Hive
from hiveui.model.agent import AgentId

Verb = Callable[..., Awaitable[Any] | Any]


class Dispatch:
    """Calls verbs for connections (gateway.server.Verbs)."""

    def __init__(self, hive: Hive, status: Callable[[], dict[str, Any]], stop: Callable[[], None]) -> None:
        self._hive = hive
        self._followed: set[Connection] = set()
        self._verbs: dict[str, Verb] = {
            "workspace/plan": hive.workspaces.plan,
            "workspace/open": hive.workspaces.open,
            "workspace/attach": hive.workspaces.attached,
            "workspace/close": hive.workspaces.close,
            "workspace/view": hive.view,
            "tabs/arrange": hive.shaping.arrange,
            "tabs/undo": hive.shaping.undo,
            "agent/add": hive.shaping.add,
            "agent/close": hive.shaping.close,
            "workspace/scroll": hive.unfinished.scroll,
            "workspace/draft": hive.unfinished.draft,
            "workspace/morning": hive.morning.plan,
            "workspace/restore": hive.morning.restore,
            "workspace/search": hive.stills.search_all,
            "agent/restart": hive.restart,
            "agent/stop": hive.shaping.stop,
            "agent/send": hive.panes.send,
            "agent/read": hive.panes.read,
            "agent/why": hive.why,
            "agent/conversations": hive.conversations.listed,
            "events/list": hive.events,
            "daemon/status": status,
            "daemon/stop": stop,
            **{name: verb for group in _GROUPS for name, verb in group(hive).items()},
        }
        self._viewer_verbs: dict[str, Verb] = {
            "state/subscribe": hive.bus.subscribe,
            "agent/keys": hive.panes.keys,
            "pane/view": hive.panes.look,
            "pane/input": hive.panes.input,
            "pane/paste": hive.panes.paste,
            "alert/terminal": hive.alerts.terminal,
            "files/look": hive.feeds.look,
            "still/take": hive.stills.take,
            "still/rows": hive.stills.rows,
            "still/search": hive.stills.search,
            "still/drop": hive.stills.drop,
        }

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        """Call one verb; the gateway has checked the method, its parameters and the caller's role."""
        found = METHODS[method]
        if found.role not in {Role.VIEWER, Role.AGENT} and not connection.agent:
            self._hive.absence.acted()
            self._hive.alerts.acted(connection)
        if method == "agent/report":
            return await self._hive.report(AgentId(connection.agent or ""), **params)
        if method in self._viewer_verbs:
            if connection.closed:
                raise GatewayError("The client that asked has left.")
            self._follow(connection)
            answer = self._viewer_verbs[method](connection, **params)
        elif found.agents:
            answer = self._verbs[method](**params, by=AgentId(connection.agent or ""))
        else:
            answer = self._verbs[method](**params)
        try:
            return await answer if isinstance(answer, Awaitable) else answer
        finally:
            if connection.closed:  # it left while it was answered: what the answer left behind goes too
                self._hive.leave(connection)

    def _follow(self, connection: Connection) -> None:
        """Forget the connection when it ends."""
        if connection not in self._followed:
            self._followed.add(connection)
            connection.on_close.append(lambda: self._forget(connection))

    def _forget(self, connection: Connection) -> None:
        self._followed.discard(connection)
        self._hive.leave(connection)


def _sums(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on what agents used, and on what changed meanwhile."""
    return {
        "budget/allow": hive.budgets.allow,
        "usage/list": hive.ledger.usage,
        "usage/processes": hive.resources.taken,
        "events/since": hive.absence.since,
    }


def _layouts(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on layouts."""
    return {
        "layout/list": hive.layouts.every,
        "layout/diff": hive.layouts.diff,
        "layout/save": hive.layouts.save,
        "layout/move": hive.layouts.move,
    }


def _prompts(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on prompts that wait."""
    return {
        "prompt/queue": hive.prompts.queue,
        "prompt/list": hive.prompts.list,
        "prompt/text": hive.prompts.text,
        "prompt/edit": hive.prompts.edit,
        "prompt/move": hive.prompts.move,
        "prompt/drop": hive.prompts.drop,
        "prompt/release": hive.prompts.release,
        "prompt/library": hive.prompts.library,
    }


def _bounds(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on what roles own, and on contracts."""
    return {
        "owner/list": hive.owners.list,
        "owner/seen": hive.owners.seen,
        "owner/tell": hive.owners.tell,
        "contract/list": hive.contracts.list,
        "contract/difference": hive.contracts.difference,
        "contract/noted": hive.contracts.noted,
    }


def _needs(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on what agents need of the person, and on how the person is called."""
    return {
        "agent/answer": hive.answers.answer,
        "agent/seen": hive.answers.seen,
        "agent/hush": hive.answers.hush,
        "alert/ways": hive.alerts.ways,
        "alert/test": hive.alerts.test,
    }


def _checkpoints(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on agents' checkouts and their checkpoints."""
    return {
        "checkout/list": hive.cleaning.every,
        "checkout/clean": hive.cleaning.clean,
        "checkpoint/list": hive.checkpoints.every,
        "checkpoint/diff": hive.checkpoints.diff,
        "checkpoint/rollback": hive.checkpoints.rollback,
    }


def _review(hive: Hive) -> dict[str, Verb]:
    """Give the verbs of the review desk."""
    return {
        "review/take": hive.review.take,
        "review/page": hive.review.page,
        "review/mark": hive.review.mark,
        "review/revert": hive.review.reverts.revert,
        "review/undo": hive.review.reverts.undo,
        "comment/write": hive.review.comments.write,
        "comment/list": hive.review.comments.list,
        "comment/resolve": hive.review.comments.resolve,
    }


def _merging(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on bringing agents' work together."""
    return {
        "merge/plan": hive.merging.plan,
        "merge/start": hive.merging.start,
        "merge/resume": hive.merging.resume,
        "merge/stop": hive.merging.stop,
        "merge/undo": hive.merging.undo,
        "merge/conflict": hive.merging.conflict,
        "merge/output": hive.merging.output,
        "merge/ask": hive.merging.ask,
        "merge/commit": hive.committing.commit,
        "merge/proposal": hive.committing.proposal,
    }


def _collisions(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on where agents meet, and on what is reserved."""
    return {
        "collision/list": hive.colliding.list,
        "collision/look": hive.colliding.look,
        "collision/tell": hive.colliding.tell,
        "collision/settle": hive.colliding.settle,
        "prompt/hold": hive.colliding.hold,
        "reservation/make": hive.colliding.reservations.reserve,
        "reservation/release": hive.colliding.reservations.release,
        "reservation/list": hive.colliding.reservations.list,
    }


def _checks(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on checks."""
    return {
        "check/run": hive.checks.start,
        "check/stop": hive.checks.stop,
        "check/list": hive.checks.list,
        "check/output": hive.checks.output,
    }


def _files(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on what agents do to files."""
    return {"files/list": hive.feeds.list, "files/who": hive.feeds.who}


def _memory(hive: Hive) -> dict[str, Verb]:
    """Give the verbs on the project's memory."""
    return {
        "memory/read": hive.memory.read,
        "memory/save": hive.memory.save,
        "memory/decide": hive.memory.decide,
    }


_GROUPS = (
    _sums,
    _prompts,
    _needs,
    _bounds,
    _checks,
    _files,
    _checkpoints,
    _collisions,
    _layouts,
    _memory,
    _review,
    _merging,
)
