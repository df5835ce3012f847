"""What a tap keeps of panes that a hostile tmux on another host invents."""

import os
import socket
from types import SimpleNamespace
from typing import Any

from hiveui.tmux.protocol import Output
from hiveui.tmux.tap import PANES, Tap

TITLE = rb"\033]0;"
"""The beginning of a title: it is kept until its end comes."""


def test_panes_that_a_host_invents_take_no_more_room_than_there_is() -> None:
    ours, theirs = socket.socketpair()
    pipes = [os.pipe(), os.pipe()]
    client: Any = SimpleNamespace(stdin=open(pipes[0][1], "wb"), stdout=open(pipes[1][0], "rb"), pid=1)  # noqa: SIM115
    with ours, theirs, client.stdin, client.stdout:
        tap = Tap(theirs, client)
        for number in range(3 * PANES):
            tap._output(Output(b"%7", TITLE + b"mine" if number == 0 else b""))
            tap._output(Output(b"%%%d" % (100 + number), TITLE))
            tap._notification(b"%%pause %%%d" % (10_000 + number))
            tap._offer()
            tap._link_out.clear()
        assert max(map(len, (tap._scanners, tap._reported, tap._dirty))) <= PANES
        tap._output(Output(b"%7", rb"\007"))
        assert tap._signals[-1].startswith(b"%7 0 mine")  # of one that prints on, nothing is forgotten
    for end in (pipes[0][0], pipes[1][1]):
        os.close(end)
