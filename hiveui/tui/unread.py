"""What the person has read: an agent that is done is, once they do something while they are there, if they drive."""

from hiveui.model.signs import AgentState
from hiveui.tui.ground import Ground


class Unread:
    """Tells the daemon, once for each turn that ended."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._told: tuple[str, str] = ("", "")
        """The agent, and since when it was done."""

    def looked(self) -> None:
        """Take note that the person did something, with an agent before them. Called for every key: it is quick."""
        agent, link = self._ground.agent, self._ground.link
        if agent is None or agent.reading.state is not AgentState.DONE or self._ground.screen.overlay.card is not None:
            return
        turn = (agent.id, agent.reading.since)
        if (
            link.drives
            and turn != self._told
            and link.tell("agent/seen", workspace=self._ground.workspace.id, role=agent.role)
        ):
            self._told = turn
