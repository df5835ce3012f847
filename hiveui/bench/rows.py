"""The one table of what is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from hiveui.bench import (
    agents,
    apart,
    feeding,
    keyboard,
    load,
    morning,
    palette,
    past,
    review,
    saving,
    screens,
    served,
    told,
    watching,
)
from hiveui.bench.figures import Figure
from hiveui.bench.scale import Scale


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured."""

    name: str
    what: str
    run: Callable[[Scale], list[Figure]]


ROWS = (
    Row("echo", "a key, from its byte into the terminal to the changed cell out of it; one pane", keyboard.idle),
    Row("echo-streams", "the same, with 15 panes of 20 coloured lines a second beside it", keyboard.streams),
    Row("echo-flood", "the same, with 8 panes of `yes` beside it", keyboard.flood),
    Row("escape", "a lone Escape byte to the pane and what it prints then", keyboard.escape),
    Row("supervise", "`1`, `z`, tab and `?` with 15 panes streaming", screens.keys),
    Row("palette", "a key typed into the palette until the list is filtered, 15 panes streaming beside", palette.find),
    Row("held", "a key held down at 30 a second for 10 seconds", keyboard.held),
    Row("resize", "200×50 to 120×40 with 8 panes that draw themselves anew", screens.sizes),
    Row("drag", "the bar beside the first of 8 streaming panes, dragged back and forth by the mouse", screens.drag),
    Row("paste", "a bracketed paste until the program has it all, a pane streaming beside", keyboard.paste),
    Row("page", "half a page back over 50,000 lines as wide as the pane, a pane streaming beside", past.pages),
    Row("search", "a search up through 50,000 lines, from enter to the count", past.searches),
    Row("review", "5,000 changed lines, from `d` to the first of them on the screen; `git diff` of them", review.shown),
    Row("cpu", "daemon, screen, taps and tmux while 16 and 32 visible panes stream", load.streams),
    Row("hidden", "64 streaming panes in another tab; plain tmux without a client", load.hidden),
    Row("idle", "32 agents that do nothing", load.idle),
    Row("told", "an agent's new state, from its hook, its report or its screen to the terminal", told.told),
    Row("rest", "60 agents whose turn has ended, 15 of them visible", agents.rest),
    Row("active", "60 agents at work: 8 frames and 2 lines a second, an event every 4 seconds", agents.active),
    Row("bytes", "to the terminal while 16 visible panes stream", load.terminal_bytes),
    Row("start", "`hive` until all of 8 running agents' panes are drawn", screens.start),
    Row("restore", "16 shells from nothing, without tmux or a daemon; `tmuxp load` of as many beside", morning.restore),
    Row("morning", "32 agents from the saved state, without tmux or a daemon, to the screen", morning.paint),
    Row("save", "events and states of 32 agents kept while the loop runs", saving.save),
    Row("watch", "a file of one of 20 writers until it is told; `watchfiles` alone beside", watching.latency),
    Row("storm", "10,000 changes a second for 10 seconds, told beside the loop", watching.storm),
    Row("survey", "a repository of 200,000 files, watched for the first time", watching.survey),
    Row("memory", "32 agents: four panes a tab and all histories full; then 31 visible ones streaming", load.space),
    Row("feed", "a change of a file until it stands in the open feed, 20 agents writing beside", feeding.feed),
    Row("feed-flood", "10,000 changes of files a second for 10 seconds, the feed open", feeding.flood),
    Row("ssh-paint", "by ssh, logged in, until 8 agents' panes are drawn; `ssh -t` and `tmux attach`", served.paint),
    Row("ssh-crowd", "5 people by ssh at 8 panes, 7 of which stream; `ssh -t` and `tmux attach`", served.crowd),
    Row("host-trip", "a question to tmux in control mode, by the line to an ssh host on loopback; here", apart.trips),
    Row("host-rest", "200 agents on 10 hosts that do nothing: the daemon and its connections", apart.rest),
    Row("three", "the middle of three screens while the last is stopped by SIGSTOP", load.three),
)
BY_NAME = {row.name: row for row in ROWS}
