"""Where each thing that the person did goes: to a command, to a pane, or nowhere."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from hiveui.model.keys import Key, Mods, typed
from hiveui.model.seat import Role
from hiveui.model.text import visible
from hiveui.tui import chrome, pointer
from hiveui.tui import desk as places
from hiveui.tui.commands.go import PREFIXES
from hiveui.tui.commands.table import Keymap, Place, label
from hiveui.tui.decoder import FocusInput, Input, KeyInput, MouseInput, PasteInput, ReplyInput
from hiveui.tui.drag import Drag
from hiveui.tui.grip import Grip
from hiveui.tui.hand import Hand
from hiveui.tui.pointer import Aim
from hiveui.tui.roster import pieces
from hiveui.tui.screens.workspace import WorkspaceScreen
from hiveui.tui.typist import PASTE_LIMIT, Typist
from hiveui.tui.widgets.card import Composer
from hiveui.tui.widgets.entry import Entry
from hiveui.tui.widgets.finder import Finder

BACK_TIME = 2.0
"""Seconds after the back chord in which it, and a digit, mean something else."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What a paste into the composer is freed of: all controls but tab and newline."""


class Reception:
    """Takes in what the terminal sent, in order."""

    def __init__(
        self,
        screen: WorkspaceScreen,
        hand: Hand,
        typist: Typist,
        keymap: Keymap,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._hand = hand
        self._typist = typist
        self._keymap = keymap
        self._clock = clock
        self._back_until = 0.0
        self._prefixed = ""
        """The prefix, if that was the last key."""
        self._drag = Drag(hand.ground, hand.shaping)
        self._kept: list[Input] = []
        """What the person did while a pane was being opened: it is meant for that one."""
        hand.company.opened = self._catch_up
        self._grip = Grip(screen, hand, clock)
        self._held = ""
        """The role in whose pane a mouse button went down and was told to the program."""

    def take(self, items: Sequence[Input]) -> None:
        """Take the items of one read."""
        if self._screen.workspace is None:
            self._screen.outer_focus = next(
                (item.focused for item in reversed(items) if isinstance(item, FocusInput)), self._screen.outer_focus
            )
            if any(isinstance(item, KeyInput) and item.key.chord in ("q", "ctrl+c") for item in items):
                self._hand.leave()
            return
        for i, item in enumerate(items):
            if self._hand.company.opening:
                self._kept += items[i:]
                break
            match item:
                case KeyInput():
                    self._key(item.key)
                case MouseInput():
                    self._mouse(item)
                case PasteInput():
                    self._paste(item)
                case FocusInput():
                    self._screen.outer_focus = item.focused
                    self._screen.look()
                case ReplyInput():
                    pass
        agent = self._screen.agent()
        if any(not isinstance(item, FocusInput | ReplyInput) for item in items):
            self._hand.unread.looked()
        if self._typist.flush() and agent is not None and agent.pane:
            self._screen.frames.meter.typed(agent.pane)

    def _catch_up(self, there: bool) -> None:
        """Type what was kept into the pane that was opened; where that is not there, it was meant for no other."""
        kept, self._kept = self._kept, []
        if there:
            self.take(kept)
        elif kept:
            self._screen.notice(
                "What you typed was meant for the shell, which is not there; nothing was sent.", "warning"
            )

    def _key(self, key: Key) -> None:
        screen = self._screen
        screen.acted()
        place = screen.place
        command = None
        if self._prefixed:
            self._after_prefix(key)
            return
        if place is Place.SUPERVISE and self._clock() < self._back_until:
            command = self._keymap.find(Place.BACK, key)
        self._back_until = 0.0
        command = command or self._keymap.find(place, key)
        if command is not None:
            self._hand.do(command, key.chord)
            if command.id == "interact.back":
                self._back_until = self._clock() + BACK_TIME
                hints = " · ".join(f"{name} {hint}" for name, hint in self._keymap.hints(Place.BACK))
                screen.notice(hints, "plain", BACK_TIME)
            elif command.id in PREFIXES:
                self._prefixed = key.chord
                screen.notice(f"{label(key.chord)} and a Supervise key; again sends it; esc goes back", "plain")
        elif place is Place.INTERACT:
            self._type(key)
        elif isinstance(screen.overlay.card, Composer | Entry | Finder):
            screen.overlay.card.press(key)

    def _after_prefix(self, key: Key) -> None:
        """Do what a Supervise key means, wherever the person is; whoever typed goes on typing."""
        screen, prefix = self._screen, self._prefixed
        self._prefixed = ""
        command = self._keymap.find(Place.PREFIX, key) or self._keymap.find(Place.SUPERVISE, key)
        if command is None:
            screen.notice(f"{label(prefix)} {visible(label(key.chord))} is no command.", "warning")
            return
        self._hand.do(command, key.chord)
        if screen.desk.typing and screen.desk.role in screen.backs:
            self._hand.move(replace(screen.desk, typing=False))

    def _type(self, key: Key) -> None:
        agent = self._screen.agent()
        if self._screen.desk.role in self._screen.backs:
            self._hand.past.leave()
        if agent is not None and agent.pane:
            self._typist.add(agent.pane, *typed(key))

    def _paste(self, item: PasteInput) -> None:
        screen = self._screen
        screen.acted()
        agent = screen.agent()
        if item.too_large or len(item.text.encode(errors="replace")) > PASTE_LIMIT:
            screen.notice("That paste is larger than 1 MiB and was not sent; put it in a file.", "attention")
        elif screen.place is Place.INTERACT:
            if agent is not None and agent.pane:
                self._typist.paste(agent.pane, item.text)
        else:
            text = CONTROLS.sub("", item.text.replace("\r\n", "\n").replace("\r", "\n"))
            if isinstance(screen.overlay.card, Composer | Entry | Finder):
                screen.overlay.card.insert(text)
            elif screen.overlay.card is None and self._hand.ground.allows(Role.DRIVER, "Write a prompt"):
                self._hand.prompt.write(text)

    def _mouse(self, item: MouseInput) -> None:
        screen = self._screen
        scene = screen.scene()
        if screen.overlay.card is not None:
            self._on_card(item)
            return
        drags = self._hand.ground.link.drives and not self._held
        mine = self._drag.take(item) if drags else item
        if mine is None:
            return
        item = mine
        spot = pointer.aim(scene, item.x, item.y)
        if not self._held and self._grip.take(item, spot):
            return
        if self._held and item.kind in ("drag", "release"):
            spot = pointer.inside(scene, self._held, item.x, item.y) if self._held in scene.panes else None
            self._held = "" if item.kind == "release" else self._held
        if spot is None:
            self._chrome(item)
        elif item.kind == "press" and item.button in (pointer.WHEEL_UP, pointer.WHEEL_DOWN):
            self._wheel(item, spot)
        elif item.kind == "press" and spot.role != screen.desk.role:
            screen.acted()
            self._hand.move(places.go(self._hand.workspace, screen.desk, spot.role))
        elif item.kind == "press" and not screen.desk.typing:
            screen.acted()
            if item.button == 0:
                self._hand.past.leave()
                self._hand.move(replace(screen.desk, typing=True))
        elif screen.desk.typing and spot.role == screen.desk.role and (spot.y >= 0 or item.kind != "press"):
            self._point(item, spot)

    def _on_card(self, item: MouseInput) -> None:
        """Choose and scroll in what lies over the panes."""
        if (item.kind, item.button) == ("press", 0) and self._screen.overlay.finder.point(item.x, item.y):
            self._hand.palette.run()
        elif item.button in (pointer.WHEEL_UP, pointer.WHEEL_DOWN):
            down = item.button == pointer.WHEEL_DOWN
            self._hand.dialog.scroll(pointer.WHEEL_LINES if down else -pointer.WHEEL_LINES)

    def _point(self, item: MouseInput, spot: Aim) -> None:
        pane, agent = self._screen.pane(), self._screen.agent()
        if pane is None or agent is None or not agent.pane or not pointer.wanted(pane.live.modes, item):
            return
        if item.kind == "press" and item.button < pointer.WHEEL_UP:
            self._held = spot.role
        self._typist.add(agent.pane, pointer.at(item, spot, pane.top))

    def _wheel(self, item: MouseInput, spot: Aim) -> None:
        screen = self._screen
        pane, agent = screen.pane(spot.role), screen.agent()
        down = item.button == pointer.WHEEL_DOWN
        into_program = (
            screen.desk.typing
            and spot.role == screen.desk.role
            and not item.mods & Mods.SHIFT
            and spot.role not in screen.backs
        )
        if pane is None or agent is None:
            return
        if into_program and pane.live.modes.mouse:
            self._point(item, spot)
        elif into_program and pane.live.modes.alternate and agent.pane:
            self._typist.add(agent.pane, *(Key("down" if down else "up"),) * pointer.WHEEL_LINES)
        else:
            self._hand.past.move_in(spot.role, pointer.WHEEL_LINES if down else -pointer.WHEEL_LINES)

    def _chrome(self, item: MouseInput) -> None:
        """Go where a click on the first line or on the roster leads."""
        screen, workspace = self._screen, self._hand.workspace
        scene, desk = screen.scene(), screen.desk
        roster = scene.roster
        if item.kind != "press" or item.button != 0:
            return
        if item.y == 0:
            tab = chrome.under(chrome.tab_pieces(workspace, desk, scene, chrome.Moment(chrome.now())), item.x)
            if tab not in (-1, desk.tab):
                self._hand.move(places.go_tab(workspace, desk, tab - desk.tab))
        elif roster and roster.x <= item.x < roster.x + roster.width and 0 <= item.y - 1 - roster.y < roster.height:
            place = item.y - 1 - roster.y
            if scene.compact:
                moment = chrome.Moment(chrome.now(), people=screen.people)
                place = chrome.under(pieces(workspace, desk, scene, moment), item.x)
            self._hand.move(places.go_number(workspace, desk, place + 1))
