"""What commands on the review desk act on."""

from typing import Protocol


class Review(Protocol):
    """All that the agents changed."""

    def open(self) -> None:
        """Look at the checkouts, and show what is found from where the person was."""

    def move(self, by: int) -> None:
        """Go some rows down, or up."""

    def page(self, by: int) -> None:
        """Go half a screen down, or up."""

    def to_end(self, by: int) -> None:
        """Go to the last row, or to the first."""

    def to_unreviewed(self, by: int) -> None:
        """Go to the next hunk that is not reviewed, or to the one before."""

    def to_file(self, by: int) -> None:
        """Go to the next file, or to the one before."""

    def slide(self, by: int) -> None:
        """Scroll the code sideways by cells."""

    def view(self) -> None:
        """Show two sides beside each other, or one column."""

    def group(self) -> None:
        """Put the files together by agent, by path, or by risk."""

    def fold(self) -> None:
        """Show the lines of the file, or its name alone."""

    def fold_all(self) -> None:
        """Show the names of all files alone, or their lines."""

    def search(self) -> None:
        """Ask what to find."""

    def find(self) -> None:
        """Find it."""


class Verdicts(Protocol):
    """What the person says of it."""

    def accept(self, *, whole: bool) -> None:
        """Mark the hunk as reviewed and go to the next, or take the mark away; or the whole file."""

    def revert(self, *, whole: bool) -> None:
        """Take the hunk back, or the whole file."""

    def undo(self) -> None:
        """Bring again what was taken back last."""

    def comment(self) -> None:
        """Have something written about the line, to its author."""

    def send(self) -> None:
        """Send what was written."""

    def put_away(self) -> None:
        """Keep what was written, and send nothing."""

    def resolve(self) -> None:
        """Be content with what became of the comment."""


class Reviewing(Protocol):
    """Where they act."""

    @property
    def review(self) -> Review:
        """The review desk."""

    @property
    def verdicts(self) -> Verdicts:
        """What the person says on it."""
