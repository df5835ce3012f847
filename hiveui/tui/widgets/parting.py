"""Taking a widget off the screen."""

from textual.widget import Widget


def put_away(widget: Widget) -> None:
    """Remove a widget once it is no longer in the picture: while Textual removes it, it cannot be drawn."""
    widget.display = False
    widget.screen.call_after_refresh(widget.remove)
