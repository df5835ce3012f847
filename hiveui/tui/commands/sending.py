"""What keys about prompts need (`commands.at.At`)."""

from typing import Protocol


class Prompt(Protocol):
    """A prompt that is being written."""

    def write(self, text: str) -> None:
        """Begin one to the agent with the focus, with a text behind what was put away."""

    def send(self) -> None:
        """Send it."""

    def newline(self) -> None:
        """Break its line."""

    def close(self) -> None:
        """Put it away; the text is kept."""


class Outbox(Protocol):
    """The prompts that wait for the agent with the focus."""

    def open(self) -> None:
        """Show them."""

    def choose(self, by: int) -> None:
        """Choose another."""

    def move(self, by: int) -> None:
        """Give the chosen one another place."""

    def edit(self) -> None:
        """Write the chosen one anew."""

    def drop(self) -> None:
        """Delete the chosen one."""

    def release(self) -> None:
        """Have the chosen one typed now, or tried again."""

    def allow(self) -> None:
        """Raise the budget that holds them."""


class Broadcast(Protocol):
    """One prompt for several agents."""

    def open(self) -> None:
        """Choose them."""

    def choose(self, by: int) -> None:
        """Go to another agent."""

    def toggle(self) -> None:
        """Take the agent in, or leave it out."""

    def take(self, which: str) -> None:
        """Take in those at `rest`, of this `tab`, `all`, or none if just these are in."""

    def write(self) -> None:
        """Write the prompt, or write on after the preview."""

    def send(self) -> None:
        """Send what the preview shows."""


class Phrases(Protocol):
    """Prompts that are kept by name."""

    def open(self) -> None:
        """Choose one, for the composer."""


class Sending(Protocol):
    """Where commands on prompts act."""

    @property
    def prompt(self) -> Prompt:
        """The prompt that is being written."""

    @property
    def outbox(self) -> Outbox:
        """The prompts that wait."""

    @property
    def broadcast(self) -> Broadcast:
        """One prompt for several agents."""

    @property
    def phrases(self) -> Phrases:
        """The prompts that are kept by name."""
