"""Run the app on this terminal, on a scripted hive whose log goes to the file named first; roles follow."""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from scripted import ScriptedHive, workspace

from hiveui.model.agent import WorkspaceId
from hiveui.tui.launcher import guarded
from hiveui.tui.settings import Settings


class LoggedHive(ScriptedHive):
    """Writes down what it is told, one JSON line each, and echoes text into the pane."""

    def notify(self, method: str, **params: Any) -> None:
        super().notify(method, **params)
        with Path(sys.argv[1]).open("a") as file:
            file.write(json.dumps([method, params]) + "\n")


def show() -> int:
    from hiveui.tui.app import HiveApp

    Path(sys.argv[1]).write_text(json.dumps(["pid", os.getpid()]) + "\n")

    async def connect() -> LoggedHive:
        return LoggedHive(workspace(*sys.argv[2:]))

    async def ensure() -> None:
        pass

    app = HiveApp(connect, ensure, WorkspaceId("w"), Settings(motion=False))
    code = app.run()
    print(app.farewell)
    return code or 0


if __name__ == "__main__":
    sys.exit(guarded(show))
