"""Painting a pane the moment its rows arrive, without waiting for Textual's update timer (14 ms).

This is the one place that touches the compositor's internals (Textual 8.2: `Screen._compositor`,
`Compositor.update_widgets` and `render_update`, `App._display`, `Widget._repaint_regions` and `_pruning`).
"""

from collections.abc import Iterable, Mapping

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget


def paint(screen: Screen[None], dirty: Mapping[Widget, Iterable[Region]]) -> bool:
    """Write the dirty regions of widgets to the terminal, and tell whether that was done now.

    Where a layout is due, updates are batched, another screen lies above or a widget is on its way out,
    the regions are left to Textual's own next update.
    """
    app = screen.app
    compositor = screen._compositor  # noqa: SLF001
    visible = compositor.visible_widgets
    now = not (
        screen._layout_required  # noqa: SLF001
        or app._batch_count  # noqa: SLF001
        or len(app.screen_stack) > 1
        or not screen.is_current
        or any(widget._pruning for widget in visible)  # noqa: SLF001
    )
    if not now:
        for widget, regions in dirty.items():
            widget.refresh(*regions)
        return False
    shown = {widget for widget in dirty if widget in visible}
    for widget in shown:
        widget._repaint_regions.update(dirty[widget])  # noqa: SLF001
    compositor.update_widgets(shown)
    app._display(  # noqa: SLF001
        screen,
        compositor.render_update(screen_stack=app._background_screens),  # noqa: SLF001
    )
    return True


def put_away(widget: Widget) -> None:
    """Remove a widget once it is no longer in the picture: while it goes, it cannot be drawn."""
    widget.display = False
    widget.screen.call_after_refresh(widget.remove)
