"""A program for a pane: what comes by the socket argv[1] it prints as it is, what is typed goes back by the socket."""

import os
import select
import socket
import sys
import tty

tty.setraw(0)
with socket.socket(socket.AF_UNIX) as link:
    link.connect(sys.argv[1])
    while True:
        ready = select.select([0, link], [], [])[0]
        if link in ready:
            data = link.recv(1 << 16)
            if not data:
                break
            while data:
                data = data[os.write(1, data) :]
        if 0 in ready:
            typed = os.read(0, 1 << 16)
            if not typed:
                break
            link.sendall(typed)
