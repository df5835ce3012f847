"""Shows the hive to somebody who has a seat at it, as the server does for them: `seated.py ROLE PERSON ADDRESS`."""

import functools
import os
import sys

from hiveui.cli import seated
from hiveui.gateway.blocking import connect
from hiveui.gateway.seat import Seat, role_of
from hiveui.paths import Paths

role, person, where = sys.argv[1:]
socket = Paths.find(os.environ).hive_socket
sys.exit(
    seated.play((), functools.partial(connect, socket, "hive serve", "0", seat=Seat(role_of(role), person, where)))
)
