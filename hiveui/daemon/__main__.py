"""`python -m hiveui.daemon`: the process that owns everything that lives."""

import asyncio
import logging
import os
import sys

from hiveui.daemon.lifecycle import only_one
from hiveui.daemon.process import Process
from hiveui.errors import HiveError
from hiveui.machine import this_machine
from hiveui.paths import Paths, secure_folder


def main() -> int:
    """Serve until told to stop."""
    paths = Paths.find(os.environ)
    logging.basicConfig(
        filename=paths.log, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        secure_folder(paths.run)
        with only_one(paths):
            asyncio.run(Process(paths, this_machine()).run())
    except HiveError as error:
        logging.getLogger("hiveui.daemon").error("%s %s", error, error.hint)  # noqa: TRY400  a sentence, no traceback
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
