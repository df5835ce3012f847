"""Styles of the tones that a widget writes in, made when they are first used."""

from rich.style import Style
from textual.dom import DOMNode
from textual.widget import Widget


class Toned(Widget):
    """Writes in tones, which are classes of `app.tcss`.

    Textual's own component classes make the styles of all of them, for each widget, before any is drawn: that was a
    third of the time to the first screen.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._styles_of: dict[str, tuple[Style, Style]] = {}
        super().__init__(id=id, classes=classes)

    def tone(self, name: str, *, partial: bool = False) -> Style:
        """Give the style of the class `name` in this widget; `partial` leaves out what is behind it."""
        found = self._styles_of.get(name)
        if found is None:
            node = DOMNode(classes=name)
            node._attach(self)  # noqa: SLF001  as Textual does it for component classes
            self.app.stylesheet.apply(node)
            found = self._styles_of[name] = node.styles.rich_style, node.styles.partial_rich_style
        return found[partial]

    def notify_style_update(self) -> None:
        """Make them anew: the theme is another one, or the classes of this widget."""
        if self._styles_of:
            self._styles_of.clear()
            self.refresh()
        super().notify_style_update()
