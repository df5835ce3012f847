"""Which role a command needs: by its place, unless it is named here. A place that is not named needs the owner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hiveui.model.seat import Role
from hiveui.tui.commands.table import Command, Place

_PLACES: Mapping[Role, Sequence[Place]] = {
    Role.VIEWER: (
        Place.HISTORY,
        Place.PICK,
        Place.OPEN,
        Place.FIND,
        Place.FOUND,
        Place.PALETTE,
        Place.READ,
        Place.JUMP,
        Place.WORKSPACES,
        Place.LAYOUTS,
        Place.OUTBOX,
        Place.PROOF,
        Place.MEMORY,
        Place.RADAR,
        Place.CHECKPOINTS,
        Place.CHECKPOINT,
        Place.REVIEW,
        Place.SEEK,
        Place.FEED,
        Place.MERGE,
        Place.MERGE_READ,
        Place.OWNERS,
        Place.CONTRACTS,
        Place.PEOPLE,
    ),
    Role.APPROVER: (Place.QUEUE, Place.ANSWER),
    Role.DRIVER: (
        Place.SUPERVISE,
        Place.BACK,
        Place.PREFIX,
        Place.INTERACT,
        Place.ASK,
        Place.WRITE,
        Place.MOVE,
        Place.PRESET,
        Place.NAME,
        Place.REMARK,
        Place.MEMORY_WRITE,
        Place.AUDIENCE,
        Place.PREVIEW,
        Place.ROLLBACK,
        Place.COMMENT,
    ),
    Role.OWNER: (Place.SAVE, Place.WRONG, Place.LAYOUT, Place.LAYOUT_NAME, Place.MORNING, Place.MERGE_ASK),
}
_COMMANDS: Mapping[Role, str] = {
    Role.VIEWER: """
        go.number go.left go.down go.up go.right go.next go.previous go.last go.letter tab.previous tab.next
        attention.next attention.previous attention.queue queue.enter workspace.list outbox.open view.history
        copy.begin view.zoom view.roster agent.why feed.open radar.open review.open checkpoints.open proof.open
        proof.brief merge.open owners.open contracts.open memory.open people.open summary.cost summary.since
        layout.list search.all palette pick.begin mouse.hand_over view.performance help leave supervise.prefix
        prefix.back
    """,
    Role.APPROVER: "attention.answer attention.read attention.snooze",
    Role.DRIVER: """
        queue.text queue.mute answer.text pick.open outbox.now outbox.edit outbox.later outbox.sooner outbox.delete
        proof.run proof.stop memory.edit memory.decide radar.tell radar.hold radar.settle checkpoints.back
        checkpoint.back review.accept review.accept_file review.comment review.revert review.revert_file review.undo
        review.resolve merge.tell owners.tell owners.read move.down move.up
    """,
    Role.OWNER: """
        agent.wrong layout.save layouts.open layouts.save layouts.save_as layouts.rename layouts.delete outbox.allow
        radar.edit feed.edit merge.start merge.undo merge.again merge.skip merge.stop merge.commit merge.propose
    """,
}
_WAYS = frozenset({"close", "no", "down", "up", "page_down", "page_up", "help", "leave"})
"""How commands end that only move in what lies over the panes, or lead out of it: whoever got there may leave."""
_BY_PLACE = {place: role for role, places in _PLACES.items() for place in places}
_BY_ID = {id_: role for role, ids in _COMMANDS.items() for id_ in ids.split()}


def need(command: Command) -> Role:
    """Give the role that a command needs."""
    if command.id in _BY_ID:
        return _BY_ID[command.id]
    if command.place is not Place.SUPERVISE and command.id.rpartition(".")[2] in _WAYS:
        return Role.VIEWER
    return _BY_PLACE.get(command.place, Role.OWNER)


def with_rights(table: Sequence[Command]) -> tuple[Command, ...]:
    """Give the table with what each command needs."""
    return tuple(replace(command, role=need(command)) for command in table)
