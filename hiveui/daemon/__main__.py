"""`python -m hiveui.daemon`: the process that owns everything that lives."""

import asyncio
import logging
import os
import sys
from logging.handlers import RotatingFileHandler

from hiveui.daemon.lifecycle import only_one
from hiveui.daemon.process import Process
from hiveui.errors import HiveError
from hiveui.machine import this_machine
from hiveui.paths import Paths, secure_folder

LOG_SIZE = 4 << 20
"""Bytes of the log; as much again is kept of what came before."""


def main() -> int:
    """Serve until told to stop. What keeps it from serving is said on standard output, to the one who started it."""
    paths = Paths.find(os.environ)
    exit_code = 0
    try:
        for folder in (paths.state, paths.run):
            secure_folder(folder)
        kept = RotatingFileHandler(paths.log, maxBytes=LOG_SIZE, backupCount=1, encoding="utf-8")
        logging.basicConfig(
            handlers=[kept], level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        with only_one(paths):
            asyncio.run(Process(paths, this_machine()).run())
    except* HiveError as errors:  # from a task group they come as a group
        for error in errors.exceptions:
            logging.getLogger("hiveui.daemon").error("%s %s", error, getattr(error, "hint", ""))  # noqa: TRY400  a sentence
            exit_code = getattr(error, "exit_code", 1)
            sys.stdout.write(f"{error}\n{getattr(error, 'hint', '')}\n")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
